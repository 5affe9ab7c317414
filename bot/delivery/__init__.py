"""From the outbox to Telegram: rendering the newest state, sending or editing, retrying."""

from bot.delivery.relay import Relay

__all__ = ["Relay"]
