"""The broker's server as one process sees it: a book, a clock, a market, and accounts settled up to now."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from core.mt5 import contract as mt5
from core.paper.market.market import Market
from core.paper.market.plan import MarketPlan
from core.paper.server import actions, memorybook, settlement
from core.paper.server.book import Book, Delayed
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault, Kind, first
from core.paper.server.filebook import FileBook
from core.paper.server.ledger import Ledger
from core.paper.server.memorybook import MemoryBook
from core.paper.server.records import Account
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome

_NOBODY = 0


class NoAccount(LookupError):
    """Raised for a login that the broker does not know."""


class Broker:
    """Answers for all accounts in a book. Whoever asks first settles what happened since, exactly once."""

    def __init__(self, book: Book, clock: Callable[[], float] = time.time) -> None:
        self.book = book
        self._clock = clock
        self._market = Market(book.plan(), book.replay)
        self._plan_revision = -1
        self._ledgers: dict[int, Ledger] = {}

    @classmethod
    def open(cls, path: str) -> "Broker":
        """The broker whose book is at `path`: a file, or `:memory:NAME` for one in this process.

        Either is made if it is not there.
        """
        return cls(MemoryBook.open(path) if path.startswith(memorybook.PREFIX) else FileBook.open(path))

    @property
    def plan(self) -> MarketPlan:
        return self._market.plan

    @property
    def market(self) -> Market:
        return self._market

    def now_msc(self) -> int:
        """The broker's wall clock."""
        return self.plan.broker_ms(self._clock())

    def refresh(self, login: int) -> int:
        """Take over a changed plan; the account's revision. Raises NoAccount."""
        revision, plan_revision = self.book.revisions(login)
        self._follow(plan_revision)
        if revision is None:
            raise NoAccount(str(login))
        return revision

    def _follow(self, plan_revision: int) -> None:
        if plan_revision != self._plan_revision:
            self._market, self._plan_revision = Market(self.book.plan(), self.book.replay), plan_revision

    def replan(self, change: Callable[[MarketPlan, float], MarketPlan]) -> MarketPlan:
        """Rewrite the plan from the present one and the real time."""
        with self.book.transaction():
            self.book.write_plan(change(self.book.plan(), self._clock()))
        _, plan_revision = self.book.revisions(_NOBODY)
        self._follow(plan_revision)
        return self.plan

    def set_clock(self, ahead_s: int) -> None:
        """Set the broker's wall clock ahead, or back; its accounts go on from where it then stands."""
        for login in self.book.logins():
            self.view(login)
        plan = self.replan(lambda plan, _: replace(plan, utc_offset_s=plan.utc_offset_s + ahead_s))
        now = plan.broker_ms(self._clock())
        with self.book.transaction():
            for login in self.book.logins():
                account = self.book.account(login)
                if account is not None:
                    revision = account.revision + 1
                    self.book.write_account(replace(account, settled_msc=now, revision=revision))

    def admit(self, account: Account) -> None:
        """Write a new account, settled up to now. One of that login stays as it is."""
        with self.book.transaction():
            now = self.book.plan().broker_ms(self._clock())
            if self.book.account(account.login) is None:
                self.book.write_account(replace(account, settled_msc=now))

    def view(self, login: int) -> Dealer:
        """The account as it stands now, to read from. Raises NoAccount."""
        ledger = self._ledger(login, self.refresh(login))
        now = self.now_msc()
        if self.book.late_due(login) > now and settlement.quiet(ledger, self._market, now):
            ledger.settled(now)
            return Dealer(ledger, self._market, now)
        with self.change(login) as dealer:
            return dealer

    @contextmanager
    def change(self, login: int) -> Iterator[Dealer]:
        """The account as it stands now, to act on; written when the block ends well. Raises NoAccount."""
        try:
            with self.book.transaction():
                ledger = self._ledger(login, self.refresh(login))
                ledger.next_ticket = self.book.next_ticket
                now = max(self.now_msc(), ledger.settled_msc)
                self._catch_up(ledger, now)
                yield Dealer(ledger, self._market, now)
                if ledger.touched:
                    self.book.save(ledger)
        except BaseException:
            self._ledgers.pop(login, None)
            raise

    def trade(
        self, login: int, request: Request, reason: int, faults: tuple[Fault, ...] = ()
    ) -> Outcome | None:
        """Carry out a request; None if a fault has put it off unanswered. Raises NoAccount."""
        stripped = first(faults, Kind.STRIPPED)
        if stripped:
            request = replace(request, comment=stripped.comment)
        with self.change(login) as dealer:
            late = first(faults, Kind.LATE)
            if late:
                self._put_off(dealer, request, late, 0)
                return None
            placed = first(faults, Kind.PLACED)
            if placed and request.action == mt5.TRADE_ACTION_DEAL:
                return self._placed(dealer, request, placed)
            return actions.execute(dealer, request, reason, faults)

    def _placed(self, dealer: Dealer, request: Request, fault: Fault) -> Outcome:
        """Accept a market deal whose execution takes its time."""
        refusal = actions.check(dealer, request)
        if refusal:
            return Outcome(refusal)
        ticket = dealer.ledger.next_ticket()
        self._put_off(dealer, request, fault, ticket)
        return Outcome(mt5.TRADE_RETCODE_PLACED, order=ticket, volume=request.volume)

    def _put_off(self, dealer: Dealer, request: Request, fault: Fault, ticket: int) -> None:
        due_msc = dealer.time_msc + fault.market_ms(self.plan)
        self.book.put_off(dealer.login, Delayed(due_msc, json.dumps(asdict(request)), ticket))

    def remembered(self, login: int) -> Ledger | None:
        """The account as it was last seen here, or else as the book has it now."""
        return self._ledgers.get(login) or self.book.ledger(login)

    def _ledger(self, login: int, revision: int) -> Ledger:
        """The cached ledger if nobody else has changed the account, else as the book has it."""
        cached = self._ledgers.get(login)
        if cached is not None and cached.account.revision == revision:
            return cached
        ledger = self.book.ledger(login)
        if ledger is None:
            raise NoAccount(str(login))
        self._ledgers[login] = ledger
        return ledger

    def _catch_up(self, ledger: Ledger, now_msc: int) -> None:
        """Settle, and carry out the requests that were put off, each at its own time."""
        for delayed in self.book.take_late(ledger.account.login, now_msc):
            settlement.settle(ledger, self._market, delayed.due_msc)
            _carry_out(Dealer(ledger, self._market, delayed.due_msc), delayed)
        settlement.settle(ledger, self._market, now_msc)


def _carry_out(dealer: Dealer, delayed: Delayed) -> None:
    """Execute a request that was put off, by the order that was promised; rejected, that is history too."""
    request, ledger = Request(**json.loads(delayed.request)), dealer.ledger
    give = ledger.next_ticket
    ledger.next_ticket = _starting_with(delayed.ticket, give)
    outcome = actions.execute(dealer, request, mt5.ORDER_REASON_EXPERT)
    ledger.next_ticket = give
    if delayed.ticket and outcome.order != delayed.ticket:
        order = dealer.order(
            request.symbol, request.type, request.volume, reason=mt5.ORDER_REASON_EXPERT,
            comment=request.comment, magic=request.magic, filling=request.type_filling,
        )  # fmt: skip
        rejected = mt5.ORDER_STATE_REJECTED
        ledger.file(replace(order, ticket=delayed.ticket, state=rejected, time_done_msc=dealer.time_msc))


def _starting_with(ticket: int, give: Callable[[], int]) -> Callable[[], int]:
    """Tickets as they are given, `ticket` (if it is not 0) before all others."""
    promised = [ticket] if ticket else []
    return lambda: promised.pop() if promised else give()
