"""Divergences: differences between what the desk expects and what the broker holds."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, TradeId


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


@dataclass(frozen=True, slots=True)
class Divergence:
    """One difference. `size` is in `unit` (`pips`, `%` or `lots`), rounded so that its `key` is steady.

    `facts` are strings for a reader.
    """

    account_id: AccountId
    kind: DivergenceKind
    position: int
    symbol: str
    size: Decimal
    unit: str
    facts: dict[str, str]
    trade_id: TradeId | None = None

    @property
    def key(self) -> str:
        """Unique among what is recorded and still lasts for an account: another key is another difference.

        A position is there or is not, whatever its volume. A difference has its size, and the names of what
        differs: a target that is removed after the stop is told too.
        """
        if self.kind in _THERE_OR_NOT:
            return f"{self.kind}:{self.position}"
        return f"{self.kind}:{self.position}:{self.size}:{'+'.join(sorted(self.facts))}"


_THERE_OR_NOT = frozenset({DivergenceKind.UNMATCHED, DivergenceKind.CLOSED, DivergenceKind.MISSING})
