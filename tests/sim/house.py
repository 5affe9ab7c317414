"""A desk over one paper broker in virtual time, its terminals in this process, and its people's hands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from core.model.accounts import RiskPolicy, Source
from core.model.ids import AccountId, SourceId
from core.model.people import Role
from core.mt5.access import Login
from core.mt5.breaker import Breaker
from core.mt5.connection import Connection
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.plan import MarketPlan, Shock
from core.paper.server.broker import Broker
from core.paper.server.dealing import Dealer
from core.paper.server.memorybook import PREFIX, MemoryBook
from core.paper.server.records import Account as PaperAccount
from core.paper.server.records import Deal
from core.ports import Store
from tests.fakes.desk import MarketClock, PaperDesk, Trader, _enrol, _person, _trader, password_of
from tests.sim.oracle import Payment
from tests.sim.script import OPENING, Script, Temper
from tests.sim.terminals import Line

SYMBOL = "EURUSD"
_LOT_WORTH = 115_000.0


class WeekClock(MarketClock):
    """Virtual time of the desk and of the broker alike; it moves by `pass_time` alone."""

    def __init__(self) -> None:
        self._passed_s = 0.0

    def pass_time(self, seconds: float) -> None:
        self._passed_s += seconds

    def now(self) -> datetime:
        return OPENING + timedelta(seconds=self._passed_s)


class House(PaperDesk):
    """The desk of a script. Accounts go by their numbers, from 0."""

    lines: dict[AccountId, Line]

    async def _open_session(self, account_id: AccountId) -> Session:
        account = next(t.account for t in self.traders if t.account.id == account_id)
        terminal = Terminal(self.lines[account_id], name=account.label)
        login = Login(account.terminal_path, account.login, account.server, password_of(account), 200)
        breaker = Breaker(self.clock.monotonic, jitter=lambda: 0.0, account=account.label)
        return Session(Connection(terminal, login, self.clock, breaker=breaker, watch=(SYMBOL,)))

    # -- what is true at the broker, whatever a terminal says

    def books(self, number: int) -> Dealer:
        return self.broker.broker.view(self.login(number))

    def login(self, number: int) -> int:
        return self.traders[number].account.login

    def equity(self, number: int) -> float:
        """Without credit."""
        dealer = self.books(number)
        return dealer.figures().equity - dealer.ledger.account.credit

    def exposed(self, number: int) -> bool:
        return self.books(number).ledger.exposed

    def market_is_open(self) -> bool:
        broker = self.broker.broker
        return bool(broker.market.symbols[SYMBOL].open_at(broker.now_msc() // MINUTE_MS))

    def deals_after(self, number: int, ticket: int) -> list[Deal]:
        return self.broker.broker.book.deals(self.login(number), "ticket", ticket + 1)

    def newest_ticket(self) -> int:
        """A number that all deals to come are above."""
        return self.broker.broker.book.next_ticket()

    # -- what people do

    def pay(self, number: int, share: float) -> Payment:
        """A deposit or a withdrawal of a share of the equity."""
        before = self.equity(number)
        amount = round(before * share, 2)
        self.broker.deposit(self.login(number), amount)
        return Payment(amount, before)

    def credit(self, number: int, share: float) -> None:
        self.broker.credit(self.login(number), round(self.equity(number) * share, 2))

    def trade_by_hand(self, number: int, sign: float) -> None:
        """At the market, if it is open."""
        lots = float(self.traders[number].account.policy.fixed_lots or 1)
        self.broker.open_position(self.login(number), SYMBOL, 0 if sign > 0 else 1, lots)

    def close_oldest(self, number: int) -> None:
        tickets = sorted(self.books(number).ledger.positions)
        if tickets:
            self.broker.close_position(self.login(number), tickets[0])


def _policy(temper: Temper) -> RiskPolicy:
    lots = Decimal(str(max(round(temper.deposit * temper.gearing / _LOT_WORTH, 2), 0.01)))
    return RiskPolicy(
        fixed_lots=lots,
        max_lots=Decimal(100),
        max_open_risk_percent=Decimal(100),
        max_drift_pips=Decimal(100),
        allow_no_stop=True,
        drawdown_limit_percent=Decimal(temper.limit),
    )


@asynccontextmanager
async def open_house(store: Store, folder: Path, script: Script) -> AsyncIterator[House]:
    """The broker and the desk of a script, at the opening of its week; the store is empty and migrated."""
    clock = WeekClock()
    book = f"{PREFIX}{uuid4()}"
    broker = _broker(book, script, clock)
    traders = tuple(_enrolled(broker, book, folder, n, temper) for n, temper in enumerate(script.tempers, 1))
    owner = _person(1, "Olivia", Role.OWNER)
    source = Source(SourceId(uuid4()), "alpha", frozenset({SYMBOL}))
    await _enrol(store, clock, owner, traders, source)
    house = House(store, broker, clock, owner, traders, source, None)  # type: ignore[arg-type]
    house.lines = {trader.account.id: Line(broker.broker) for trader in traders}
    await house.begin()
    try:
        yield house
    finally:
        await house.desk.terminals.aclose()
        broker.close_book()


def _broker(book: str, script: Script, clock: WeekClock) -> Hands:
    opening_s = OPENING.timestamp()
    shocks = tuple(Shock(SYMBOL, opening_s + j.at_s, j.percent, j.over_s) for j in script.jolts)
    broker = Broker(MemoryBook.open(book), lambda: clock.now().timestamp())
    plan = MarketPlan(seed=script.seed, started=0.0, always_open=False, shocks=shocks)
    broker.replan(lambda _, __: plan)
    prices = broker.market.symbols[SYMBOL]
    prices.bounds = lru_cache(maxsize=None)(prices.bounds)  # type: ignore[method-assign]  # for all accounts
    return Hands(broker)


def _enrolled(broker: Hands, book: str, folder: Path, number: int, temper: Temper) -> Trader:
    trader = _trader(folder, number, _policy(temper))
    login = trader.account.login
    paper = PaperAccount(login=login, name=trader.person.name, server=trader.account.server)
    broker.open_account(paper, password_of(trader.account), temper.deposit)
    install_terminal(trader.folder, book, login)
    return trader
