"""The composition root: the one place that names every concrete class, and the order of start and stop."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot

from bot.context import App
from bot.deskfile.market import load_calendar
from bot.deskfile.roster import Roster, enrol
from bot.opening import catch_up, open_desk, open_door
from bot.otel import Exporting, exporting
from bot.parts import assemble, make_linking
from bot.settings import Settings
from bot.telegram.connection import open_bot
from bot.telegram.conversation import converse
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.menus import keep_menus
from bot.telegram.pace import Pace
from bot.watch.telemetry import Telemetry
from bot.web.app import create_web
from bot.web.server import serve
from core.charts.renderer import Charts
from core.health.monitor import Monitor
from core.model.clock import SystemClock
from core.people.consent import ask_again
from core.reconciliation.scheduler import Schedule, Scheduler
from core.trading.account_loop import Pace as TradingPace
from core.trading.desk_loop import TradingLoop
from core.trading.resolution import Quarantine

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
    machinery = assemble(settings, app, bot)
    supervisor, telemetry = machinery.supervisor, machinery.telemetry
    url = f"http://{settings.http_host}:{door.getsockname()[1]}"
    async with asyncio.TaskGroup() as tasks:

        def start(task: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
            return tasks.create_task(task, name=name)

        parts = machinery.parts(export)
        workers = [start(supervisor.forever(name, part), name) for name, part in parts.items()]
        web = start(serve(create_web(app.desk, telemetry, settings.bearer_keys), door), "web")
        pace = TradingPace(quarantine=Quarantine(opening_s=settings.quarantine_s))
        loop = TradingLoop(app.desk, pace, supervisor)
        attendance = machinery.attendance(loop, start)
        await attendance.look()
        attending = start(supervisor.forever("accounts", attendance.keep), "accounts")
        trading = start(loop.run(), "trading")
        talk = start(converse(app.desk, bot, make_dispatcher(app)), "telegram")
        menu = start(keep_menus(app.desk, bot), "menu")
        log.info("desk_started", accounts=len(app.desk.board.linked), intake=url)
        visitor = [start(on_ready(Running(app, url, telemetry)), "on_ready")] if on_ready else []
        with machinery.watchdog:
            await stop.wait()
        log.info("desk_stopping")
        await _end(*visitor, web, menu, talk, attending, trading)
        await attendance.end()
        await _end(*workers)
    await machinery.relay.flush(FLUSH_S)


async def _end(*tasks: asyncio.Task[None]) -> None:
    """Ask each task in turn to stop, and wait until it has."""
    for task in tasks:
        task.cancel()
        await asyncio.wait([task])


def stop_on_signals(stop: asyncio.Event) -> None:
    """Ctrl-C and SIGTERM ask for a clean stop; where the loop has no signals (Windows), Ctrl-C does."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
