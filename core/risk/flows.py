"""Deposits and withdrawals as the history shows them: which are new, and do the deals explain the balance.

Until the history explains a changed balance nothing is concluded from it: a withdrawal whose deal is not in
the history yet looks like a loss. Deals are told apart by their tickets, because several may be of one time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.books import Books
from core.model.mt5 import MT5AccountState, MT5Deal
from core.mt5.session import Session

DEAL_BALANCE = 2
_LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Statement:
    """An account and the deals of its history from `since` on, read together."""

    account: MT5AccountState
    since: datetime
    deals: tuple[MT5Deal, ...]

    @property
    def flows(self) -> tuple[MT5Deal, ...]:
        return balance_operations(self.deals)

    @property
    def books(self) -> Books:
        return Books(self.account.balance, self.since, frozenset(deal.ticket for deal in self.deals))


def balance_operations(deals: Sequence[MT5Deal]) -> tuple[MT5Deal, ...]:
    """The deposits and withdrawals among them."""
    return tuple(deal for deal in deals if deal.type == DEAL_BALANCE)


def history_start(books: Books | None, read_at: datetime) -> datetime:
    """From when on deals are read again: a day before the last reading, and never from before what is known.

    A clock that was put back would have old deals taken for new ones.
    """
    start = read_at - _LOOK_BACK
    return start if books is None else max(start, books.since)


async def read_statement(session: Session, before: MT5AccountState, since: datetime) -> Statement | None:
    """The deals, and the account again. Raises TerminalError; None when its balance has changed meanwhile."""
    deals = await session.deals_since(since)
    after = await session.account()
    return Statement(after, since, deals) if after.balance == before.balance else None
