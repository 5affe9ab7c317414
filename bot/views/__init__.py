"""Pure functions from the domain to what a person sees: text as Telegram's HTML, and buttons."""
