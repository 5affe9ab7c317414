"""Divergences: differences between what the desk expects and what the broker holds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, PersonId, TradeId


class DivergenceKind(StrEnum):
    SLIPPAGE = "slippage"
    VOLUME = "volume"
    STOPS = "stops"
    UNMATCHED = "unmatched"
    CLOSED = "closed"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"

    @property
    def status(self) -> int:
        """The reconciliation log's code: 0 closed, 1 divergence, 2 unmatched."""
        return {DivergenceKind.CLOSED: 0, DivergenceKind.UNMATCHED: 2}.get(self, 1)


class Decision(StrEnum):
    """What a person has made of a divergence.

    `IGNORED` (a position that stays a stranger) and `ACCEPTED` (a fill that stays as it was) last on without
    counting; of the others something follows that ends the divergence.
    """

    ADOPTED = "adopted"
    IGNORED = "ignored"
    ACCEPTED = "accepted"
    RESTORED = "restored"
    CHOSEN = "chosen"
    WRITTEN_OFF = "written_off"


SETTLED = frozenset({Decision.IGNORED, Decision.ACCEPTED})
"""Decisions after which a divergence that lasts is nobody's concern any more."""

UNSET = "none"
"""What facts say of a stop or target that is not set."""


def level_fact(level: Decimal | None) -> str:
    """A stop or target as facts hold it."""
    return UNSET if level is None else str(level)


@dataclass(frozen=True, slots=True)
class Divergence:
    """One difference. `size` is in `unit` (`pips`, `%`, `lots` or `positions`).

    `grade` is what of it makes another difference worth telling (see `key`); `facts` are for a reader.
    """

    account_id: AccountId
    kind: DivergenceKind
    position: int
    symbol: str
    size: Decimal
    unit: str
    facts: dict[str, str]
    trade_id: TradeId | None = None
    grade: str = ""

    @property
    def key(self) -> str:
        """Unique among what is recorded and still lasts for an account: another key is another difference.

        A position is there or is not, whatever its volume. How far a stop has moved is graded, so that one
        which trails the price is told a few times and not with every step.
        """
        return f"{self.kind}:{self.position}:{self.grade}" if self.grade else f"{self.kind}:{self.position}"


@dataclass(frozen=True, slots=True)
class LogRow:
    """A divergence as the reconciliation log holds it; `ended_at` is None while it lasts."""

    id: int
    divergence: Divergence
    found_at: datetime
    ended_at: datetime | None = None
    decision: Decision | None = None
    decided_at: datetime | None = None
    decided_by: PersonId | None = None

    @property
    def lasts(self) -> bool:
        return self.ended_at is None

    @property
    def counts(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.lasts and self.decision not in SETTLED


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows of the log are wanted; None for any. `since` and `until` bound `found_at`, both included."""

    account: AccountId | None = None
    status: int | None = None
    kind: DivergenceKind | None = None
    lasting: bool | None = None
    symbol: str | None = None
    position: int | None = None
    since: datetime | None = None
    until: datetime | None = None
