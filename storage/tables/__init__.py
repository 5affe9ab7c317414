"""The tables. A column is named as the field of the dataclass that it holds.

Nothing that concerns money is deleted with its owner (RESTRICT); what can be made again is (CASCADE).
"""

from storage.tables.alerts import escalations, held, quiet_hours, routes, wishes
from storage.tables.base import metadata
from storage.tables.desk import accounts, consents, people, roles, sources
from storage.tables.joining import invites, knocks, menus
from storage.tables.telling import (
    OutboxState,
    dialogs,
    events,
    files,
    group_messages,
    outbox,
    sent_messages,
)
from storage.tables.trading import (
    approvals,
    hosts,
    intents,
    requests,
    signals,
    standing_approvals,
    trades,
)
from storage.tables.watching import (
    drawdown_alerts,
    drawdowns,
    incidents,
    liquidations,
    locks,
    marks,
    panics,
    reconciliation_log,
    snapshots,
)

__all__ = [
    "OutboxState",
    "accounts",
    "approvals",
    "consents",
    "dialogs",
    "drawdown_alerts",
    "drawdowns",
    "escalations",
    "events",
    "files",
    "group_messages",
    "held",
    "hosts",
    "incidents",
    "intents",
    "invites",
    "knocks",
    "liquidations",
    "locks",
    "marks",
    "menus",
    "metadata",
    "outbox",
    "panics",
    "people",
    "quiet_hours",
    "reconciliation_log",
    "requests",
    "roles",
    "routes",
    "sent_messages",
    "signals",
    "snapshots",
    "sources",
    "standing_approvals",
    "trades",
    "wishes",
]
