"""The pulse of the desk as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.model.divergences import DivergenceKind
from core.model.events import Priority
from core.model.trades import IntentState


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the event loop woke a sleeper in the last minute, milliseconds."""

    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds since an account was last reconciled, last guarded on a good reading, and last seen by the
    market guard; None for never."""

    account: str
    read_s: float | None
    guard_s: float | None
    market_s: float | None


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits: unfinished intents by state, notices by priority, cards for a tap."""

    intents: Mapping[IntentState, int]
    outbox: Mapping[Priority, int]
    approvals: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: signals that came in, orders by what became of them, and errors.

    An order counts as sent when it was claimed, as refused or unknown each time it was settled so. Errors are
    restarts of background tasks and reconciliations that failed.
    """

    signals: int = 0
    sent: int = 0
    refused: int = 0
    unknown: int = 0
    errors: int = 0

    def since(self, before: "Tally") -> "Tally":
        """What came after `before`."""
        return Tally(
            self.signals - before.signals,
            self.sent - before.sent,
            self.refused - before.refused,
            self.unknown - before.unknown,
            self.errors - before.errors,
        )


@dataclass(frozen=True, slots=True)
class HeartbeatMetrics:
    """One beat. `total` counts since the start, `interval` since the beat before.

    `divergences` are those that somebody still has to look at; `memory_bytes` is the unique memory of the
    process and its workers.
    """

    at: datetime
    lag: Lag
    accounts: tuple[Ages, ...]
    queues: Queues
    outbox_lag_s: float
    divergences: Mapping[DivergenceKind, int]
    total: Tally
    interval: Tally
    memory_bytes: int
