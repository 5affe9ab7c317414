"""Locks by people of the desk, a source, an account, an instrument: set, released, over with their time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from core.alerts import alert_people, desk_and_trader, owners, refresh_liquidation
from core.bell import LOCKS, OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Right
from core.model.risk import DESK, LiquidationState, Lock, LockKind, Place
from core.model.signals import OrderKind
from core.model.texts import one_line
from core.model.trades import IntentState
from core.ports import Tx
from core.readings import last_drawdown
from core.risk.drawdown import rebase
from core.risk.entries import place_of
from core.risk.places import check_known, name_of

RELEASED_BY = {
    LockKind.PAUSE: Right.PAUSE,
    LockKind.ADMIN: Right.LOCK,
    LockKind.OWNER: Right.UNLOCK,
    LockKind.DRAWDOWN: Right.UNLOCK,
    LockKind.OWN: Right.UNLOCK,
}
"""Who may release what: an owner everything, an admin neither an owner's lock nor the guard's; a trader's own
pause the trader, too."""
PAUSES = (LockKind.PAUSE, LockKind.OWN)

LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Released:
    """What a release leaves: the locks of the place that `still` hold, and the equity that the drawdown is
    `measured_from` now, None unless the guard's lock was released."""

    place: Place
    measured_from: Decimal | None = None
    still: Sequence[Lock] = ()


def may_release(person: Person, lock: Lock) -> bool:
    is_own = lock.kind is LockKind.OWN and lock.set_by == person.id
    return is_own or person.may(RELEASED_BY[lock.kind])


async def pause(desk: Desk, person: Person, reason: str, place: Place = DESK) -> None:
    """No new trades there. Raises NotAllowed, NotFound, or Conflict when it is paused already."""
    _require(person, Right.PAUSE)
    async with desk.store.write() as tx:
        await check_known(tx, place)
        name, why = await name_of(tx, place), one_line(reason)
        text = f"{name} is paused by {person.name}" + (f": {why}" if why else ".")
        if not await tx.locks.set(LockKind.PAUSE, place, text, desk.clock.now(), person.id):
            raise Conflict(f"{name} is paused already.")
        await _note(desk, tx, f"{_noun(place)}.paused", place, text, person)
    desk.bell.ring(OUTBOX)


async def resume(desk: Desk, person: Person, place: Place = DESK) -> None:
    """End the pause. Raises NotAllowed, or Conflict when there is none."""
    _require(person, Right.PAUSE)
    async with desk.store.write() as tx:
        name = await name_of(tx, place)
        if not await tx.locks.release(LockKind.PAUSE, place, desk.clock.now(), person.id):
            raise Conflict(f"{name} is not paused.")
        text = f"{name} is resumed by {person.name}."
        await _note(desk, tx, f"{_noun(place)}.resumed", place, text, person)
    desk.bell.ring(OUTBOX)


async def lock(desk: Desk, person: Person, place: Place, reason: str, until: datetime | None = None) -> int:
    """No new trades there until that time, or until it is released: an owner's lock, or an admin's.

    Returns how many of the desk's pending orders there stay at the broker, where they may still fill.
    Raises NotAllowed, NotFound, Refused without a reason, or Conflict when such a lock holds there already.
    """
    _require(person, Right.LOCK)
    why = one_line(reason)
    if not why:
        raise Refused("A lock takes a reason.")
    kind = LockKind.OWNER if person.may(Right.UNLOCK) else LockKind.ADMIN
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await check_known(tx, place)
        await _end_overdue(desk, tx)
        name = await name_of(tx, place)
        text = f"{name} is locked by {person.name}: {why}"
        if not await tx.locks.set(kind, place, text, now, person.id, until):
            raise Conflict(f"{name} is locked already. /locks shows by whom; /unlock releases it.")
        ends = f" (until {until:%a %d %b %H:%M} UTC)" if until else ""
        resting = await _resting(tx, place)
        await _note(desk, tx, "lock.set", place, text + ends + _told_of(resting), person)
    desk.bell.ring(LOCKS)
    desk.bell.ring(OUTBOX)
    return resting


async def _resting(tx: Tx, place: Place) -> int:
    """The desk's pending orders there: a lock keeps new entries out and leaves those."""
    busy = await tx.intents.accounts_with_unfinished()
    orders = [
        await place_of(tx, account, intent)
        for account in await tx.accounts.all()
        if account.id in busy
        for intent in await tx.intents.unresolved(account.id)
        if intent.state is IntentState.PLACED and intent.order_kind is not OrderKind.MARKET
    ]
    return sum(map(place.covers, orders))


def _told_of(resting: int) -> str:
    return f"; pending orders there that stay at the broker and may still fill: {resting}" if resting else ""


async def release(desk: Desk, person: Person, number: int) -> Released:
    """Release one lock, whatever it is; after the guard's the drawdown starts from the equity known last.

    Raises Stale when it holds no more, NotAllowed, or Conflict while its liquidation runs.
    """
    async with desk.store.write() as tx:
        found = next((lock for lock in await tx.locks.active() if lock.id == number), None)
        if found is None:
            raise Stale("This lock was released already. /locks shows what holds now.")
        measured_from = await _release(desk, tx, person, found)
        still = [lock for lock in await tx.locks.active() if lock.place == found.place]
    desk.bell.ring(OUTBOX)
    return Released(found.place, measured_from, still)


