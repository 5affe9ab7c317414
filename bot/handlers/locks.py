"""What keeps entries out: /locks, /lock, /unlock, /pause, /resume."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import Message

from bot.access import HasRight, readable_accounts
from bot.callbacks import UnlockTap
from bot.commands import LOCK, LOCKS, PAUSE, RESUME, UNLOCK, Asks
from bot.context import App
from bot.durations import read_duration
from bot.taps import Tap
from bot.views.locks import (
    NONE_TO_RELEASE,
    PAUSED,
    RESUMED,
    Locked,
    Shut,
    locked_now,
    paused,
    resumed,
    unlocked,
    what_holds,
)
from bot.views.markup import Rendered
from bot.words import Words
from core.model.errors import Refused
from core.model.people import Person, Right
from core.model.risk import DESK, Place
from core.ports import Tx
from core.risk.entries import desk_closed, schedule_of
from core.risk.locks import Released, lock, may_release, pause, release, release_all, resume
from core.risk.places import Named, begins_with, find_place, known_places, name_of

LONGEST = timedelta(days=366)
_HOW_LONG = "A lock lasts from a minute to 366 days, as 30m, 2h or 1d12h."
_MEANT_AS_SPAN = re.compile(r"[-+]?\d[\d.,]*(?:s|sec|m|mins?|h|hrs?|hours?|d|days?|w|weeks?)?", re.IGNORECASE)
"""No reason begins so: who writes `1.5h NFP` or `20 NFP` wants no lock that never ends."""


def make_router() -> Router:
    router = Router(name="locks")
    router.message.register(on_locks, Asks(LOCKS))
    router.message.register(on_lock, Asks(LOCK))
    router.message.register(on_unlock, Asks(UNLOCK))
    router.message.register(on_pause, Asks(PAUSE))
    router.message.register(on_resume, Asks(RESUME))
    router.callback_query.register(on_unlock_tap, UnlockTap.filter(), HasRight(Right.LOCK))
    return router


async def on_locks(message: Message, person: Person, app: App) -> None:
    async with app.desk.store.read() as tx:
        shown = what_holds(await _locked(tx, person, app), await _shut(tx, person, app))
    await message.answer(shown.text, reply_markup=shown.keyboard)


async def on_lock(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        meant, rest = find_place(argument, await known_places(tx))
        name = await name_of(tx, meant.place)
    until, reason = _ends(rest, app.desk.clock.now())
    if not reason:
        raise Refused(f"Write why, too: {words.label('usage-lock')}")
    resting = await lock(app.desk, person, meant.place, reason, until)
    ends = f"until {until:%a %d %b %H:%M} UTC" if until else "until released"
    await message.answer(locked_now(name, ends, resting))


async def on_unlock(message: Message, argument: str, person: Person, app: App) -> None:
    if argument:
        async with app.desk.store.read() as tx:
            place = await _only_place(tx, argument)
        await message.answer(await _unlocked(app, await release_all(app.desk, person, place)))
        return
    async with app.desk.store.read() as tx:
        mine = [held for held in await _locked(tx, person, app) if held.mine]
    shown = what_holds(mine) if mine else Rendered(NONE_TO_RELEASE)
    await message.answer(shown.text, reply_markup=shown.keyboard)


async def on_unlock_tap(_: object, callback_data: UnlockTap, person: Person, app: App, tap: Tap) -> None:
    released = await release(app.desk, person, callback_data.lock)
    await tap.answer()
    await tap.show(Rendered(await _unlocked(app, released)))


async def _unlocked(app: App, released: Released) -> str:
    account = released.place.account_id
    async with app.desk.store.read() as tx:
        name = await name_of(tx, released.place)
        read = await tx.snapshots.latest(account) if account else None
    return unlocked(name, released, read.account.currency if read else "")


async def on_pause(message: Message, argument: str, person: Person, app: App) -> None:
    place, reason, name = await _to_pause(argument, app)
    await pause(app.desk, person, reason, place)
    await message.answer(PAUSED if place == DESK else paused(name))


async def on_resume(message: Message, argument: str, person: Person, app: App) -> None:
    place, _, name = await _to_pause(argument, app)
    await resume(app.desk, person, place)
    await message.answer(RESUMED if place == DESK else resumed(name))


async def _to_pause(argument: str, app: App) -> tuple[Place, str, str]:
    """What is meant, the reason, and its name: the whole desk unless a source or an account is named.

    Raises Refused for a name without its kind: the whole desk is not paused by mistake.
    """
    async with app.desk.store.read() as tx:
        places = await known_places(tx)
        if argument.partition(" ")[0].lower() not in ("source", "account"):
            return DESK, _reason_for_all(argument, places), ""
        meant, reason = find_place(argument, places)
        return meant.place, reason, await name_of(tx, meant.place)


def _reason_for_all(argument: str, places: Sequence[Named]) -> str:
    """`desk lunch` and `lunch`: lunch."""
    named, rest = begins_with(argument, places)
    parts = [place for place in named if place.place != DESK]
    if not parts:
        return rest
    forms = " or ".join(f"/{_keeps_out(place)} {place.form}" for place in parts)
    raise Refused(f"Did you mean {forms}? For the whole desk write /pause desk {argument}")


def _keeps_out(place: Named) -> str:
    return LOCK.name if place.place.instrument else PAUSE.name


async def _only_place(tx: Tx, text: str) -> Place:
    """Raises NotFound too when something follows the name, which would be another name then."""
    meant, rest = find_place(text, await known_places(tx))
    if rest:
        raise Refused(f"Write the name of one place and nothing after it: /unlock {meant.form}")
    return meant.place


def _ends(rest: str, now: datetime) -> tuple[datetime | None, str]:
    """`2h NFP` → two hours from now, NFP. Raises Refused for no time at all, or more than a year."""
    first, _, others = rest.partition(" ")
    lasts = read_duration(first)
    if lasts is None and _MEANT_AS_SPAN.fullmatch(first):
        raise Refused(_HOW_LONG)
    if lasts is None:
        return None, rest
    if not timedelta(0) < lasts <= LONGEST:
        raise Refused(_HOW_LONG)
    return now + lasts, others


async def _locked(tx: Tx, person: Person, app: App) -> list[Locked]:
    """The locks that hold and concern the person, oldest first."""
    now = app.desk.clock.now()
    own = {account.id for account in await readable_accounts(tx, person)}
    found = [one for one in await tx.locks.active() if one.holds_at(now)]
    theirs = [one for one in found if one.account_id is None or one.account_id in own]
    return [Locked(await name_of(tx, one.place), one, may_release(person, one)) for one in theirs]


async def _shut(tx: Tx, person: Person, app: App) -> list[Shut]:
    """What the clock says of the desk and of each account that the person may see."""
    closed = desk_closed(app.desk)
    found = [Shut("The desk", closed)] if closed else []
    for account in await readable_accounts(tx, person):
        found += [Shut(account.label, why) for why in await schedule_of(app.desk, tx, account)]
    return found
