"""The broker's server as one process sees it: a book, a clock, a market, and accounts settled up to now."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from core.mt5 import contract as mt5
from core.paper.market.plan import MarketPlan
from core.paper.market.prices import Market
from core.paper.server import settlement, trading
from core.paper.server.book import Book
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault, Kind, first
from core.paper.server.ledger import Ledger
from core.paper.server.records import Account
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome


class NoAccount(LookupError):
    """Raised for a login that the broker does not know."""


class Broker:
    """Answers for all accounts in a book. Whoever asks first settles what happened since, exactly once."""

    def __init__(self, book: Book, clock: Callable[[], float] = time.time) -> None:
        self.book = book
        self._clock = clock
        self._market = Market(book.plan())
        self._plan_revision = -1
        self._ledgers: dict[int, Ledger] = {}

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
        if plan_revision != self._plan_revision:
            self._market, self._plan_revision = Market(self.book.plan()), plan_revision
        if revision is None:
            raise NoAccount(str(login))
        return revision

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
                now = max(self.now_msc(), ledger.account.settled_msc)
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
        """Carry out a request; None if a fault has put it off. Raises NoAccount."""
        late = first(faults, Kind.LATE)
        with self.change(login) as dealer:
            if late:
                due = dealer.time_msc + int(late.seconds * 1000 * self.plan.speed)
                self.book.put_off(login, due, json.dumps(asdict(request)))
                return None
            return trading.execute(dealer, request, reason, faults)

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
        for due_msc, text in self.book.take_late(ledger.account.login, now_msc):
            settlement.settle(ledger, self._market, due_msc)
            dealer = Dealer(ledger, self._market, due_msc)
            trading.execute(dealer, Request(**json.loads(text)), mt5.ORDER_REASON_EXPERT)
        settlement.settle(ledger, self._market, now_msc)
