"""Whether the guard sees an account: are its prices of now, and since when nothing is concluded of it.

A terminal that has lost its broker, or whose prices stand still, goes on answering with old data.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from core.alerts import alert_desk_and_trader
from core.bell import OUTBOX
from core.desk import Desk
from core.health.hours import LATE, closed_since
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState
from core.mt5.errors import NoData
from core.mt5.session import Session

log = structlog.get_logger(__name__)

OLDEST = timedelta(seconds=60)
"""Prices older than this are no ground for a verdict while their market is open."""
TOLD_AFTER = timedelta(seconds=120)
CLOSES_WITHIN = timedelta(hours=1)
"""So much earlier than the currency market may a symbol's own rest begin."""
_CENT = Decimal("0.01")
"""Brokers may keep more digits of one sum than of another: less is no floating result."""
_NUMBER = re.compile(r"\d+(\.\d+)?")


def has_exposure(state: MT5AccountState) -> bool:
    """Whether prices move the equity of the account: something is open."""
    floating = abs(state.equity - state.balance - state.credit)
    return bool(state.margin or state.profit or floating >= _CENT)


async def whole_snapshot(session: Session) -> MT5AccountSnapshot:
    """What is open, as the lists and the account itself agree on. Raises TerminalError.

    A terminal that has just logged in again answers with empty lists for some seconds. Equity beside the
    balance proves nothing here: a broker may hold back commissions of an account that is flat.
    """
    snapshot = await session.snapshot()
    shown = snapshot.account
    if not snapshot.positions and not snapshot.orders and (shown.margin or shown.profit):
        sentence = "The terminal lists nothing open, but the account shows margin or profit."
        raise NoData("empty lists beside an exposed account", for_trader=sentence)
    return snapshot


async def stale_prices(session: Session, state: MT5AccountState) -> str:
    """Why the equity may be of old prices, empty when it is not. Raises TerminalError.

    The ticks that are read in passing tell. Where they are old, with the market open, those of the symbols
    that are held are asked for: a watched currency may rest while a coin is traded. In a new life no tick
    tells its age before one has moved: prices that have stood still for a quarter of an hour look like new
    ones on a clock that is a quarter of an hour behind.
    """
    if not has_exposure(state):
        return ""
    age = session.feed_age() if session.time_is_proven else None
    if age is not None and (age <= OLDEST or _rests(state.read_at, age)):
        return ""
    if age is None and closed_since(state.read_at) is not None:
        return ""
    held = {position.symbol for position in await session.positions()}
    if not held or (await session.quotes(held) and session.time_is_proven):
        return ""
    since = f"for {age.total_seconds():.0f} seconds" if age is not None else "yet"
    return f"there has been no new price {since}"


def _rests(now: datetime, age: timedelta) -> bool:
    """Whether the newest price is the one that the market closed with, not one that stood still before."""
    closed = closed_since(now)
    return closed is not None and closed - CLOSES_WITHIN <= now - age <= closed + LATE


@dataclass(slots=True)
class Sight:
    """One account's: `exposed` is whether something was open when it was last seen, or may be before that."""

    desk: Desk
    account: Account
    exposed: bool = True
    reasons: set[str] = field(default_factory=set)
    blind_since: datetime | None = None
    told: bool = False

    async def note(self, why: str) -> None:
        """A look has failed by `why`, or seen when that is empty.

        The log has each reason once in an outage, which lasts hours, looks a second. People are told when the
        guard was blind for long while something is open.
        """
        self._log(why)
        now = self.desk.clock.now()
        if not why:
            await self._regain(now)
        elif self.blind_since is None:
            self.blind_since = now
        elif self.exposed and not self.told and now - self.blind_since >= TOLD_AFTER:
            self.told = True
            since = self.blind_since.isoformat(timespec="seconds")
            await self._tell("blind", now, {"reason": why, "since": since})

    def _log(self, why: str) -> None:
        """Reasons that differ in their seconds only are one."""
        reason = _NUMBER.sub("", why)
        if not why and self.reasons:
            self.reasons.clear()
            log.info("guard_sees_again", account=self.account.label)
        elif why and reason not in self.reasons:
            self.reasons.add(reason)
            log.warning("guard_blind", account=self.account.label, error=why)

    async def _regain(self, now: datetime) -> None:
        self.blind_since = None
        if self.told:
            self.told = False
            await self._tell("seen", now, {})

    async def _tell(self, what: str, now: datetime, data: Json) -> None:
        account = self.account
        priority = Priority.CRITICAL if what == "blind" else Priority.NOTICE
        async with self.desk.store.write() as tx:
            event = Event(f"drawdown.{what}", now, account.label, data, account.id, account.person_id)
            await tx.events.append(event)
            await alert_desk_and_trader(tx, now, account, f"drawdown_{what}", data, priority)
        self.desk.bell.ring(OUTBOX)
