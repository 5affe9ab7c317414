"""Telling people of facts, and having their messages show the newest state."""

from core.alerts.audience import desk_and_trader, may_be_told, may_read, owners
from core.alerts.refreshing import (
    instead,
    refresh_card,
    refresh_divergences,
    refresh_liquidation,
    refresh_panic,
    refresh_request,
    wants_new,
)
from core.alerts.telling import alert_desk_and_trader, alert_owners, alert_people

__all__ = [
    "alert_desk_and_trader",
    "alert_owners",
    "alert_people",
    "desk_and_trader",
    "instead",
    "may_be_told",
    "may_read",
    "owners",
    "refresh_card",
    "refresh_divergences",
    "refresh_liquidation",
    "refresh_panic",
    "refresh_request",
    "wants_new",
]
