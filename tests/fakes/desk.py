"""A desk over a paper broker, for tests of use-cases: the real store, real terminals in real workers.

The desk and the market share one clock, which moves (but for milliseconds) when a test lets time pass. So
quotes, quarantines and expiries are the same in every run; only what a worker does with its own process is
real time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from core.desk import Desk
from core.model.accounts import Account, RiskPolicy, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.events import Notice, NoticeKind
from core.model.ids import AccountId, ApprovalId, PersonId, SignalId, SourceId
from core.model.instruments import Side
from core.model.people import CONSENT_VERSION, Consent, Person, Role
from core.model.signals import OrderKind, Signal
from core.model.trades import Intent, Trade
from core.mt5.access import Login
from core.mt5.calls import Deadlines
from core.mt5.connection import Connection
from core.mt5.link import OpenLink, WorkerCommand
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.market.quotes import Quote
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Account as PaperAccount
from core.ports import Delivery, Store
from core.trading.approving import approve
from core.trading.execution import adopt_orphans

START = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)
ALMOST_STILL = 0.001
"""The market's speed: what a test does takes it milliseconds, and `Fault.seconds` are 1000 times shorter."""

SERVER = "Paper-Demo"
DEPOSIT = 10_000.0

OpenTerminal = Callable[[Account], OpenLink]


