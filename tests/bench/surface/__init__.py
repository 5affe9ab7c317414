"""The Telegram surface: the way of an update, cards for a thousand people, and a hundred taps at once."""
