"""Liquidations: the buttons of their messages, and /hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiogram import Router
from aiogram.types import Message

from bot.buttons.guard import HoldTap, LiquidationAct, LiquidationTap
from bot.commands import HOLD, Asks
from bot.context import App
from bot.delivery.subjects import read_liquidation
from bot.talk.taps import Tap
from bot.typed.durations import read_duration
from bot.views.liquidation import HOLD_REASONS, held_until, liquidation, superseded
from bot.words import Words
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import NoticeKind
from core.model.people import Person, Right
from core.risk.countdown import close_now
from core.risk.holding import check_hold, hold, release_hold
from core.risk.moves import spoken
from core.risk.places import find_place, known_places


def make_router() -> Router:
    router = Router(name="alerts")
    router.message.register(on_hold_command, Asks(HOLD))
    router.callback_query.register(on_tap, LiquidationTap.filter())
    router.callback_query.register(on_hold, HoldTap.filter())
    return router


async def on_tap(
    _: object, callback_data: LiquidationTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    number = callback_data.liquidation
    async with _true_afterwards(app, number, person, tap, words):
        match callback_data.act:
            case LiquidationAct.NOW:
                await close_now(app.desk, number, person)
            case LiquidationAct.RELEASE:
                await release_hold(app.desk, number, person)
            case LiquidationAct.HOLD:
                await _ask(app, number, person, tap, words, asks=True)
            case LiquidationAct.BACK:
                await _ask(app, number, person, tap, words, asks=False)


async def on_hold(
    _: object, callback_data: HoldTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    number, length = callback_data.liquidation, timedelta(minutes=callback_data.minutes)
    async with _true_afterwards(app, number, person, tap, words):
        await hold(app.desk, number, person, length, HOLD_REASONS[callback_data.reason])


async def on_hold_command(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        accounts = [place for place in await known_places(tx) if place.kind == "account"]
        named, rest = find_place(argument, accounts)
        length, reason = _length_and_reason(rest, words)
        account = named.place.account_id
        running = await tx.liquidations.running_of(account) if account else None
    if running is None:
        raise NotFound(f"Nothing is being closed on {named.name}.")
    held = await hold(app.desk, running.id, person, length, reason)
    await message.answer(held_until(held, named.name, words))


def _length_and_reason(rest: str, words: Words) -> tuple[timedelta, str]:
    """`20m bad price`: twenty minutes; as for a lock a bare number is none. Raises Refused without either."""
    first, _, reason = rest.partition(" ")
    length = read_duration(first)
    if length is None or not reason:
        example = words.label("usage-hold")
        raise Refused(f"Please name the account, how long (as 15m or 1h) and why: {example}")
    check_hold(length, reason)
    return length, reason


async def _ask(app: App, number: int, person: Person, tap: Tap, words: Words, *, asks: bool) -> None:
    """Show for how long and why, or the first buttons again. Raises NotAllowed, NotFound or Stale."""
    if not person.may(Right.HOLD):
        raise NotAllowed("Only an owner can hold a liquidation.")
    async with app.desk.store.read() as tx:
        shown = await read_liquidation(app, tx, number, person)
    if shown is None:
        raise NotFound("This liquidation is not known here.")
    if not shown.can_be_held:
        raise Stale(f"This cannot be held: {spoken(shown.liquidation.state)}.")
    change = app.holding.begin if asks else app.holding.end
    change(person.id, number)
    await tap.answer()
    await tap.show(liquidation(shown, words, asks_hold=asks))


@asynccontextmanager
async def _true_afterwards(
    app: App, number: int, person: Person, tap: Tap, words: Words
) -> AsyncIterator[None]:
    """Answers the tap. Who came too late is told what is so now; an older copy of the message, which nobody
    edits any more, loses its buttons."""
    try:
        yield
    except Stale as late:
        await tap.tell(str(late))
        await _retire_copy(app, number, person, tap, words)
    await tap.answer()


async def _retire_copy(app: App, number: int, person: Person, tap: Tap, words: Words) -> None:
    async with app.desk.store.read() as tx:
        shown = await read_liquidation(app, tx, number, person)
        newest = await tx.outbox.sent(NoticeKind.LIQUIDATION, str(number), person.id)
    if shown is not None and newest is not None and newest.message_id != tap.message_id:
        await tap.show(superseded(shown, words))
