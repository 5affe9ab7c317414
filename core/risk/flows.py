"""Money paid in and out of an account, as its history shows it: what is new, and does it explain the balance.

Until the history explains a changed balance nothing is concluded from it: a withdrawal whose deal is not in
the history yet looks like a loss. After patience in vain it is one, until a deal of its very size is listed.
Deals are told apart by their tickets, because several may be of one time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from core.model.books import Books, booked
from core.model.clock import Clock
from core.model.mt5 import DealEntry, MT5AccountState, MT5Deal
from core.model.risk import DrawdownState
from core.mt5.errors import NoData
from core.mt5.session import Session
from core.risk.course import Cause, Flow

log = structlog.get_logger(__name__)

PAID = frozenset({2, 5, 6})
"""DEAL_TYPE_BALANCE, _CORRECTION, _BONUS. Charges, interest and taxes are costs of trading; credit is told by
the account itself."""

_LOOK_BACK = timedelta(days=1)
_TRADED = frozenset({0, 1})
"""DEAL_TYPE_BUY, _SELL."""

_PATIENCE_S = 60.0
"""How long a balance that the history does not explain is not judged by."""
_AT_LEAST_EVERY_S = 60.0
"""As often is the history read of an account whose balance rests: a loss and a deposit of its size hide each
other."""
_OWED_EVERY_S = 2.0
"""The same while a deal is owed: what was taken for a loss is to be taken back at once."""


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
    """An account, what the deals that are new with it have done, and the books as they stand after it."""

    account: MT5AccountState
    flows: tuple[Flow, ...]
    books: Books


def flows_of(deals: Iterable[MT5Deal], late: MT5Deal | None = None) -> tuple[Flow, ...]:
    """What deals have done to the balance, with what they cost; `late` is one that it held before already."""
    deals = [deal for deal in deals if deal is not late or deal.type in PAID]
    opened: dict[int, Decimal] = defaultdict(Decimal)
    for deal in deals:
        opened[deal.position_id] += deal.volume if deal.entry is DealEntry.IN else -deal.volume
    causes = (_cause(deal, opened[deal.position_id], late) for deal in deals)
    return tuple(Flow(booked(deal), deal.at, cause) for deal, cause in zip(deals, causes, strict=True))


def _cause(deal: MT5Deal, opened: Decimal, late: MT5Deal | None) -> Cause:
    """`opened`: by how much its position has grown by all the deals."""
    if deal.type in PAID:
        return Cause.LATE if deal is late else Cause.PAID
    if deal.type not in _TRADED or not opened:
        return Cause.BOOKED
    return Cause.OPENED if opened > 0 else Cause.CLOSED


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
        """When those books were settled, by the clock that nobody sets."""
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
            statement = await read_statement(session, state, self._start(known, state.read_at))
        except NoData:
            if books is None or books.balance != state.balance:
                raise
            return Reading(state, (), books)  # no history just now, and no need of it
        return None if statement is None else self._explained(known, statement)

    def _start(self, known: DrawdownState | None, read_at: datetime) -> datetime:
        """No later than by as much as time has passed: a clock that is days ahead would hide new deals."""
        start = history_start(known, read_at)
        if self._settled is None:
            return start
        passed = timedelta(seconds=self._clock.monotonic() - self._asked_s)
        return min(start, self._settled[0].since + passed)

    def _check_currency(self, state: MT5AccountState) -> None:
        """Raises NoData while the money is of another currency than what is known."""
        self._currency = self._currency or state.currency
        if state.currency != self._currency:
            raise NoData(f"the account is in {state.currency}, and was in {self._currency}")

    def _rests(self, books: Books, state: MT5AccountState) -> bool:
        """Whether there was no deal, as far as the account itself tells: neither balance nor margin moved."""
        every_s = _OWED_EVERY_S if books.owed else _AT_LEAST_EVERY_S
        is_recent = self._clock.monotonic() - self._asked_s < every_s
        return is_recent and self._settled == (books, state.margin) and books.balance == state.balance

    def _explained(self, known: DrawdownState | None, statement: Statement) -> Reading | None:
        """With the flows that are new; after patience in vain what is not explained is gain or loss."""
        found = _accounted(known, statement) or self._given_up(known, statement)
        if found is None:
            return None
        self._doubtful_since = None
        self._settled = found.books, statement.account.margin
        self._asked_s = self._clock.monotonic()
        return found

    def _given_up(self, known: DrawdownState | None, statement: Statement) -> Reading | None:
        """None while there is patience: a deal may be listed late."""
        account = statement.account
        if known is None or known.books is None or _is_blank(account):
            return None
        now_s = self._clock.monotonic()
        self._doubtful_since = now_s if self._doubtful_since is None else self._doubtful_since
        if now_s - self._doubtful_since < _PATIENCE_S:
            return None
        owed = known.books.unexplained(account.balance, statement.deals)
        log.warning("balance_unexplained", login=account.login, amount=str(owed))
        unseen = known.books.unseen(statement.deals)
        return Reading(account, flows_of(unseen), replace(statement.books, owed=owed))


def _accounted(known: DrawdownState | None, statement: Statement) -> Reading | None:
    """The deals that lead from what is known to this statement; None when they lead elsewhere.

    One that is owed is in the balance already.
    """
    books, account = known.books if known else None, statement.account
    if books is None:
        return Reading(account, flows_of(_unseen(known, statement.deals)), statement.books)
    unseen = books.unseen(statement.deals)
    if books.explain(account.balance, unseen):
        return Reading(account, flows_of(unseen), replace(statement.books, owed=books.owed))
    late = books.late(unseen)
    if late is None or not books.explain(account.balance, [deal for deal in unseen if deal is not late]):
        return None
    return Reading(account, flows_of(unseen, late), statement.books)


def _is_blank(state: MT5AccountState) -> bool:
    """What a terminal shows that is not synchronised yet; it is never believed without its deals."""
    return not (state.balance or state.credit or state.equity)


def _unseen(known: DrawdownState | None, deals: Sequence[MT5Deal]) -> Sequence[MT5Deal]:
    """New ones, by their time where nobody has noted their tickets. At first sight none is new."""
    if known is None or known.books is not None:
        return ()
    return [deal for deal in deals if deal.at > known.flows_until]