async def release_all(desk: Desk, person: Person, place: Place) -> Released:
    """Release what the person may of the locks of exactly that place.

    A pause is none of them. Raises Conflict without a lock, NotAllowed when the person may release none.
    """
    async with desk.store.write() as tx:
        there = [one for one in await tx.locks.active() if one.place == place]
        locks = [one for one in there if one.kind not in PAUSES]
        mine = [one for one in locks if may_release(person, one)]
        if not locks:
            hint = " It is paused; /resume ends that." if there else ""
            raise Conflict(f"{await name_of(tx, place)} is not locked.{hint}")
        released = [await _release(desk, tx, person, each) for each in mine or locks[:1]]
    desk.bell.ring(OUTBOX)
    measured_from = next((equity for equity in released if equity is not None), None)
    return Released(place, measured_from, [one for one in locks if one not in mine])


async def _release(desk: Desk, tx: Tx, person: Person, lock: Lock) -> Decimal | None:
    """The equity that the drawdown is measured from now, after the guard's lock."""
    if not may_release(person, lock):
        raise NotAllowed(f"Only an owner can release this: {lock.reason}")
    if lock.kind is LockKind.DRAWDOWN and lock.account_id is not None:
        return await _unlock(desk, tx, person, lock.account_id)
    await tx.locks.release(lock.kind, lock.place, desk.clock.now(), person.id)
    name = await name_of(tx, lock.place)
    paused = lock.kind in PAUSES
    event = f"{_noun(lock.place)}.resumed" if paused else "lock.released"
    what = "resumed" if paused else "unlocked"
    await _note(desk, tx, event, lock.place, f"{name} is {what} by {person.name}.", person)
    return None


async def _unlock(desk: Desk, tx: Tx, person: Person, account: AccountId) -> Decimal | None:
    found = await tx.accounts.get(account)
    if found is None:
        raise NotFound("This account is not known here.")
    await _end_held(desk, tx, found)
    place = Place(account)
    held = next((lock for lock in await tx.locks.active(place) if lock.kind is LockKind.DRAWDOWN), None)
    if held is None or not await tx.locks.release(held.kind, place, desk.clock.now(), person.id):
        raise Conflict(f"{found.label} is not locked.")
    equity = await _rebase(desk, tx, account, held)
    text = f"{found.label} is unlocked by {person.name}."
    await _note(desk, tx, "account.unlocked", place, text, person)
    return equity


async def _rebase(desk: Desk, tx: Tx, account: AccountId, held: Lock) -> Decimal | None:
    """By what the guard has concluded since it wrote the row; the equity that is measured from.

    Nothing is forgiven where no limit was reached: neither what set the lock was one, but a panic, whatever
    was closed since, nor is one reached now.
    """
    state = await last_drawdown(desk, tx, account)
    cause = await tx.liquidations.latest_of(account, by=held.set_at)
    by_limit = cause is not None and cause.panic is None
    if state is None or not (by_limit or max(state.level, state.daily_level) >= 1):
        return None
    desk.board.drawdowns[account] = fresh = rebase(state)
    await tx.drawdowns.save(fresh)
    return fresh.reference


async def _end_held(desk: Desk, tx: Tx, account: Account) -> None:
    current = await tx.liquidations.running_of(account.id)
    if current is None:
        return
    if current.state is not LiquidationState.HELD:
        raise Conflict(f"{account.label} is being closed; it can be unlocked when it is flat.")
    over = replace(current, state=LiquidationState.RELEASED, finished_at=desk.clock.now())
    await tx.liquidations.advance(over, LiquidationState.HELD)
    await refresh_liquidation(tx, desk.clock.now(), account, current.id)


async def watch_locks(desk: Desk) -> None:
    """End locks whose time is over until cancelled; a ring tells of a new one."""
    while True:
        await end_overdue(desk)
        async with desk.store.read() as tx:
            due = min((lock.until for lock in await tx.locks.active() if lock.until), default=None)
        wait_s = LONGEST_WAIT_S if due is None else (due - desk.clock.now()).total_seconds()
        await desk.bell.wait(LOCKS, min(max(wait_s, 0.0), LONGEST_WAIT_S))


async def end_overdue(desk: Desk) -> int:
    """Release every lock whose time is over, and tell of it; returns how many. They held no longer anyway."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        if all(lock.holds_at(now) for lock in await tx.locks.active()):
            return 0
    async with desk.store.write() as tx:
        ended = await _end_overdue(desk, tx)
    desk.bell.ring(OUTBOX)
    return ended


async def _end_overdue(desk: Desk, tx: Tx) -> int:
    now = desk.clock.now()
    over = [lock for lock in await tx.locks.active() if not lock.holds_at(now)]
    for lock in over:
        await tx.locks.release(lock.kind, lock.place, now, None)
        text = f"The time of a lock is over. It was: {lock.reason}"
        await _note(desk, tx, "lock.ended", lock.place, text, set_by=lock.set_by)
    return len(over)


def _noun(place: Place) -> str:
    return "account" if place.account_id else "source" if place.source_id else "desk"


async def _note(
    desk: Desk,
    tx: Tx,
    name: str,
    place: Place,
    text: str,
    person: Person | None = None,
    set_by: PersonId | None = None,
) -> None:
    """In the trail, and to the owners, to the trader when it is about one account, and to who has set what
    is over; who did it knows."""
    now, data = desk.clock.now(), Json(text=text)
    by = person.id if person else None
    await tx.events.append(Event(name, now, place.key, data, place.account_id, by))
    account = await tx.accounts.get(place.account_id) if place.account_id else None
    concerned = await desk_and_trader(tx, account) if account else await owners(tx)
    told = {each for each in concerned | {set_by} if each is not None and each != by}
    labelled: Json = {"account": account.label, **data} if account else data
    await alert_people(tx, now, told, name.replace(".", "_"), labelled, Priority.NOTICE)


def _require(person: Person, right: Right) -> None:
    if not person.may(right):
        raise NotAllowed("Your role does not permit this.")
