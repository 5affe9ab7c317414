"""`tapdesk run`, `migrate` and `doctor`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
import typer
from aiogram.exceptions import TelegramAPIError
from sqlalchemy.exc import SQLAlchemyError

from bot.app import run, stop_on_signals
from bot.console.printing import count
from bot.deskfile.roster import Roster, account_of, read_roster
from bot.opening import make_folder
from bot.settings import Settings, SettingsError
from bot.telegram.connection import make_bot
from bot.words.fluent import read_all
from core.collector import calm_collector
from core.health.findings import HINTS, Circumstances, Limits, judge
from core.health.spoken import spoken
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.model.incidents import Trouble
from core.mt5.errors import NoData, TerminalError
from core.mt5.pool import make_session
from core.mt5.probe import Probe
from core.mt5.session import Session
from core.supervision import GaveUp
from storage.migrate import current, head, upgrade

log = structlog.get_logger(__name__)


async def run_production(settings: Settings) -> int:
    """The desk until a signal; 0 after a clean stop, 1 when a part of it could not be kept running.

    Raises SettingsError for what only turns out while it runs.
    """
    roster = read_roster(settings.desk_file)
    stop = asyncio.Event()
    stop_on_signals(stop)
    read_all()
    calm_collector()
    try:
        await run(settings, roster, stop)
    except ExceptionGroup as group:
        if wrong := group.subgroup(SettingsError):
            raise wrong.exceptions[0] from None
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
    checks += await _terminals(roster, settings)
    return 0 if all(checks) else 1


def _line(good: bool, part: str, text: str) -> bool:
    typer.echo(f"{'ok  ' if good else 'FAIL'}  {part}: {text}")
    return good


def _counted(settings: Settings, roster: Roster) -> str:
    people = "1 person" if len(roster.people) == 1 else f"{len(roster.people)} people"
    accounts, sources = count(len(roster.accounts), "account"), count(len(roster.sources), "source")
    return f"{settings.desk_file}: {people}, {accounts}, {sources}"


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


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look at a terminal found; `missing` are symbols of the desk file that its broker has not."""

    probe: Probe
    missing: tuple[str, ...] = ()


async def _terminals(roster: Roster, settings: Settings) -> list[bool]:
    """All at once, since a terminal may take minutes to start; told in the order of the desk file."""
    accounts = [(account_of(entry), entry.secret()) for entry in roster.accounts]
    python, limits = settings.mt5_command, settings.health_limits
    looks = await asyncio.gather(*(_look(account, password, python) for account, password in accounts))
    shown = zip(accounts, looks, strict=True)
    return [good for (account, _), looked in shown for good in _terminal(account, looked, limits)]


async def _look(account: Account, password: str, python: Sequence[str]) -> _Looked:
    async with make_session(account, password, SystemClock(), python=python) as session:
        probe = await session.probe()
        return _Looked(probe, await _missing(account, session) if probe.failure is None else ())


async def _missing(account: Account, session: Session) -> tuple[str, ...]:
    """As they stand in the desk file. Of a terminal that fails meanwhile, what was found until then."""
    missing: list[str] = []
    for instrument, symbol in account.symbols.items():
        try:
            await session.instrument(symbol)
        except NoData:
            missing.append(f"{instrument} = {symbol}")
        except TerminalError:
            break
    return tuple(missing)


def _terminal(account: Account, looked: _Looked, limits: Limits) -> list[bool]:
    """A line for what is well, or one for each trouble with what to do."""
    part, probe = f"terminal of {account.label}", looked.probe
    found = judge(probe, Circumstances(), limits).found
    lines = [
        _line(False, part, f"{sentence} {HINTS[trouble]}{_detail(trouble, probe)}")
        for trouble, sentence in found.items()
    ] or [_line(True, part, _well(account, probe))]
    if looked.missing:
        names = ", ".join(looked.missing)
        lines.append(_line(False, f"symbols of {account.label}", f"the broker does not offer: {names}"))
    return lines


def _detail(trouble: Trouble, probe: Probe) -> str:
    """Why there is no answer: a wrong path and a missing module look alike else."""
    return f" In detail: {probe.detail}" if trouble is Trouble.SILENT else ""


def _well(account: Account, probe: Probe) -> str:
    price = f"price {spoken(probe.feed_age)} old" if probe.feed_age is not None else "no price yet"
    took = f"answered in {(probe.round_trip_s or 0) * 1000:.0f} ms"
    who = f"found, logged in as {account.login} at {account.server}"
    return f"{who}, trading allowed, {price}, {took}, build {probe.build}"
