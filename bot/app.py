"""The composition root: the one place that names every concrete class, and the order of start and stop."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiogram import Bot
from sqlalchemy.engine import make_url

from bot.context import App
from bot.delivery import Relay
from bot.delivery.live import following_status
from bot.deskfile.market import load_calendar
from bot.deskfile.roster import Roster, enrol
from bot.otel import Exporting, exporting
from bot.parts import account_watches, follow, make_linking
from bot.settings import Settings, SettingsError
from bot.telegram.connection import open_bot
from bot.telegram.conversation import converse
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.menus import keep_menus
from bot.telegram.pace import Pace
from bot.watch.alarm import Alarm
from bot.watch.ping import Ping
from bot.watch.readiness import Intervals
from bot.watch.telemetry import Telemetry
from bot.watch.watchdog import Watchdog
from bot.web.app import create_web
from bot.web.server import listen, serve
from core.accounts.settings import Ceilings
from core.alerts.keeping import keep_alerts
from core.attendance import Attendance
from core.bell import Bell
from core.board import Board
from core.charts.renderer import Charts
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.clock import Clock, SystemClock
from core.model.ids import AccountId
from core.model.policies import Hours
from core.mt5.pool import OpenSession, Pool, make_session
from core.mt5.session import Session
from core.people.consent import ask_again
from core.reconciliation.scheduler import Schedule, Scheduler
from core.retention import Keep, retain
from core.risk.locks import watch_locks
from core.supervision import Supervisor
from core.trading.account_loop import Pace as TradingPace
from core.trading.approving import expire_overdue
from core.trading.desk_loop import TradingLoop
from core.trading.execution import adopt_orphans
from core.trading.expiry import expire
from core.trading.foreseeing import Lookout
from core.trading.resolution import Quarantine
from core.trading.taking import keep_ending, keep_standing
from storage.engine import connect
from storage.migrate import upgrade
from storage.secrets import Vault
from storage.store import Observer, SqlStore

log = structlog.get_logger(__name__)

FLUSH_S = 5.0


@dataclass(frozen=True, slots=True)
class Running:
    """A started desk, for whoever started it: the demo, the tests."""

    app: App
    url: str
    telemetry: Telemetry


async def run(
    settings: Settings,
    roster: Roster,
    stop: asyncio.Event,
    on_ready: Callable[[Running], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Run the desk until `stop` is set; then end everything in order.

    Raises SettingsError when it cannot start as configured; in a group SettingsError when Telegram does not
    know the token, GaveUp when a background task failed too often.
    """
    load_calendar(settings.news_file)  # what cannot be read is refused before anything runs
    async with AsyncExitStack() as stack:
        door = open_door(settings)
        stack.callback(door.close)
        export = await stack.enter_async_context(exporting(settings.otlp_endpoint.get_secret_value()))
        pips, hours = roster.pips(), roster.trading_hours()
        opened = open_desk(settings, SystemClock(), pips, hours, roster.limits.ceilings(), export.observers)
        desk = await stack.enter_async_context(opened)
        await enrol(desk.store, roster)
        await catch_up(desk)
        await ask_again(desk)
        pace = Pace(desk.clock)
        bot = await stack.enter_async_context(open_bot(settings, pace))
        charts = await stack.enter_async_context(Charts())
        monitor = Monitor(desk, settings.health_limits, settings.health_interval_s)
        schedule = Schedule(settings.sync_interval_s, settings.sync_at_once, rules=roster.rules())
        app = App(
            desk,
            charts,
            monitor,
            Scheduler(desk, schedule),
            support=settings.support,
            join_requests=settings.join_requests,
            linking=make_linking(settings, roster),
        )
        await _run_parts(settings, app, bot, door, export, stop, on_ready)
    log.info("desk_stopped")


