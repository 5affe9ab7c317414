"""What a desk that runs for years writes down, and may forget when it is old and over."""

from enum import StrEnum


class Record(StrEnum):
    """Rows that may go. A row of something that is still open is none of them, however old it is."""

    NOTICES = "notices"
    """Notices that were delivered or given up."""
    MESSAGES = "messages"
    """Which Telegram message shows what: of cards, liquidations and divergences that are over."""
    GROUP_MESSAGES = "group_messages"
    """The same in groups."""
    REQUESTS = "requests"
    """Questions about positions and orders, but those of which an order is on its way."""
    PICTURES = "pictures"
    """Telegram's ids of pictures; one that is wanted again is uploaded again."""
    DRAWDOWN_ALERTS = "drawdown_alerts"
    """What was told of drawdowns, but of an account that is just being liquidated."""
    MARKS = "marks"
    """What the market guard saw, ended."""
    INCIDENTS = "incidents"
    """Incidents of terminals, ended."""
    LOCKS = "locks"
    """Locks that were released."""
    DIVERGENCES = "divergences"
    """Rows of the reconciliation log that ended, on positions that are not open."""
    APPROVALS = "approvals"
    """Cards that were rejected, withdrawn or ran out, without an order."""
    SIGNALS = "signals"
    """Signals without a card (any more), an order or a trade; their ids may be used again."""
    EVENTS = "events"
    """The audit trail, but for what belongs to something open, what the desk itself asks it for, and
    consents."""
