"""What the bot's tests are played with: a clock, a renderer, people, and sample signals."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from bot.delivery import Relay
from bot.sandbox import World
from bot.sandbox.model import User
from core.bell import OUTBOX
from core.charts.renderer import ChartFailed
from core.desk import Desk
from core.model.accounts import Account, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.clock import Clock
from core.model.equity import Course
from core.model.events import Json, Notice, NoticeKind, Priority
from core.model.ids import AccountId, ApprovalId, PersonId, SignalId
from core.model.instruments import Side
from core.model.mt5 import Bar
from core.model.people import CONSENT_VERSION, Consent, Person, Role
from core.model.signals import OrderKind, Signal
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.pool import Pool, make_session
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account as PaperAccount
from core.ports import Delivery, Store
from core.quality.grouping import Row
from tests.fakes.links import InProcess

T = TypeVar("T")

ONE_PIXEL_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)


class QuickClock:
    """The real time, and a sleep that takes none: what is slept is skipped."""

    def __init__(self) -> None:
        self.skipped_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skipped_s)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped_s

    async def sleep(self, seconds: float) -> None:
        self.skipped_s += seconds
        await asyncio.sleep(0)


@dataclass
class OnePixel:
    """A renderer that draws at once, or `fails`; `drawn` are titles, `levels` the last picture's lines."""

    drawn: list[str] = field(default_factory=list)
    levels: Mapping[str, Decimal] = field(default_factory=dict)
    fails: bool = False

    async def candles(
        self, bars: Sequence[Bar], title: str, levels: Mapping[str, Decimal], digits: int
    ) -> bytes:
        assert bars
        assert digits
        if self.fails:
            raise ChartFailed("no picture in this test")
        self.drawn.append(title)
        self.levels = levels
        return ONE_PIXEL_PNG

    async def equity(self, title: str, course: Course, names: Mapping[str, str]) -> bytes:
        assert course.points
        assert set(names) == {"equity", "balance", "drawdown", "paid"}
        self.drawn.append(title)
        return ONE_PIXEL_PNG

    async def slippage(
        self, title: str, pips: Sequence[Decimal], names: Mapping[str, str], groups: Sequence[Row]
    ) -> bytes:
        assert pips
        assert groups
        assert set(names) == {"better", "exact", "worse", "median", "p95", "pips", "groups"}
        self.drawn.append(f"{title}, {names['groups']}")
        return ONE_PIXEL_PNG


@dataclass(frozen=True)
class Cast:
    """People of the desk, who have met the bot, and the account of each trader."""

    owner: Person
    admin: Person
    tara: Person
    tom: Person
    accounts: Mapping[PersonId, Account]

    def account_of(self, person: Person) -> Account:
        return self.accounts[person.id]


async def join(store: Store, world: World, name: str, role: Role, *, consented: bool = True) -> Person:
    """A person of the desk with a Telegram account; one who has consented has pressed Start before."""
    user = world.add_user(User(world.number("user"), name))
    person = Person(PersonId(uuid4()), user.id, name, frozenset({role}))
    async with store.write() as tx:
        await tx.people.add(person)
        if consented:
            await tx.people.arrived(person.id, user.id)
            await tx.people.consent(Consent(person.id, CONSENT_VERSION, datetime.now(UTC)))
    if not consented:
        return person
    world.open_private_chat(user)
    return replace(person, chat_id=user.id, consent_version=CONSENT_VERSION)


async def open_account(store: Store, trader: Person, terminal: Path) -> Account:
    account = Account(
        AccountId(uuid4()),
        trader.id,
        f"{trader.name}'s paper",
        TerminalKind.PAPER,
        str(terminal),
        1000 + trader.telegram_id,
        "Paper-Demo",
    )
    async with store.write() as tx:
        await tx.accounts.add(account, "secret")
    return account


def a_signal(source: Source, now: datetime, **changes: Any) -> Signal:
    number = uuid4()
    signal = Signal(
        id=SignalId(number),
        source_id=source.id,
        source_name=source.name,
        external_id=number.hex,
        instrument="EURUSD",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        entry=Decimal("1.08500"),
        entry_zone=None,
        stop_loss=Decimal("1.08200"),
        take_profits=(Decimal("1.08900"), Decimal("1.09300")),
        received_at=now,
        expires_at=now + timedelta(minutes=15),
    )
    return replace(signal, **changes)


def an_approval(signal: Signal, account: Account) -> Approval:
    return Approval(
        ApprovalId(uuid4()),
        signal.id,
        account.person_id,
        account.id,
        ApprovalState.PENDING,
        version=1,
        expires_at=signal.expires_at,
    )


async def put_signal(desk: Desk, signal: Signal, approvals: Sequence[Approval]) -> None:
    """Store a signal with its cards and let the relay know, as the intake does."""
    async with desk.store.write() as tx:
        await tx.signals.add(signal, Delivery(signal.external_id, "0" * 64))
        await tx.approvals.add_all(approvals)
        notices = [Notice(a.person_id, NoticeKind.CARD, str(a.id), Priority.CARD) for a in approvals]
        await tx.outbox.put(notices, desk.clock.now())
    desk.bell.ring(OUTBOX)


async def put_alert(desk: Desk, person: Person, name: str, **data: Any) -> None:
    facts: Json = dict(data)
    async with desk.store.write() as tx:
        notice = Notice(person.id, NoticeKind.ALERT, name, Priority.NOTICE, facts)
        await tx.outbox.put([notice], desk.clock.now())
    desk.bell.ring(OUTBOX)


async def eventually(read: Callable[[], Awaitable[T]], wanted: T, within_s: float = 10) -> None:
    """Read again and again until it is `wanted`; fails with what was seen last."""
    seen = await read()
    try:
        async with asyncio.timeout(within_s):
            while seen != wanted:
                await asyncio.sleep(0.005)
                seen = await read()
    except TimeoutError:
        raise AssertionError(f"wanted {wanted!r}, last seen {seen!r}") from None


def terminals_of(store: Store, clock: Clock) -> Pool:
    """The terminals of the accounts in a database, each in a process of its own."""

    async def open_session(account_id: AccountId) -> Session:
        async with store.read() as tx:
            account = await tx.accounts.get(account_id)
            password = await tx.accounts.password(account_id)
        assert account is not None
        return make_session(account, password, clock)

    return Pool(open_session)


def terminal_here(store: Store, clock: Clock) -> Pool:
    """A terminal in this process; there can be one."""

    async def open_session(account_id: AccountId) -> Session:
        async with store.read() as tx:
            account = await tx.accounts.get(account_id)
        assert account is not None
        login = Login(account.terminal_path, account.login, account.server, "secret", timeout_ms=200)
        terminal = Terminal(InProcess(), name=account.label)
        return Session(Connection(terminal, login, clock, watch=("EURUSD",)))

    return Pool(open_session)


@asynccontextmanager
async def at_work(relay: Relay) -> AsyncIterator[None]:
    """The relay delivers."""
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def at_broker(account: Account, book: Path) -> Iterator[Hands]:
    """The hands of a person at a paper broker that never closes, where the account has 10,000 USD."""
    person = Hands.on(book, MarketPlan(seed=7, always_open=True))
    holder = PaperAccount(login=account.login, name=account.label, server=account.server)
    person.open_account(holder, "secret", 10_000)
    install_terminal(Path(account.terminal_path), book)
    yield person
    person.close_book()
