"""The Telegram bot, its web surface and its command line."""