async def _run_parts(
    settings: Settings,
    app: App,
    bot: Bot,
    door: socket.socket,
    export: Exporting,
    stop: asyncio.Event,
    on_ready: Callable[[Running], Coroutine[Any, Any, None]] | None,
) -> None:
    supervisor = Supervisor()
    intervals = Intervals(settings.guard_interval_s, settings.sync_interval_s, settings.market_interval_s)
    telemetry = Telemetry(app.desk, supervisor, intervals)
    relay = Relay(app, bot)
    watchdog = make_watchdog(settings, app.desk)
    labels: dict[str, str] = {}
    url = f"http://{settings.http_host}:{door.getsockname()[1]}"
    async with asyncio.TaskGroup() as tasks:
        parts = background(app.desk, relay, telemetry, settings.keep)
        parts |= watching(settings, app.desk, watchdog, telemetry)
        calendar = load_calendar(settings.news_file)
        parts["news"] = calendar.keep
        parts["alerts"] = partial(keep_alerts, app.desk, settings.escalate_after_min * 60)
        parts["linking"] = app.linking.run
        parts |= publishing(export, app.desk, labels, telemetry)
        workers = [
            tasks.create_task(supervisor.forever(name, part), name=name) for name, part in parts.items()
        ]
        web = tasks.create_task(
            serve(create_web(app.desk, telemetry, settings.bearer_keys), door), name="web"
        )
        pace = TradingPace(quarantine=Quarantine(opening_s=settings.quarantine_s))
        loop = TradingLoop(app.desk, pace, supervisor)
        attendance = Attendance(
            app.desk,
            supervisor,
            account_watches(settings, app, calendar),
            loop,
            lambda task, name: tasks.create_task(task, name=name),
            partial(follow, watchdog, labels),
        )
        await attendance.look()
        attending = tasks.create_task(supervisor.forever("accounts", attendance.keep), name="accounts")
        trading = tasks.create_task(loop.run(), name="trading")
        talk = tasks.create_task(converse(app.desk, bot, make_dispatcher(app)), name="telegram")
        menu = tasks.create_task(keep_menus(app.desk, bot), name="menu")
        log.info("desk_started", accounts=len(app.desk.board.linked), intake=url)
        running = Running(app, url, telemetry)
        visitor = [tasks.create_task(on_ready(running), name="on_ready")] if on_ready else []
        with watchdog:
            await stop.wait()
        log.info("desk_stopping")
        for task in (*visitor, web, menu, talk, attending, trading):
            await _end(task)
        await attendance.end()
        for task in workers:
            await _end(task)
    await relay.flush(FLUSH_S)


async def _end(task: asyncio.Task[None]) -> None:
    """Ask a task to stop and wait until it has."""
    task.cancel()
    await asyncio.wait([task])


Part = Callable[[], Coroutine[Any, Any, None]]


def background(desk: Desk, relay: Relay, telemetry: Telemetry, keep: Keep) -> dict[str, Part]:
    """The tasks that run once for the whole desk, by name."""
    return {
        "relay": relay.run,
        "live status": relay.live.keep,
        "expiry": partial(expire, desk),
        "cards": Lookout(desk).keep,
        "standing": partial(keep_standing, desk),
        "standing ends": partial(keep_ending, desk),
        "locks": partial(watch_locks, desk),
        "retention": partial(retain, desk, keep),
        "heartbeat": telemetry.beat,
        "loop lag": telemetry.lag.watch,
    }


def make_watchdog(settings: Settings, desk: Desk) -> Watchdog:
    """The thread that tells the owners when the loop or one of the guards stands still; not started yet, and
    told of no guard."""
    alarm = Alarm(str(settings.telegram_url), settings.bot_token)
    patience_s = max(settings.watchdog_s, 3 * settings.guard_interval_s, 3 * settings.market_interval_s)
    return Watchdog(
        desk.board.movement,
        (),
        alarm,
        patience_s,
        desk.clock,
        ends=settings.watchdog_ends,
        escalate_after_s=settings.escalate_after_min * 60,
    )


