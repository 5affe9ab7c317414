"""What the desk does for each account that is linked, and what people can link."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.context import App
from bot.deskfile.roster import Roster
from bot.settings import Settings
from bot.talk.looks import Linking
from bot.watch.watchdog import Watchdog
from core.accounts.linking import Verifier
from core.attendance import Watch, guards_of
from core.market.guard import MarketGuard
from core.market.news import Calendar
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.mt5.pool import make_session
from core.mt5.session import Session
from core.risk.guard import DrawdownGuard


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
