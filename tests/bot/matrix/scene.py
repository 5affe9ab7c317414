"""A desk for one tap: its people, their chats over HTTP, and lives of the bot that end where a test says."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Update
from cryptography.fernet import Fernet

from bot.buttons.fields import DeskTap, tap_of
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import Sandbox, SandboxClient
from bot.talk.looks import Linking
from bot.telegram.dispatcher import DeskDispatcher, make_dispatcher
from bot.telegram.pace import Pace
from core.accounts.linking import Verifier
from core.accounts.terminals import TerminalPlace
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.accounts import Account, Source
from core.model.events import Event
from core.model.ids import SourceId
from core.model.people import Person, Role
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.bot.conftest import QuickSession
from tests.bot.stage import Cast, OnePixel, QuickClock, at_broker, join, open_account, terminal_here
from tests.fakes.links import InProcess

ROLES = (
    ("Olga", Role.OWNER),
    ("Oscar", Role.OWNER),
    ("Adam", Role.ADMIN),
    ("Tara", Role.TRADER),
    ("Tom", Role.TRADER),
    ("Vera", Role.VIEWER),
)


class Line(BaseRequestMiddleware):
    """The way to Telegram. While it is `held`, each call waits before it leaves."""

    def __init__(self) -> None:
        self.held = False
        self.waiting: list[asyncio.Future[None]] = []

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if self.held and not isinstance(method, GetUpdates):
            leaves = asyncio.get_running_loop().create_future()
            self.waiting.append(leaves)
            await leaves
        return await make_request(bot, method)

    def taken(self) -> list[asyncio.Future[None]]:
        calls, self.waiting = self.waiting, []
        return calls


@dataclass(frozen=True)
class Telegram:
    """One for all scenes, each of which begins with it empty."""

    sandbox: Sandbox
    people: SandboxClient


@dataclass(frozen=True)
class Machine:
    """What every life of the desk finds again: the time, the way to Telegram, the database, terminals."""

    clock: QuickClock
    line: Line
    bot: Bot
    store: Store
    terminals: Pool
    folder: Path


@dataclass
class Life:
    """The bot from a start to its end."""

    app: App
    dispatcher: DeskDispatcher
    relay: Relay


@dataclass(frozen=True)
class Shown:
    """A button as it stands in a chat."""

    person: int
    message_id: int
    data: str


@dataclass
class Scene:
    """Olga and Oscar own the desk, Adam helps, Tara and Tom trade, Vera looks on, Sam is a stranger."""

    telegram: Telegram
    machine: Machine
    cast: Cast
    oscar: Person
    vera: Person
    sam: int
    source: Source
    life: Life
    stack: AsyncExitStack
    hands: Hands | None = None
    fetched: int = 0
    others: dict[str, Person] = field(default_factory=dict)
    group: int = 0

    @property
    def desk(self) -> Desk:
        return self.life.app.desk

    @property
    def store(self) -> Store:
        return self.machine.store

    @property
    def people(self) -> SandboxClient:
        return self.telegram.people

    @property
    def book(self) -> Path:
        """Of the paper broker."""
        return self.machine.folder / "broker.sqlite3"

    @property
    def account(self) -> Account:
        return self.cast.account_of(self.cast.tara)

    def id_of(self, name: str) -> int:
        """Of a person's chat, by the name that a row says."""
        if name == "sam":
            return self.sam
        return self.person(name).telegram_id

    def person(self, name: str) -> Person:
        cast = self.cast
        by_name = {"olga": cast.owner, "adam": cast.admin, "tara": cast.tara, "tom": cast.tom}
        return (by_name | {"oscar": self.oscar, "vera": self.vera} | self.others)[name]

    # -- what people do

    async def say(self, name: str, text: str, **where: Any) -> None:
        await self.people.say(self.id_of(name), text, **where)
        await self.settle()

    async def button(self, name: str, kind: type[DeskTap], /, **fields: Any) -> Shown:
        """The newest of that kind with these facts in a person's chat."""
        person = self.id_of(name)
        for message in reversed(await self.people.messages(person)):
            for data in _carried(message):
                if tap_of(data) is kind and _has(kind.unpack(data), fields):
                    return Shown(person, message["message_id"], data)
        seen = [(m["text"], m["buttons"]) for m in await self.people.messages(person)]
        raise AssertionError(f"no {kind.__name__} {fields} before {name}, who sees {seen}")

    async def press(self, shown: Shown) -> None:
        """Send the tap; nothing of it is handled yet."""
        await self.people.tap_stale(shown.person, shown.data, shown.message_id)

    async def tap(self, name: str, kind: type[DeskTap], /, **fields: Any) -> None:
        await self.press(await self.button(name, kind, **fields))
        await self.settle()

    # -- what the desk does

    async def fetch(self) -> list[Update]:
        bot = self.machine.bot
        return await bot.get_updates(offset=self.fetched, timeout=0, allowed_updates=EVERYTHING)

    async def handle_all(self) -> None:
        """What has come, all at once, as the desk does."""
        while updates := await self.fetch():
            self.fetched = updates[-1].update_id + 1
            feed = self.life.dispatcher.feed_update
            await asyncio.gather(*(feed(self.machine.bot, update) for update in updates))

    async def settle(self) -> None:
        """Handle all that has come, and tell all that is to be told."""
        await self.handle_all()
        for _ in range(20):
            assert await self.life.relay.flush(10)
            if not await self.waiting():
                return
            self.pass_time(5)
        raise AssertionError("something waits in the outbox for ever")

    def pass_time(self, seconds: float) -> None:
        """Here and at the broker."""
        self.machine.clock.skipped_s += seconds
        if self.hands is not None:
            self.hands.advance(seconds)

    async def waiting(self) -> int:
        async with self.store.read() as tx:
            return sum((await tx.outbox.count_waiting()).values())

    async def trade(self) -> None:
        """Whatever is to be done at the broker."""
        if self.hands is not None:
            await drain(self.desk, self.account, Quarantine())
            await self.settle()

    async def begin_anew(self) -> None:
        """The desk ends, and another process begins on the same database."""
        self.life = await _life(self.machine)
        if self.hands is not None:
            self.reconciled()

    def reconciled(self) -> None:
        """As after the first reconciliation of a life, before which nothing is opened."""
        now = self.desk.clock.now()
        self.desk.board.read(self.account.id, now, "PAPER", positions=0, matched=0)

    async def dies_after(self, happened: Callable[[], Awaitable[object]]) -> None:
        """Handle what has come until it has `happened`; what follows reaches Telegram no more, and to the
        next life Telegram gives the same updates again."""
        line, feed = self.machine.line, self.life.dispatcher.feed_update
        line.held = True
        handling = [asyncio.create_task(feed(self.machine.bot, update)) for update in await self.fetch()]
        while not all(task.done() for task in handling):
            before = line.taken()
            if await happened():
                line.waiting += before
                break
            for call in before:
                call.set_result(None)
        for task in [*handling, *line.taken()]:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
        line.held = False
        await self.begin_anew()

    # -- what can be seen

    async def events(self) -> list[Event]:
        """All, oldest first."""
        async with self.store.read() as tx:
            return list(reversed(await tx.events.recent(1_000)))

    async def deals(self) -> int:
        """At the broker."""
        return len(self.hands.broker.book.deals(self.account.login)) if self.hands else 0

    async def seen_by(self, person: int) -> list[str]:
        """Each message of the bot with its buttons, and each answer to a tap."""
        messages = [one for one in await self.people.messages(person) if one["from_bot"]]
        shown = [f"{one['message_id']}: {one['text']} {one['buttons']}" for one in messages]
        return shown + [
            f"{n}. answer: {one['text']}" for n, one in enumerate(await self.people.answers(person))
        ]

    async def plug_in(self) -> Hands:
        """Tara's terminal, at a paper broker that never closes."""
        if self.hands is None:
            self.hands = self.stack.enter_context(at_broker(self.account, self.book))
            self.hands.advance(self.machine.clock.skipped_s)
        return self.hands


