"""Drawdown, locks and liquidations as values."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, PersonId


@dataclass(frozen=True, slots=True)
class DrawdownState:
    """The guard's memory of one account; money in account currency.

    `flows_until` is the time of the newest balance operation (deposit, withdrawal) already taken into the
    peak. `level` is the highest share of the limit that was warned of (0 when none).
    """

    account_id: AccountId
    peak: Decimal
    equity: Decimal
    flows_until: datetime
    level: Decimal
    read_at: datetime

    @property
    def drawdown(self) -> Decimal:
        """Money below the peak, never negative."""
        return max(self.peak - self.equity, Decimal(0))

    @property
    def percent(self) -> Decimal:
        """Drawdown in percent of the peak, two places; 0 while there is no peak."""
        if self.peak <= 0:
            return Decimal(0)
        return (self.drawdown / self.peak * 100).quantize(Decimal("0.01"))


class LiquidationState(StrEnum):
    """`LOCKED` and `RELEASED` (held, then unlocked, nothing closed) are the ends."""

    COUNTING = "counting"
    HELD = "held"
    CLOSING = "closing"
    STUCK = "stuck"
    LOCKED = "locked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Liquidation:
    """Closing everything on one account, durable at each step.

    `fires_at` is the end of the countdown; `clean_reads` counts consecutive readings without exposure;
    `finished_at` is None until it is over.
    """

    id: int
    account_id: AccountId
    state: LiquidationState
    reason: str
    started_at: datetime
    fires_at: datetime
    clean_reads: int = 0
    attempts: int = 0
    finished_at: datetime | None = None


class LockKind(StrEnum):
    """`PAUSE` is set and released by a person at will; `DRAWDOWN` by the guard, released by the owner."""

    PAUSE = "pause"
    DRAWDOWN = "drawdown"


@dataclass(frozen=True, slots=True)
class Lock:
    """No new entries on an account, or on the whole desk when `account_id` is None."""

    id: int
    kind: LockKind
    account_id: AccountId | None
    reason: str
    set_at: datetime
    set_by: PersonId | None = None
    released_at: datetime | None = None
