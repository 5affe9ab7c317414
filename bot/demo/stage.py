"""Setting the stage: broker, local Telegram, desk; then a source that goes on posting, or the whole story."""

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import aiohttp
import structlog
import typer
from cryptography.fernet import Fernet

from bot.app import Running, run, stop_on_signals
from bot.demo.cast import CAST, TRADERS, book_of, open_broker, roster, terminal_of
from bot.demo.desktop import PaperDesktop
from bot.demo.source import DemoSource, Idea
from bot.demo.story import Story
from bot.sandbox import DEMO_TOKEN, Sandbox, SandboxClient, serve
from bot.settings import Settings, SettingsError, load_settings
from bot.words import Words
from bot.words.fluent import read_all
from core.collector import calm_collector
from core.intake.signatures import new_secret
from core.model.instruments import Side
from core.paper.hands import Hands

log = structlog.get_logger(__name__)

FIRST_SIGNAL_S = 1.0
BETWEEN_SIGNALS_S = 40.0
IDEAS = (
    Idea("EURUSD", Side.BUY, Decimal("0.25"), Decimal("0.3"), note="Breakout of the London range"),
    Idea("XAUUSD", Side.SELL, Decimal("0.6"), Decimal("0.7"), note="Fades at yesterday's high"),
    Idea("GBPUSD", Side.SELL, Decimal("0.25"), Decimal("0.35"), note="Momentum turns down"),
    Idea("BTCUSD", Side.BUY, Decimal("1.2"), Decimal("1.5"), note="Pullback into the trend"),
    Idea("USDJPY", Side.BUY, Decimal("0.3"), Decimal("0.3"), note="Carry and a higher low"),
    Idea("US30", Side.SELL, Decimal("0.5"), Decimal("0.6"), note="Rejected at resistance"),
)
_OURS = ("desk.db*", "broker.book*", "terminals", "paper")


@dataclass(frozen=True, slots=True)
class Stage:
    """All that a director of the demo can reach."""

    running: Running
    telegram: SandboxClient
    broker: Hands
    source: DemoSource


async def run_demo(folder: Path, port: int, *, auto: bool) -> int:
    """Run until Ctrl-C (status 0), or play the story (0 if each line of it was seen, else 1)."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    read_all()
    calm_collector()
    with _alone_in(folder):
        _clear(folder)
        with _broker(folder) as (broker, desktop):
            async with (
                _telegram(0 if auto else port, desktop) as sandbox,
                SandboxClient(sandbox.url) as telegram,
            ):
                return await _play(folder, sandbox, telegram, broker, stop, auto=auto)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder against a second demo, which would delete this one's files; also after a crash the
    hold ends with the process, because SQLite locks by the operating system. Raises SettingsError."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "demo.lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise SettingsError(
                f"--folder: another demo runs in {folder}. Stop it, or name another folder."
            ) from error
        yield


@contextmanager
def _broker(folder: Path) -> Iterator[tuple[Hands, PaperDesktop]]:
    """The paper broker in the director's hands, and in those of whoever sits at the chat page.

    Each has the book open for itself: the page's hands work on threads.
    """
    director = open_broker(folder)
    visitor = Hands.on(book_of(folder))
    try:
        yield director, PaperDesktop(visitor, {one.name: terminal_of(folder, one) for one in TRADERS})
    finally:
        visitor.close_book()
        director.close_book()


async def _play(
    folder: Path,
    sandbox: Sandbox,
    telegram: SandboxClient,
    broker: Hands,
    stop: asyncio.Event,
    *,
    auto: bool,
) -> int:
    secret = new_secret()
    status = 0

    async def direct(running: Running) -> None:
        nonlocal status
        source = DemoSource(broker, running.url, secret)
        stage = Stage(running, telegram, broker, source)
        await people_arrive(telegram)
        if auto:
            try:
                status = await Story(running.app.desk, telegram, broker, source).play()
            finally:
                stop.set()
        else:
            _welcome(sandbox.url, running.url)
            await _keep_posting(stage, stop)

    await run(settings_for(folder, sandbox.url), roster(folder, secret), stop, direct)
    return status


def settings_for(folder: Path, telegram_url: str) -> Settings:
    """The demo's settings, whatever the environment holds."""
    return load_settings(
        _env_file=None,
        bot_token=DEMO_TOKEN,
        telegram_url=telegram_url,
        secret_keys=Fernet.generate_key().decode(),
        database_url=f"sqlite+aiosqlite:///{folder / 'desk.db'}",
        http_port=0,
        paper_weekends=True,
        log_format="console",
    )


@asynccontextmanager
async def _telegram(port: int, desktop: PaperDesktop) -> AsyncIterator[Sandbox]:
    """The local Telegram and the terminals beside it. Raises SettingsError when its port is taken."""
    try:
        async with serve(port=port, desktop=desktop) as sandbox:
            yield sandbox
    except OSError as error:
        raise SettingsError(
            f"--port: cannot listen on 127.0.0.1:{port}: {error.strerror}. Try another: tapdesk demo --port 0"
        ) from error


def _clear(folder: Path) -> None:
    """Begin anew: remove what an earlier demo left, and nothing else."""
    for path in itertools.chain.from_iterable(folder.glob(pattern) for pattern in _OURS):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


async def people_arrive(telegram: SandboxClient) -> None:
    """Everyone presses Start and accepts the risk text, as they would on their phones."""
    for member in CAST:
        await telegram.add_user(member.name, id=member.telegram_id, label=str(member.role))
    await asyncio.gather(*(_arrive(telegram, member.telegram_id) for member in CAST))


async def _arrive(telegram: SandboxClient, person: int) -> None:
    await telegram.say(person, "/start")
    await telegram.wait_for(person, lambda message: bool(message["buttons"]))
    await telegram.tap(person, Words().label("consent-accept"))
    await telegram.wait_for(person, "You accepted")


def _welcome(chat: str, intake: str) -> None:
    typer.secho(f"\n  Tap here:  {chat}\n", bold=True)
    typer.echo(f"  The traders' terminals, in your own hands: {chat}/#terminals")
    typer.echo(f"  Signal intake and its API page: {intake}/docs")
    typer.echo(f"  Control API of the local Telegram: {chat}/control/docs")
    typer.echo("  Stop with Ctrl-C.\n")


async def _keep_posting(stage: Stage, stop: asyncio.Event) -> None:
    """A signal every so often, until the end."""
    wait_s = FIRST_SIGNAL_S
    for idea in itertools.cycle(IDEAS):
        if await _stopped_within(stop, wait_s):
            return
        try:
            await stage.source.post(idea)
        except aiohttp.ClientError as error:
            log.warning("signal_not_posted", error=str(error))
        wait_s = BETWEEN_SIGNALS_S


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
