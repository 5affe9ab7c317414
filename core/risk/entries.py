"""Whether a trade may be entered: the one place that asks locks, hours, cooldown and limits.

Asked at the tap, and again when the order is claimed: something may have been locked or opened meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.desk import Desk
from core.model.accounts import Account, RiskPolicy
from core.model.errors import Refused, refuse
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import Lock, Place
from core.model.signals import Signal
from core.model.symbols import instrument_of
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Tx
from core.risk.hours import closed, moment
from core.risk.limits import MOST_LEGS, Wanted, cooldown, day_of, held, limit_obstacle

JUST_NOW = timedelta(seconds=5)
"""As far as the clocks of desk and broker may differ."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A trade that is asked for: what it would add to a reading of the account and to what is `coming`.

    `snapshot` is None before the first reading; `coming` are openings that may not be in it yet.
    """

    account: Account
    place: Place
    wanted: Wanted
    snapshot: MT5AccountSnapshot | None
    coming: Sequence[Intent]


async def check_entry(desk: Desk, tx: Tx, entry: Entry, claimed: Intent | None = None) -> None:
    """Raises Refused with the reason of the first lock, schedule or limit that forbids it now.

    Of a `claimed` one neither it nor what waits behind it counts.
    """
    await check_open(desk, tx, entry.account, entry.place)
    policy = entry.account.policy
    if not _has_limits(policy):
        return
    midnight = day_of(desk.clock.now())
    today = await tx.intents.openings_since(entry.account.id, midnight)
    trades = await tx.trades.open_of(entry.account.id)
    before = held(entry.snapshot, _ahead(entry.coming, claimed), trades, _ahead(today, claimed), midnight)
    refuse(limit_obstacle(policy, before, entry.wanted))


async def check_open(desk: Desk, tx: Tx, account: Account, place: Place) -> None:
    """Raises Refused while a lock, the trading hours or a rest after losses keep entries out there."""
    now = desk.clock.now()
    for lock in await tx.locks.active(place):
        if lock.holds_at(now):
            raise Refused(f"No new trades now: {told(lock, now)}")
    shut = [desk_closed(desk), *await schedule_of(desk, tx, account)]
    refuse(next((f"No new trades now: {reason}." for reason in shut if reason), None))


async def check_claimed(desk: Desk, tx: Tx, account: Account, claimed: Intent) -> None:
    """The same for an opening, or a pending order's move, that is about to be sent. Raises Refused."""
    place = await place_of(tx, account, claimed)
    if claimed.kind is not IntentKind.OPEN:
        await check_open(desk, tx, account, place)
        return
    snapshot = await tx.snapshots.latest(account.id)
    read_at = snapshot.account.read_at if snapshot else desk.clock.now()
    coming = await under_way(tx, account.id, read_at - JUST_NOW)
    await check_entry(desk, tx, Entry(account, place, Wanted(claimed.volume), snapshot, coming), claimed)


async def withholding(desk: Desk, tx: Tx, signal: Signal) -> str | None:
    """Why nobody gets a card of the signal: no account could enter it now, or not before it is over.

    What keeps one account alone from it is told at the tap: it may have ended by then.
    """
    now = desk.clock.now()
    locks = await tx.locks.active(Place(None, signal.source_id, signal.instrument))
    holding = next((told(lock, now) for lock in locks if lock.holds_at(now)), None)
    shut = closed(desk.hours, now) if desk.hours else None
    if holding is None and shut and (shut.until is None or shut.until >= signal.expires_at):
        return shut.reason
    return holding


async def schedule_of(desk: Desk, tx: Tx, account: Account) -> list[str]:
    """What the clock says against entries on the account: its hours, and its rest after losses."""
    now, policy = desk.clock.now(), account.policy
    shut = closed(policy.hours, now) if policy.hours else None
    found = [shut.reason] if shut else []
    if policy.cooldown_losses is not None:
        newest = await tx.trades.closed_of(account.id, policy.cooldown_losses * MOST_LEGS)
        rest = cooldown(policy, newest, now)
        found += (
            [f"{rest.losses} losses in a row; entries again at {moment(rest.until, now)}"] if rest else []
        )
    return found


def desk_closed(desk: Desk) -> str | None:
    """What the hours of the whole desk say against entries now."""
    shut = closed(desk.hours, desk.clock.now()) if desk.hours else None
    return shut.reason if shut else None


def told(lock: Lock, now: datetime) -> str:
    """Why it holds and, where it ends by itself, when."""
    return lock.reason if lock.until is None else f"{lock.reason} (until {moment(lock.until, now)})"


async def place_of(tx: Tx, account: Account, intent: Intent) -> Place:
    """Where an intent enters: by its signal, else by what its symbol stands for."""
    signal = await tx.signals.get(intent.signal_id) if intent.signal_id else None
    if signal is not None:
        return Place(account.id, signal.source_id, signal.instrument)
    return await place_on(tx, account, intent.symbol)


async def place_on(tx: Tx, account: Account, symbol: str) -> Place:
    """A broker's symbol on the account, under the name that a lock would use for it."""
    pinned = (name for name, broker in account.symbols.items() if broker == symbol)
    named = [lock.instrument for lock in await tx.locks.active() if lock.instrument is not None]
    return Place(account.id, None, next(pinned, None) or instrument_of(symbol, named))


async def under_way(tx: Tx, account: AccountId, since: datetime) -> list[Intent]:
    """Orders on their way, and openings that were filled since the account was read."""
    return [*await tx.intents.unfinished(account), *await tx.intents.opened_since(account, since)]


def _ahead(intents: Sequence[Intent], claimed: Intent | None) -> list[Intent]:
    """Without the claimed one and those that wait behind it."""
    if claimed is None:
        return list(intents)
    others = (intent for intent in intents if intent.id != claimed.id)
    return [i for i in others if i.state is not IntentState.NEW or i.id < claimed.id]


def _has_limits(policy: RiskPolicy) -> bool:
    return (policy.max_open_trades, policy.max_open_lots, policy.max_per_day) != (None, None, None)
