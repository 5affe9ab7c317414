"""The bot as it runs: real dispatcher, relay and SQLite, speaking real HTTP with the sandbox."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from structlog.testing import capture_logs

from bot.context import App
from bot.delivery import Relay
from bot.sandbox import UNLIMITED, Sandbox, SandboxClient, World, serve
from bot.telegram.dispatcher import DeskDispatcher, make_dispatcher
from bot.telegram.pace import Pace
from bot.telegram.polling import Polling
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.accounts import Source
from core.model.approvals import Approval
from core.model.ids import AccountId, SourceId
from core.model.people import Person, Role
from core.mt5.errors import TerminalGone
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from tests.bot.console.place import Place, make_place
from tests.bot.stage import (
    Cast,
    OnePixel,
    QuickClock,
    a_signal,
    an_approval,
    eventually,
    join,
    open_account,
    put_signal,
)

SendSignal = Callable[..., Awaitable[list[Approval]]]


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, as data; drawing tracebacks for a console takes seconds."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture(autouse=True)
def texts_are_whole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test makes the desk say has a text with all its facts, or the test fails."""
    faults: list[str] = []

    def note(key: str, language: str, what: list[Any]) -> None:
        faults.append(f"{key} ({language}): {what}")

    monkeypatch.setattr("bot.words.fluent.incomplete", note)
    yield
    assert faults == []


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here does not depend on the database; tests/storage runs on both."""
    return sqlite_url


@pytest.fixture
def clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
def charts() -> OnePixel:
    return OnePixel()


async def no_terminal(account: AccountId) -> Session:
    raise TerminalGone(f"no terminal for {account} in this test")


@pytest.fixture
def terminals() -> Pool:
    """None can be reached; tests of trading have their own."""
    return Pool(no_terminal)


@pytest.fixture
async def desk(store: Store, clock: QuickClock, terminals: Pool) -> Desk:
    async with store.write() as tx:
        epoch = await tx.intents.new_epoch(clock.now())
    return Desk(store=store, clock=clock, terminals=terminals, epoch=epoch)


@pytest.fixture
def app(desk: Desk, charts: OnePixel) -> App:
    return App(
        desk,
        charts,
        Monitor(desk),
        Scheduler(desk, Schedule()),
        desk_name="Test desk",
        support="Write to Olga.",
    )


@pytest.fixture
async def sandbox(clock: QuickClock) -> AsyncIterator[Sandbox]:
    async with serve(World(settings=UNLIMITED, clock=lambda: clock.now().timestamp())) as running:
        yield running


@pytest.fixture
async def people(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox.url) as client:
        yield client


@pytest.fixture
def pace(clock: QuickClock) -> Pace:
    """Not held back; tests of pacing make their own."""
    return Pace(clock, per_s=10_000, chat_burst=1_000)


class QuickSession(AiohttpSession):
    """Closes without the quarter of a second that aiogram leaves to TLS connections."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def bot(sandbox: Sandbox, pace: Pace) -> AsyncIterator[Bot]:
    session = QuickSession(api=TelegramAPIServer.from_base(sandbox.url))
    session.middleware(pace)
    html = DefaultBotProperties(parse_mode=ParseMode.HTML)
    async with Bot(sandbox.world.token, session=session, default=html) as connected:
        yield connected


@pytest.fixture
def relay(app: App, bot: Bot) -> Relay:
    return Relay(app, bot)


@pytest.fixture
def dispatcher(app: App) -> DeskDispatcher:
    return make_dispatcher(app)


@pytest.fixture
async def running(app: App, dispatcher: DeskDispatcher, bot: Bot, relay: Relay) -> AsyncIterator[None]:
    """Polling and the relay at work; ended in order."""
    polling = Polling(dispatcher, bot, app.desk)
    tasks = [asyncio.create_task(polling.run()), asyncio.create_task(relay.run())]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def all_handled(dispatcher: DeskDispatcher, bot: Bot, running: None) -> Callable[[], Awaitable[None]]:
    """Waits until every update so far was fetched and handled."""

    async def pending() -> int:
        return (await bot.get_webhook_info()).pending_update_count

    async def wait() -> None:
        await eventually(pending, 0)
        assert await dispatcher.in_flight.drain(5)

    return wait


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    """For a desk that runs as a process; `sandbox` is for one in this process."""
    async with serve() as sandbox:
        yield sandbox


@pytest.fixture
async def place(tmp_path: Path, telegram: Sandbox) -> AsyncIterator[Place]:
    place = make_place(tmp_path, telegram.url)
    yield place
    await place.end()


@pytest.fixture
def terminal_folder(tmp_path: Path) -> Path:
    """Where the terminal of each trader lies, in a folder of their name; empty unless a test installs one."""
    return tmp_path / "terminals"


@pytest.fixture
async def cast(store: Store, sandbox: Sandbox, terminal_folder: Path) -> Cast:
    owner = await join(store, sandbox.world, "Olga", Role.OWNER)
    admin = await join(store, sandbox.world, "Adam", Role.ADMIN)
    tara = await join(store, sandbox.world, "Tara", Role.TRADER)
    tom = await join(store, sandbox.world, "Tom", Role.TRADER)
    accounts = [await open_account(store, trader, terminal_folder / trader.name) for trader in (tara, tom)]
    return Cast(owner, admin, tara, tom, {account.person_id: account for account in accounts})


@pytest.fixture
async def source(store: Store) -> Source:
    source = Source(SourceId(uuid4()), "momentum", frozenset({"EURUSD"}))
    async with store.write() as tx:
        await tx.sources.add(source, [])
    return source


@pytest.fixture
def send_signal(desk: Desk, source: Source, cast: Cast) -> SendSignal:
    """Stores a signal and a card for each of the traders named; keywords change the signal."""

    async def send(*traders: Person, **changes: Any) -> list[Approval]:
        signal = a_signal(source, desk.clock.now(), **changes)
        approvals = [an_approval(signal, cast.account_of(trader)) for trader in traders]
        await put_signal(desk, signal, approvals)
        return approvals

    return send
