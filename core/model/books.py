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
    """An account's balance as it was last taken into account, and the deals from `since` on known then.

    `owed` is the part of it that no deal had explained, 0 for none: a deal of so much may still be listed.
    """

    balance: Decimal
    since: datetime
    tickets: frozenset[int]
    owed: Decimal = Decimal(0)

    def unseen(self, deals: Sequence[MT5Deal]) -> tuple[MT5Deal, ...]:
        return tuple(deal for deal in deals if deal.ticket not in self.tickets)

    def explain(self, balance: Decimal, deals: Sequence[MT5Deal]) -> bool:
        """Whether the deals not seen before lead from the balance known to this one."""
        return abs(self.unexplained(balance, deals)) <= _ROUNDING * len(self.unseen(deals))

    def unexplained(self, balance: Decimal, deals: Sequence[MT5Deal]) -> Decimal:
        """What the deals not seen before leave of the way from the balance known to this one."""
        return balance - self.balance - sum(map(booked, self.unseen(deals)), Decimal(0))

    def late(self, deals: Sequence[MT5Deal]) -> MT5Deal | None:
        """The deal not seen before that is owed."""
        owed = (deal for deal in self.unseen(deals) if self.owed and booked(deal) == self.owed)
        return next(owed, None)


def booked(deal: MT5Deal) -> Decimal:
    """What a deal did to the balance; credit is kept apart from it."""
    if deal.type == _DEAL_CREDIT:
        return Decimal(0)
    return deal.profit + deal.commission + deal.swap + deal.fee