EVERYTHING = ["message", "callback_query", "my_chat_member", "chat_member"]


def _carried(message: dict[str, Any]) -> Iterator[str]:
    for row in message["keyboard"] or []:
        yield from (each["callback_data"] for each in row if "callback_data" in each)


def _has(tap: DeskTap, fields: dict[str, Any]) -> bool:
    return all(getattr(tap, name) == value for name, value in fields.items())


async def _life(machine: Machine) -> Life:
    async with machine.store.write() as tx:
        epoch = await tx.intents.new_epoch(machine.clock.now())
    desk = Desk(machine.store, machine.clock, machine.terminals, epoch)
    monitor, scheduler, linking = Monitor(desk), Scheduler(desk, Schedule()), _linking(machine)
    app = App(desk, OnePixel(), monitor, scheduler, "Test desk", join_requests=True, linking=linking)
    return Life(app, make_dispatcher(app), Relay(app, machine.bot))


def _linking(machine: Machine) -> Linking:
    """One terminal may be used, which is the worker's own code in this process."""

    def open_candidate(account: Account, password: str) -> Session:
        login = Login(account.terminal_path, account.login, account.server, password, timeout_ms=200)
        terminal = Terminal(InProcess(), name=account.label)
        return Session(Connection(terminal, login, machine.clock, watch=("EURUSD",)))

    place = TerminalPlace("Terminal 1", str(machine.folder / "terminal-1"))
    return Linking((place,), machine.folder / "paper", verifier=Verifier(open_candidate))


async def _source(store: Store) -> Source:
    source = Source(SourceId(uuid4()), "momentum", frozenset({"EURUSD"}))
    async with store.write() as tx:
        await tx.sources.add(source, [])
    return source


@asynccontextmanager
async def a_scene(telegram: Telegram, template: Path, folder: Path) -> AsyncIterator[Scene]:
    """On a database of its own, a copy of the template."""
    world = telegram.sandbox.world
    world.reset()
    async with _machine(telegram, template, folder) as machine, AsyncExitStack() as stack:
        store = machine.store
        people = [await join(store, world, name, role) for name, role in ROLES]
        olga, oscar, adam, tara, tom, vera = people
        accounts = [await open_account(store, one, folder / one.name) for one in (tara, tom)]
        cast = Cast(olga, adam, tara, tom, {one.person_id: one for one in accounts})
        sam = await telegram.people.add_user("Sam")
        source, life = await _source(store), await _life(machine)
        yield Scene(telegram, machine, cast, oscar, vera, sam, source, life, stack)


@asynccontextmanager
async def _machine(telegram: Telegram, template: Path, folder: Path) -> AsyncIterator[Machine]:
    file, clock, line = folder / "desk.db", QuickClock(), Line()
    shutil.copy(template, file)
    store = SqlStore(connect(f"sqlite:///{file}"), Vault([Fernet.generate_key().decode()]))
    session = QuickSession(api=TelegramAPIServer.from_base(telegram.sandbox.url))
    session.middleware(Pace(clock, per_s=10_000, chat_burst=1_000))
    session.middleware(line)
    html, token = DefaultBotProperties(parse_mode="HTML"), telegram.sandbox.world.token
    try:
        async with Bot(token, session, html) as bot, terminal_here(store, clock) as terminals:
            yield Machine(clock, line, bot, store, terminals, folder)
    finally:
        await store.aclose()
