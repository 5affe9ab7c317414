"""The signal desk's domain: no Telegram, no database, no web framework."""

__version__ = "0.1.0"
