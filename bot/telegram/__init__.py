"""The way to Telegram: connecting, fetching updates, and handing each to those who may take it."""