class MarketClock:
    """The desk's clock and the market's: both move by `pass_time`, and by nothing else."""

    def __init__(self, broker: Hands) -> None:
        self._broker = broker
        self._passed_s = 0.0

    def pass_time(self, seconds: float) -> None:
        self._passed_s += seconds
        self._broker.advance(seconds)

    def now(self) -> datetime:
        return START + timedelta(seconds=self._passed_s)

    def monotonic(self) -> float:
        return self._passed_s

    async def sleep(self, seconds: float) -> None:
        """Whoever sleeps makes time pass, for everyone."""
        self.pass_time(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Trader:
    """A person with one account, whose terminal is installed in `folder`."""

    person: Person
    account: Account
    folder: Path


@dataclass(slots=True)
class PaperDesk:
    """A desk with an owner, traders with an account each, a source of signals, and their broker.

    `desk` is the present life; `restart` begins another over the same database and the same broker.
    """

    store: Store
    broker: Hands
    clock: MarketClock
    owner: Person
    traders: tuple[Trader, ...]
    source: Source
    desk: Desk
    deadlines: Deadlines = field(default_factory=Deadlines)
    open_terminal: OpenTerminal = field(default=lambda account: WorkerCommand("core.paper", account.label))

    @property
    def trader(self) -> Trader:
        """The first one."""
        return self.traders[0]

    # -- the desk's life

    async def restart(self) -> Desk:
        """End the desk's terminals, if they still live, and begin a new epoch as `tapdesk run` does."""
        await self.desk.terminals.aclose()
        return await self.begin()

    async def begin(self) -> Desk:
        """Begin a new life beside whatever lives; its terminals are the caller's to close."""
        async with self.store.write() as tx:
            epoch = await tx.intents.new_epoch(self.clock.now())
        self.desk = Desk(self.store, self.clock, Pool(self._open_session), epoch)
        for trader in self.traders:  # as after the first reconciliation, before which nothing is opened
            self.desk.board.read(trader.account.id, self.clock.now(), "PAPER", positions=0, matched=0)
        await adopt_orphans(self.desk)
        return self.desk

    async def _open_session(self, account_id: AccountId) -> Session:
        async with self.store.read() as tx:
            account = await tx.accounts.get(account_id)
            password = await tx.accounts.password(account_id)
        assert account is not None
        terminal = Terminal(self.open_terminal(account), deadlines=self.deadlines, name=account.label)
        login = Login(account.terminal_path, account.login, account.server, password, timeout_ms=200)
        return Session(Connection(terminal, login, self.clock, watch=("EURUSD",)))

    async def session(self, trader: Trader | None = None) -> Session:
        """The session of a trader's account."""
        return await self.desk.terminals.session((trader or self.trader).account.id)

    # -- the market

    def pass_time(self, seconds: float) -> None:
        self.clock.pass_time(seconds)

    def quote(self, symbol: str = "EURUSD", trader: Trader | None = None) -> Quote:
        return self.broker.broker.view((trader or self.trader).account.login).quote(symbol)

    def move(self, symbol: str, percent: float) -> None:
        """Let the price jump by `percent`, and time pass until it is quoted (a few seconds)."""
        before = self.quote(symbol).bid
        self.broker.shock(symbol, percent)
        while abs(self.quote(symbol).bid / before - 1) * 200 < abs(percent):
            self.pass_time(1)

    # -- signals and decisions

    async def card(
        self,
        trader: Trader | None = None,
        *,
        instrument: str = "EURUSD",
        side: Side = Side.BUY,
        kind: OrderKind = OrderKind.MARKET,
        entry: Decimal | None = None,
        stop_loss: Decimal | None = None,
        take_profits: Sequence[Decimal] = (),
        no_stop: bool = False,
        entry_zone: tuple[Decimal, Decimal] | None = None,
        expires_in_s: float = 900,
    ) -> Approval:
        """A signal at the market, half a percent from its stop, with a card for one trader."""
        to = trader or self.trader
        price = entry if entry is not None else self._market_price(instrument, side)
        stop = None if no_stop else stop_loss or _rounded(price * (1 - side.sign * Decimal("0.005")), price)
        now = self.clock.now()
        expires_at = now + timedelta(seconds=expires_in_s)
        signal = Signal(
            SignalId(uuid4()), self.source.id, self.source.name, uuid4().hex, instrument, side, kind,
            price, entry_zone, stop, tuple(take_profits), now, expires_at,
        )  # fmt: skip
        card = Approval(
            ApprovalId(uuid4()), signal.id, to.person.id, to.account.id, ApprovalState.PENDING, 1, expires_at
        )
        async with self.store.write() as tx:
            await tx.signals.add(signal, Delivery(signal.external_id, "0" * 64))
            await tx.approvals.add_all([card])
        return card

    def _market_price(self, symbol: str, side: Side) -> Decimal:
        quote = self.quote(symbol)
        return Decimal(str(quote.ask if side is Side.BUY else quote.bid))

    async def tap(self, card: Approval, trader: Trader | None = None) -> Approval:
        """Approve a card as it is shown to its trader."""
        return await approve(self.desk, card.id, card.version, (trader or self.trader).person)

    # -- what there is

    async def intents(self, card: Approval) -> Sequence[Intent]:
        async with self.store.read() as tx:
            return await tx.intents.of_approval(card.id)

    async def intent(self, card: Approval) -> Intent:
        """The one intent of a card."""
        [intent] = await self.intents(card)
        return intent

    async def trades(self, trader: Trader | None = None) -> Sequence[Trade]:
        async with self.store.read() as tx:
            return await tx.trades.of_person((trader or self.trader).person.id, 100)

    async def alerts(self, person: Person | None = None) -> list[Notice]:
        """What a person (the first trader) was told and has not been sent, oldest first of each priority."""
        return await self.messages(NoticeKind.ALERT, person)

    async def messages(self, kind: NoticeKind, person: Person | None = None) -> list[Notice]:
        """The same of another kind."""
        to = person or self.trader.person
        async with self.store.read() as tx:
            waiting = await tx.outbox.due(self.clock.now() + timedelta(days=1), 1_000)
        notices = [item.notice for item in waiting]
        return [n for n in notices if n.person_id == to.id and n.kind is kind]


@asynccontextmanager
async def open_paper_desk(
    store: Store,
    folder: Path,
    *,
    accounts: int = 1,
    policy: RiskPolicy | None = None,
    deposit: float = DEPOSIT,
    deadlines: Deadlines | None = None,
    open_terminal: OpenTerminal | None = None,
    utc_offset_s: int = 7_200,
) -> AsyncIterator[PaperDesk]:
    """A broker in `folder` with so many accounts, and a desk for them over an empty, migrated store."""
    broker = Hands.on(folder / "broker.book", _plan(utc_offset_s))
    clock = MarketClock(broker)
    owner = _person(1, "Olivia", Role.OWNER)
    traders = tuple(_trader(folder, number, policy or RiskPolicy()) for number in range(1, accounts + 1))
    source = Source(SourceId(uuid4()), "alpha", frozenset({"EURUSD", "XAUUSD"}))
    for trader in traders:
        _open_account(broker, folder, trader, deposit)
    await _enrol(store, clock, owner, traders, source)
    made = PaperDesk(store, broker, clock, owner, traders, source, Desk(store, clock, Pool(_nobody), 0))
    made.deadlines = deadlines or made.deadlines
    made.open_terminal = open_terminal or made.open_terminal
    await made.begin()
    try:
        yield made
    finally:
        await made.desk.terminals.aclose()
        broker.close_book()


def _plan(utc_offset_s: int) -> MarketPlan:
    began = time.time()
    shift_s = START.timestamp() - began
    return MarketPlan(speed=ALMOST_STILL, started=began, shift_s=shift_s, utc_offset_s=utc_offset_s)


def late(seconds: float) -> Fault:
    """An order that is carried out so many seconds after its call failed."""
    return Fault(Kind.LATE, seconds=seconds / ALMOST_STILL)


async def _nobody(account: AccountId) -> Session:
    raise LookupError(f"the desk has not begun; nobody may ask for {account}")


def _person(telegram_id: int, name: str, role: Role) -> Person:
    return Person(PersonId(uuid4()), telegram_id, name, frozenset({role}), telegram_id)


def _trader(folder: Path, number: int, policy: RiskPolicy) -> Trader:
    person = replace(_person(1000 + number, f"Trader {number}", Role.TRADER), consent_version=CONSENT_VERSION)
    login = 70_000 + number
    terminal = folder.resolve() / f"terminal-{login}"
    account = Account(
        id=AccountId(uuid4()),
        person_id=person.id,
        label=f"paper-{login}",
        kind=TerminalKind.PAPER,
        terminal_path=str(terminal),
        login=login,
        server=SERVER,
        policy=policy,
    )
    return Trader(person, account, terminal)


def password_of(account: Account) -> str:
    return f"pass-{account.login}"


def _open_account(broker: Hands, folder: Path, trader: Trader, deposit: float) -> None:
    login = trader.account.login
    paper = PaperAccount(login=login, name=trader.person.name, server=SERVER)
    broker.open_account(paper, password_of(trader.account), deposit)
    install_terminal(trader.folder, folder / "broker.book", login)


async def _enrol(
    store: Store, clock: MarketClock, owner: Person, traders: Sequence[Trader], source: Source
) -> None:
    async with store.write() as tx:
        for person in (owner, *(trader.person for trader in traders)):
            await tx.people.add(person)
            await tx.people.arrived(person.id, person.telegram_id)
        for trader in traders:
            await tx.people.consent(Consent(trader.person.id, CONSENT_VERSION, clock.now()))
            await tx.accounts.add(trader.account, password_of(trader.account))
        await tx.sources.add(source, ["whsec_unused"])


def _rounded(price: Decimal, like: Decimal) -> Decimal:
    """To as many digits as the other price has."""
    return price.quantize(like)
