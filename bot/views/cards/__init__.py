"""The approval card: its caption, its buttons, its details and how it ended."""
