"""From an approved signal to a settled order."""