def watching(settings: Settings, desk: Desk, watchdog: Watchdog, telemetry: Telemetry) -> dict[str, Part]:
    """The tasks by which others notice that the desk stands still or dies."""
    parts: dict[str, Part] = {
        "beat": watchdog.beat,
        "watchdog's owners": partial(watchdog.know_owners, desk.store),
    }
    if settings.ping_url.get_secret_value():
        parts["ping"] = Ping(settings.ping_url, telemetry.ready, desk.clock).run
    return parts


def publishing(
    export: Exporting, desk: Desk, labels: Mapping[str, str], telemetry: Telemetry
) -> dict[str, Part]:
    """The task by which a collector gets the numbers of `/metrics`, if there is one."""
    if export.publish is None:
        return {}
    return {"telemetry export": partial(export.publish, telemetry.registry, labels, desk.clock)}


async def catch_up(desk: Desk) -> None:
    """Before anything runs: what an earlier life left half done."""
    orphans = await adopt_orphans(desk)
    expired = await expire_overdue(desk)
    if orphans or expired:
        log.info("caught_up", unknown_orders=orphans, expired_cards=expired)


@asynccontextmanager
async def open_desk(
    settings: Settings,
    clock: Clock,
    pips: Mapping[str, Decimal] | None = None,
    hours: Hours | None = None,
    ceilings: Ceilings | None = None,
    observers: Sequence[Observer] = (),
) -> AsyncIterator[Desk]:
    """Migrate, open the database, begin a new epoch; close terminals and database at the end.

    `pips` are the sizes that the desk has set for instruments, `hours` those in which it trades, `ceilings`
    how far its traders may go; `observers` are told the events as they are committed.
    """
    bell = Bell()
    async with AsyncExitStack() as stack:
        observers = (*observers, following_status(bell))
        store = await stack.enter_async_context(open_store(settings, observers))
        async with store.write() as tx:
            epoch = await tx.intents.new_epoch(clock.now())
        open_session = session_maker(store, clock, settings.mt5_command, pips or {})
        pool = await stack.enter_async_context(Pool(open_session))
        board = Board(events=store.committed)
        yield Desk(store, clock, pool, epoch, bell, board, hours=hours, ceilings=ceilings or Ceilings())


@asynccontextmanager
async def open_store(settings: Settings, observers: Sequence[Observer] = ()) -> AsyncIterator[SqlStore]:
    """The database, migrated to what this program expects."""
    make_folder(settings.database_url)
    await upgrade(settings.database_url)
    store = SqlStore(connect(settings.database_url), Vault(settings.fernet_keys), observers)
    try:
        yield store
    finally:
        await store.aclose()


def make_folder(database_url: str) -> None:
    """A SQLite file's folder, if it is not there yet."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def session_maker(
    store: SqlStore, clock: Clock, python: Sequence[str], pips: Mapping[str, Decimal]
) -> OpenSession:
    """Opens an account's session with what the database knows of it."""

    async def open_session(account_id: AccountId) -> Session:
        async with store.read() as tx:
            account = await tx.accounts.get(account_id)
            password = await tx.accounts.password(account_id)
        if account is None:
            raise LookupError(f"no account {account_id}")
        return make_session(account, password, clock, python=python, pips=pips)

    return open_session


def open_door(settings: Settings) -> socket.socket:
    """The intake's socket. Raises SettingsError when the address cannot be had."""
    try:
        return listen(settings.http_host, settings.http_port)
    except OSError as error:
        where = f"{settings.http_host}:{settings.http_port}"
        raise SettingsError(
            f"TAPDESK_HTTP_HOST, TAPDESK_HTTP_PORT: cannot listen on {where}: {error.strerror}."
        ) from error


def stop_on_signals(stop: asyncio.Event) -> None:
    """Ctrl-C and SIGTERM ask for a clean stop; where the loop has no signals (Windows), Ctrl-C does."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
