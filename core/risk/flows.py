"""Money paid in and out of an account, as its history shows it: what is new, and does it explain the balance.

Until the history explains a changed balance nothing is concluded from it: a withdrawal whose deal is not in
the history yet looks like a loss. Deals are told apart by their tickets, because several may be of one time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from core.model.books import Books
from core.model.clock import Clock
from core.model.mt5 import MT5AccountState, MT5Deal
from core.model.risk import DrawdownState
from core.mt5.errors import NoData
from core.mt5.session import Session
from core.risk.drawdown import Flow

log = structlog.get_logger(__name__)

PAID = frozenset({2, 5, 6})
"""DEAL_TYPE_BALANCE, _CORRECTION, _BONUS. Charges, interest and taxes are costs of trading; credit is told by
the account itself."""

_LOOK_BACK = timedelta(days=1)
_PATIENCE_S = 10.0
"""How long a balance that the history does not explain is not judged by."""
_AT_LEAST_EVERY_S = 60.0
"""As often is the history read of an account whose balance rests: a loss and a deposit of its size hide each
other."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An account and the deals of its history from `since` on, read together."""

    account: MT5AccountState
    since: datetime
    deals: tuple[MT5Deal, ...]

    @property
    def books(self) -> Books:
        return Books(self.account.balance, self.since, frozenset(deal.ticket for deal in self.deals))


@dataclass(frozen=True, slots=True)
class Reading:
    """An account, the balance operations that are new with it, and the books as they stand after it."""

    account: MT5AccountState
    flows: tuple[Flow, ...]
    books: Books


def payments(deals: Iterable[MT5Deal]) -> tuple[Flow, ...]:
    """The deposits and withdrawals among them, with what they cost."""
    return tuple(
        Flow(deal.profit + deal.commission + deal.swap + deal.fee, deal.at)
        for deal in deals
        if deal.type in PAID
    )


def history_start(known: DrawdownState | None, read_at: datetime) -> datetime:
    """From when on deals are read: a day before the last reading, and never from before what is known.

    A clock that was put back would have old deals taken for new ones.
    """
    if known is None:
        return read_at - _LOOK_BACK
    start = known.read_at - _LOOK_BACK
    return start if known.books is None else max(start, known.books.since)


async def read_account(session: Session) -> MT5AccountState:
    """Raises TerminalError; NoData too for money without equity: the terminal has not filled it in yet."""
    state = await session.account()
    if not state.equity and state.balance + state.credit + state.profit:
        raise NoData(f"the terminal shows no equity of a balance of {state.balance}")
    return state


async def read_statement(session: Session, before: MT5AccountState, since: datetime) -> Statement | None:
    """The deals, and the account again. Raises TerminalError; None when its balance has changed meanwhile."""
    deals = await session.deals_since(since)
    after = await read_account(session)
    return Statement(after, since, deals) if after.balance == before.balance else None


class Cashier:
    """Reads one account together with what was paid in and out of it since it was last known."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._settled: tuple[Books, Decimal] | None = None
        self._asked_s = 0.0
        self._doubtful_since: float | None = None
        self._currency = ""

    async def read(self, session: Session, known: DrawdownState | None) -> Reading | None:
        """None while the balance is not explained. Raises TerminalError when it cannot be read."""
        state = await read_account(session)
        self._check_currency(state)
        books = known.books if known else None
        if books is not None and self._rests(books, state):
            return Reading(state, (), books)
        try:
            statement = await read_statement(session, state, history_start(known, state.read_at))
        except NoData:
            if books is None or books.balance != state.balance:
                raise
            return Reading(state, (), books)  # no history just now, and no need of it
        return None if statement is None else self._explained(known, statement)

    def _check_currency(self, state: MT5AccountState) -> None:
        """Raises NoData while the money is of another currency than what is known."""
        self._currency = self._currency or state.currency
        if state.currency != self._currency:
            raise NoData(f"the account is in {state.currency}, and was in {self._currency}")

    def _rests(self, books: Books, state: MT5AccountState) -> bool:
        """Whether there was no deal, as far as the account itself tells: neither balance nor margin moved."""
        is_recent = self._clock.monotonic() - self._asked_s < _AT_LEAST_EVERY_S
        return is_recent and self._settled == (books, state.margin) and books.balance == state.balance

    def _explained(self, known: DrawdownState | None, statement: Statement) -> Reading | None:
        """With the flows that are new; after patience in vain what is not explained is gain or loss."""
        if not self._is_explained(known, statement):
            return None
        self._doubtful_since = None
        self._settled = statement.books, statement.account.margin
        self._asked_s = self._clock.monotonic()
        return Reading(statement.account, payments(_unseen(known, statement.deals)), self._settled[0])

    def _is_explained(self, known: DrawdownState | None, statement: Statement) -> bool:
        books = known.books if known else None
        if books is None or books.explain(statement.account.balance, statement.deals):
            return True
        if _is_blank(statement.account):
            return False
        now_s = self._clock.monotonic()
        self._doubtful_since = now_s if self._doubtful_since is None else self._doubtful_since
        if now_s - self._doubtful_since < _PATIENCE_S:
            return False
        log.warning("balance_unexplained", login=statement.account.login)
        return True


def _is_blank(state: MT5AccountState) -> bool:
    """What a terminal shows that is not synchronised yet; it is never believed without its deals."""
    return not (state.balance or state.credit or state.equity)


def _unseen(known: DrawdownState | None, deals: Sequence[MT5Deal]) -> Sequence[MT5Deal]:
    """New ones, by their tickets; by their time where nobody noted those. At first sight none is new."""
    if known is None:
        return ()
    if known.books is not None:
        return known.books.unseen(deals)
    return [deal for deal in deals if deal.at > known.flows_until]
