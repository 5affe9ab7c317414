"""What an account's balance is made of: the deals that lead from one balance to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.model.mt5 import MT5Deal

_DEAL_CREDIT = 3
_ROUNDING = Decimal("0.01")
"""By how much a deal may be off the balance that the broker has rounded."""


@dataclass(frozen=True, slots=True)
class Books:
    """An account's balance as it was last taken into account, and the deals from `since` on known then."""

    balance: Decimal
    since: datetime
    tickets: frozenset[int]

    def unseen(self, deals: Sequence[MT5Deal]) -> tuple[MT5Deal, ...]:
        return tuple(deal for deal in deals if deal.ticket not in self.tickets)

    def explain(self, balance: Decimal, deals: Sequence[MT5Deal]) -> bool:
        """Whether the deals not seen before lead from the balance known to this one."""
        unseen = self.unseen(deals)
        expected = self.balance + sum(map(_money, unseen), Decimal(0))
        return abs(balance - expected) <= _ROUNDING * len(unseen)


def _money(deal: MT5Deal) -> Decimal:
    """What a deal did to the balance; credit is kept apart from it."""
    if deal.type == _DEAL_CREDIT:
        return Decimal(0)
    return deal.profit + deal.commission + deal.swap + deal.fee
