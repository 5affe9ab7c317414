"""A desk over one paper broker in virtual time, its terminals in this process, and its people's hands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.model.accounts import RiskPolicy, Source
from core.model.ids import AccountId, SourceId
from core.model.people import Role
from core.model.policies import Basis, Plan
from core.mt5 import contract as mt5
from core.mt5.access import Login
from core.mt5.breaker import Breaker
from core.mt5.connection import Connection
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.plan import MarketPlan, Shock
from core.paper.server import faults
from core.paper.server.broker import Broker
from core.paper.server.dealing import Dealer
from core.paper.server.memorybook import PREFIX, MemoryBook
from core.paper.server.records import Account as PaperAccount
from core.paper.server.records import Deal
from core.ports import Store
from storage.store import SqlStore
from tests.fakes.desk import MarketClock, PaperDesk, Trader, _enrol, _person, _trader, password_of
from tests.sim.oracle import Payment
from tests.sim.script import SYMBOLS, Books, Script, Temper, Terms
from tests.sim.terminals import Line

_LOT_WORTH = {"EURUSD": 115_000.0, "USDJPY": 100_000.0, "XAUUSD": 400_000.0}
_KEPT: dict[Books, dict[str, Any]] = {
    Books.HEDGING: {},
    Books.NETTING: {"margin_mode": mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING},
    Books.FIFO: {"fifo_close": True, "hedging_prohibited": True},
}


class WeekClock(MarketClock):
    """Virtual time of the desk and of the broker alike; it moves by `pass_time` alone."""

    def __init__(self, opening: datetime) -> None:
        self._opening = opening
        self._passed_s = 0.0

    def pass_time(self, seconds: float) -> None:
        self._passed_s += seconds

    def now(self) -> datetime:
        return self._opening + timedelta(seconds=self._passed_s)


class House(PaperDesk):
    """The desk of a script. Accounts go by their numbers, from 0."""

    lines: dict[AccountId, Line]
    script: Script

    async def _open_session(self, account_id: AccountId) -> Session:
        account = next(t.account for t in self.traders if t.account.id == account_id)
        terminal = Terminal(self.lines[account_id], name=account.label)
        login = Login(account.terminal_path, account.login, account.server, password_of(account), 200)
        breaker = Breaker(self.clock.monotonic, jitter=lambda: 0.0, account=account.label)
        return Session(Connection(terminal, login, self.clock, breaker=breaker, watch=("EURUSD",)))

    def committed(self) -> int:
        """How many events the desk has written."""
        assert isinstance(self.store, SqlStore)
        return self.store.committed.total()

    # -- what is true at the broker, whatever a terminal says

    def books(self, number: int) -> Dealer:
        return self.broker.broker.view(self.login(number))

    def login(self, number: int) -> int:
        return self.traders[number].account.login

    def terms(self, number: int) -> Terms:
        return self.script.tempers[number].terms

    def equity(self, number: int) -> float:
        """Without credit, unless the account counts it."""
        dealer = self.books(number)
        left_out = 0.0 if self.terms(number).counts_credit else dealer.ledger.account.credit
        return dealer.figures().equity - left_out

    def exposed(self, number: int) -> bool:
        return self.books(number).ledger.exposed

    def market_is_open(self, number: int) -> bool:
        """Of the account's symbol."""
        broker = self.broker.broker
        return bool(broker.market.symbols[self.terms(number).symbol].open_at(broker.now_msc() // MINUTE_MS))

    def deals_after(self, number: int, ticket: int) -> list[Deal]:
        """Deals of orders that came later."""
        found = self.broker.broker.book.deals(self.login(number), "ticket", ticket + 1)
        return [deal for deal in found if deal.order > ticket]

    def newest_ticket(self) -> int:
        """A number that all orders and deals to come are above."""
        return self.broker.broker.book.next_ticket()

    # -- what people do

    def pay(self, number: int, share: float) -> Payment:
        """A deposit or a withdrawal of a share of the equity."""
        before = self.equity(number)
        amount = round(before * share, 2)
        self.broker.deposit(self.login(number), amount)
        return Payment(amount, before)

    def credit(self, number: int, share: float) -> Payment | None:
        """The broker gives credit, or takes back what there is; a payment where it counts as money."""
        before, given = self.equity(number), self.books(number).ledger.account.credit
        amount = max(round(before * share, 2), -given)
        if amount:
            self.broker.credit(self.login(number), amount)
        return Payment(amount, before) if amount and self.terms(number).counts_credit else None

    def lots(self, number: int) -> float:
        return float(self.traders[number].account.policy.fixed_lots or 1)

    def trade_by_hand(self, number: int, sign: float) -> None:
        """At the market, if it is open."""
        side = 0 if sign > 0 else 1
        self.broker.open_position(self.login(number), self.terms(number).symbol, side, self.lots(number))

    def order_by_hand(self, number: int, sign: float) -> None:
        """A limit order two tenths of a percent away."""
        symbol, login = self.terms(number).symbol, self.login(number)
        price = float(self.away(number, -0.2 * sign))
        kind = mt5.ORDER_TYPE_BUY_LIMIT if sign > 0 else mt5.ORDER_TYPE_SELL_LIMIT
        self.broker.place_order(login, symbol, kind, self.lots(number), price)

    def away(self, number: int, percent: float) -> Decimal:
        """A price so far from the present one."""
        symbol = self.terms(number).symbol
        price = self.books(number).quote(symbol).bid * (1 + percent / 100)
        return Decimal(str(round(price, INSTRUMENTS[symbol].digits)))

    def close_oldest(self, number: int) -> None:
        tickets = sorted(self.books(number).ledger.positions)
        if tickets:
            self.broker.close_position(self.login(number), tickets[0])

    # -- what befalls a terminal at the broker's end

    def freeze(self, number: int) -> None:
        """Its prices stand still from now on."""
        broker = self.broker.broker
        kind, login = faults.Kind.FROZEN, self.login(number)
        still = faults.Fault(kind, call=faults.ANY, login=login, began_msc=broker.now_msc())
        broker.book.add_fault(faults.ANY, faults.to_json([still]))

    def thaw(self, number: int) -> None:
        book = self.broker.broker.book
        for fault, text, _ in book.faults(faults.ANY):
            if [met.login for met in faults.from_json(text)] == [self.login(number)]:
                book.drop_fault(fault)


def _policy(temper: Temper) -> RiskPolicy:
    terms = temper.terms
    lots = Decimal(str(max(round(temper.deposit * temper.gearing / _LOT_WORTH[terms.symbol], 2), 0.01)))
    return RiskPolicy(
        fixed_lots=lots,
        max_lots=Decimal(100),
        max_open_risk_percent=Decimal(100),
        max_drift_pips=Decimal(100),
        allow_no_stop=True,
        drawdown_limit_percent=Decimal(terms.limit),
        drawdown_basis=Basis(terms.basis),
        daily_loss_percent=None if terms.daily is None else Decimal(terms.daily),
        count_credit=terms.counts_credit,
        plan=Plan.SPLIT if terms.splits else Plan.FIRST_TARGET,
    )


@asynccontextmanager
async def open_house(store: Store, folder: Path, script: Script) -> AsyncIterator[House]:
    """The broker and the desk of a script, at the opening of its week; the store is empty and migrated."""
    clock = WeekClock(script.season.opening)
    book = f"{PREFIX}{uuid4()}"
    broker = _broker(book, script, clock)
    traders = tuple(_enrolled(broker, book, folder, n, temper) for n, temper in enumerate(script.tempers, 1))
    owner = _person(1, "Olivia", Role.OWNER)
    source = Source(SourceId(uuid4()), "alpha", frozenset(SYMBOLS))
    await _enrol(store, clock, owner, traders, source)
    house = House(store, broker, clock, owner, traders, source, None)  # type: ignore[arg-type]
    house.script = script
    house.lines = {trader.account.id: Line(broker.broker) for trader in traders}
    await house.begin()
    try:
        yield house
    finally:
        await house.desk.terminals.aclose()
        broker.close_book()


def _broker(book: str, script: Script, clock: WeekClock) -> Hands:
    season = script.season
    opening_s = season.opening.timestamp()
    shocks = tuple(Shock(j.symbol, opening_s + j.at_s, j.percent, j.over_s) for j in script.jolts)
    broker = Broker(MemoryBook.open(book), lambda: clock.now().timestamp())
    plan = MarketPlan(
        seed=script.seed,
        started=0.0,
        utc_offset_s=season.utc_offset_s,
        always_open=False,
        shocks=shocks,
    )
    broker.replan(lambda _, __: plan)
    for symbol in SYMBOLS:
        prices = broker.market.symbols[symbol]
        prices.bounds = lru_cache(maxsize=None)(prices.bounds)  # type: ignore[method-assign]  # for all
    return Hands(broker)


def _enrolled(broker: Hands, book: str, folder: Path, number: int, temper: Temper) -> Trader:
    trader = _trader(folder, number, _policy(temper))
    login = trader.account.login
    paper = PaperAccount(
        login=login, name=trader.person.name, server=trader.account.server, **_KEPT[temper.terms.books]
    )
    broker.open_account(paper, password_of(trader.account), temper.deposit)
    install_terminal(trader.folder, book, login)
    return trader
