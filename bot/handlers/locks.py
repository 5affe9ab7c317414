"""What keeps entries out: /locks, /lock, /unlock, /pause, /resume."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import Message

from bot.buttons.guard import UnlockSureTap, UnlockTap
from bot.commands import LOCK, LOCKS, PAUSE, RESUME, UNLOCK, Asks
from bot.context import App
from bot.readings.accounts import readable_accounts
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.typed.durations import read_duration
from bot.views.locks import (
    Locked,
    Shut,
    kept,
    locked_now,
    none_to_release,
    paused,
    resumed,
    unlock_question,
    unlocked,
    what_holds,
)
from bot.views.markup import Rendered
from bot.words import Words
from core.model.errors import Refused
from core.model.people import Person, Right
from core.model.risk import DESK, LockKind, Place
from core.ports import Tx
from core.readings import last_drawdown, last_reading
from core.risk.entries import desk_closed, schedule_of
from core.risk.locks import Released, lock, may_release, pause, release, release_all, resume
from core.risk.places import Named, begins_with, find_place, known_places, name_of, only_place

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
    router.callback_query.register(on_unlock_tap, UnlockTap.filter())
    router.callback_query.register(on_unlock_sure, UnlockSureTap.filter())
    return router


async def on_locks(message: Message, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        shown = what_holds(await _locked(tx, person, app), await _shut(tx, person, app, words), words)
    await reply(message, shown)


async def on_lock(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        meant, rest = find_place(argument, await known_places(tx))
    until, reason = _ends(rest, app.desk.clock.now())
    if not reason:
        raise Refused(f"Write why, too: {words.label('usage-lock')}")
    resting = await lock(app.desk, person, meant.place, reason, until)
    await reply(message, locked_now(await _set_by(app, person, meant.place), resting, words))


async def on_unlock(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        place = only_place(argument, await known_places(tx)).place if argument else None
        mine = [held for held in await _locked(tx, person, app) if held.mine]
    if place is None:
        await reply(message, what_holds(mine, (), words) if mine else none_to_release(words))
        return
    there = [held for held in mine if held.lock.place == place]
    guards = next((held for held in there if held.lock.kind is LockKind.DRAWDOWN), None)
    if guards is not None:
        await reply(message, await _question(app, guards, words))
    else:
        await reply(message, await _unlocked(app, await release_all(app.desk, person, place), words))


async def on_unlock_tap(
    _: object, callback_data: UnlockTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """A guard's lock asks first, in a message of its own; any other is released."""
    async with app.desk.store.read() as tx:
        held = [one for one in await _locked(tx, person, app) if one.lock.id == callback_data.lock]
    if held and held[0].mine and held[0].lock.kind is LockKind.DRAWDOWN:
        await tap.answer()
        await tap.send(await _question(app, held[0], words))
        return
    released = await release(app.desk, person, callback_data.lock)
    await tap.answer()
    await tap.show(await _unlocked(app, released, words))


async def on_unlock_sure(
    _: object, callback_data: UnlockSureTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if callback_data.keep:
        await tap.show(kept(words))
        return
    if not await in_time(callback_data.until, app.desk.clock, tap, words):
        return
    released = await release(app.desk, person, callback_data.lock)
    await tap.answer()
    await tap.show(await _unlocked(app, released, words))


async def _question(app: App, held: Locked, words: Words) -> Rendered:
    """With the equity that the drawdown will be measured from, where it is known."""
    account = held.lock.account_id
    async with app.desk.store.read() as tx:
        state = account and (await last_drawdown(app.desk, tx, account))
        read = await last_reading(app.desk, tx, account) if account else None
    currency = read.account.currency if read else ""
    equity = words.money(state.equity, currency) if state else None
    return unlock_question(held, equity, lapses_at(app.desk.clock), words)


async def _set_by(app: App, person: Person, place: Place) -> Locked:
    """The newest lock or pause of the place that the person has set."""
    async with app.desk.store.read() as tx:
        name = await name_of(tx, place)
        mine = [one for one in await tx.locks.active() if (one.place, one.set_by) == (place, person.id)]
    return Locked(name, mine[-1], may_release(person, mine[-1]))


async def _unlocked(app: App, released: Released, words: Words) -> Rendered:
    account = released.place.account_id
    async with app.desk.store.read() as tx:
        name = await name_of(tx, released.place)
        read = await last_reading(app.desk, tx, account) if account else None
    return unlocked(name, released, words, read.account.currency if read else "")


async def on_pause(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    place, reason, _ = await _to_pause(argument, app)
    await pause(app.desk, person, reason, place)
    await reply(message, paused(await _set_by(app, person, place), words))


async def on_resume(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    place, _, name = await _to_pause(argument, app)
    await resume(app.desk, person, place)
    await reply(message, resumed(name, words, whole=place == DESK))


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
    taps = person.may(Right.LOCK)  # a trader resumes their own account in /accounts
    return [Locked(await name_of(tx, one.place), one, taps and may_release(person, one)) for one in theirs]


async def _shut(tx: Tx, person: Person, app: App, words: Words) -> list[Shut]:
    """What the clock says of the desk and of each account that the person may see."""
    closed = desk_closed(app.desk)
    found = [Shut(words.label("locks-the-desk"), closed)] if closed else []
    for account in await readable_accounts(tx, person):
        found += [Shut(account.label, why) for why in await schedule_of(app.desk, tx, account)]
    return found
