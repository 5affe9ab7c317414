"""`tapdesk run`, `migrate` and `doctor`."""

import asyncio

import structlog
import typer
from aiogram.exceptions import TelegramAPIError
from sqlalchemy.exc import SQLAlchemyError

from bot.app import make_folder, run, stop_on_signals
from bot.roster import Roster, account_of, read_roster
from bot.settings import Settings
from bot.telegram import make_bot
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.mt5.errors import TerminalError
from core.mt5.pool import make_session
from core.supervision import GaveUp
from storage.migrate import current, head, upgrade

log = structlog.get_logger(__name__)


async def run_production(settings: Settings) -> int:
    """The desk until a signal; 0 after a clean stop, 1 when a part of it could not be kept running."""
    roster = read_roster(settings.desk_file)
    stop = asyncio.Event()
    stop_on_signals(stop)
    try:
        await run(settings, roster, stop)
    except ExceptionGroup as group:
        gave_up, others = group.split(GaveUp)
        if gave_up is None or others is not None:
            raise
        log.critical("desk_gave_up", errors=[str(error) for error in gave_up.exceptions])
        return 1
    return 0


async def run_migrate(settings: Settings) -> int:
    """Migrate and say from where to where."""
    make_folder(settings.database_url)
    before = await current(settings.database_url)
    await upgrade(settings.database_url)
    typer.echo(f"database: {before or 'empty'} -> {head()}")
    return 0


async def run_doctor(settings: Settings) -> int:
    """Check part by part, a line each; the exit status is 1 when any is wrong."""
    checks = [_line(True, "settings", "as they should be"), *await _token(settings)]
    checks += await _database(settings)
    roster = read_roster(settings.desk_file)
    checks.append(_line(bool(roster.people), "desk file", _counted(settings, roster)))
    checks += await _terminals(roster)
    return 0 if all(checks) else 1


def _line(good: bool, part: str, text: str) -> bool:
    typer.echo(f"{'ok  ' if good else 'FAIL'}  {part}: {text}")
    return good


def _counted(settings: Settings, roster: Roster) -> str:
    people, accounts, sources = len(roster.people), len(roster.accounts), len(roster.sources)
    return f"{settings.desk_file}: {people} people, {accounts} accounts, {sources} sources"


async def _token(settings: Settings) -> list[bool]:
    bot = make_bot(settings)
    try:
        me = await bot.me()
    except TelegramAPIError as error:
        return [_line(False, "token", str(error))]
    finally:
        await bot.session.close()
    return [_line(True, "token", f"@{me.username}")]


async def _database(settings: Settings) -> list[bool]:
    make_folder(settings.database_url)
    try:
        revision = await current(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        return [_line(False, "database", f"{type(error).__name__}: {error}")]
    good = revision == head()
    text = "up to date" if good else f"at {revision or 'nothing'}, run: tapdesk migrate"
    return [_line(True, "database", "reached"), _line(good, "migrations", text)]


async def _terminals(roster: Roster) -> list[bool]:
    return [await _terminal(account_of(entry), entry.secret()) for entry in roster.accounts]


async def _terminal(account: Account, password: str) -> bool:
    part = f"terminal of {account.label}"
    async with make_session(account, password, SystemClock()) as session:
        try:
            state = await session.account()
        except TerminalError as error:
            return _line(False, part, error.for_trader)
    found = f"found, logged in as {state.login} at {state.server}, {state.kind}"
    obstacle = state.trading_obstacle()
    return _line(obstacle is None, part, f"{found}, {obstacle or 'trading allowed'}")
