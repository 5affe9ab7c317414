"""What the desk does all the time: for itself, for each account that is linked, and what people can link."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from aiogram import Bot
from sqlalchemy.engine import make_url

from bot.context import App
from bot.delivery import Relay
from bot.deskfile.market import load_calendar
from bot.deskfile.roster import Roster
from bot.otel import Exporting
from bot.settings import Settings
from bot.talk.looks import Linking
from bot.watch.alarm import Alarm
from bot.watch.ping import Ping
from bot.watch.readiness import Intervals
from bot.watch.telemetry import Telemetry
from bot.watch.watchdog import Watchdog
from core.accounts.linking import Verifier
from core.alerts.keeping import keep_alerts
from core.attendance import Attendance, Start, Watch, guards_of
from core.desk import Desk
from core.market.guard import MarketGuard
from core.market.news import Calendar
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.mt5.pool import make_session
from core.mt5.session import Session
from core.retention import Keep, retain
from core.risk.guard import DrawdownGuard
from core.risk.locks import watch_locks
from core.supervision import Supervisor
from core.trading.desk_loop import TradingLoop
from core.trading.expiry import expire
from core.trading.foreseeing import Lookout
from core.trading.taking import keep_ending, keep_standing

Part = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Machinery:
    """What the tasks of one run share. `labels` are the accounts, by name, that a collector is told of."""

    settings: Settings
    app: App
    relay: Relay
    supervisor: Supervisor
    watchdog: Watchdog
    telemetry: Telemetry
    calendar: Calendar
    labels: dict[str, str] = field(default_factory=dict)

    def parts(self, export: Exporting) -> dict[str, Part]:
        """The tasks that run once for the whole desk, by name, in the order of their start."""
        settings, desk = self.settings, self.app.desk
        return {
            **background(desk, self.relay, self.telemetry, settings.keep),
            **watching(settings, desk, self.watchdog, self.telemetry),
            "news": self.calendar.keep,
            "alerts": partial(keep_alerts, desk, settings.escalate_after_min * 60),
            "linking": self.app.linking.run,
            **publishing(export, desk, self.labels, self.telemetry),
        }

    def attendance(self, loop: TradingLoop, start: Start) -> Attendance:
        """What is done for each account that is linked, whenever that is; nothing is begun yet."""
        watches = account_watches(self.settings, self.app, self.calendar)
        following = partial(follow, self.watchdog, self.labels)
        return Attendance(self.app.desk, self.supervisor, watches, loop, start, following)


def assemble(settings: Settings, app: App, bot: Bot) -> Machinery:
    """Raises SettingsError for a calendar of news that cannot be read."""
    supervisor = Supervisor()
    intervals = Intervals(settings.guard_interval_s, settings.sync_interval_s, settings.market_interval_s)
    return Machinery(
        settings,
        app,
        Relay(app, bot),
        supervisor,
        make_watchdog(settings, app.desk),
        Telemetry(app.desk, supervisor, intervals),
        load_calendar(settings.news_file),
    )


def background(desk: Desk, relay: Relay, telemetry: Telemetry, keep: Keep) -> dict[str, Part]:
    """The desk's own work."""
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


def account_watches(settings: Settings, app: App, calendar: Calendar) -> dict[str, Watch]:
    """What is done for each account all the time, by the name of its part; the guard begins first."""
    guard = DrawdownGuard(app.desk, settings.guard_interval_s)
    market = MarketGuard(app.desk, calendar, settings.market_interval_s)
    return {
        "guard": guard.watch,
        "sync": app.scheduler.watch,
        "market": market.watch,
        "health": app.health.watch,
    }


def follow(watchdog: Watchdog, labels: dict[str, str], accounts: Sequence[Account]) -> None:
    """Have the watchdog and the collector know the accounts that are linked; `labels` forgets none, since
    what was counted under an old one is told still."""
    watchdog.guards = tuple(name for account in accounts for name in guards_of(account))
    labels |= {account.label: str(account.id) for account in accounts}


def make_linking(settings: Settings, roster: Roster) -> Linking:
    """How people link accounts: over the desk file's terminals, and the interpreter of the setting."""

    def open_candidate(account: Account, password: str) -> Session:
        return make_session(account, password, SystemClock(), python=settings.mt5_command, pips=roster.pips())

    folder = Path(settings.paper_folder) if settings.paper_folder else beside(settings.database_url) / "paper"
    ceilings, verifier = roster.limits.ceilings(), Verifier(open_candidate)
    return Linking(roster.places(), folder, settings.paper_weekends, ceilings, verifier)


def beside(database_url: str) -> Path:
    """The folder of a SQLite file, `var` for any other database."""
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(url.database or "").parent if is_file else Path("var")
