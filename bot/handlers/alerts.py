"""Liquidations: the buttons of their messages, and /hold."""

import re
from datetime import timedelta

from aiogram import Router
from aiogram.types import Message

from bot.callbacks import HoldTap, LiquidationAct, LiquidationTap
from bot.commands import HOLD, Asks
from bot.context import App
from bot.delivery.subjects import read_liquidation
from bot.taps import Tap
from bot.views.liquidation import HOLD_REASONS, held_until, liquidation
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.people import Person, Right
from core.risk.countdown import close_now
from core.risk.holding import hold, release_hold
from core.risk.places import find_place, known_places

_LENGTH_AND_REASON = re.compile(r"(\d{1,3})\s+(\S.*)", re.DOTALL)


def make_router() -> Router:
    router = Router(name="alerts")
    router.message.register(on_hold_command, Asks(HOLD))
    router.callback_query.register(on_tap, LiquidationTap.filter())
    router.callback_query.register(on_hold, HoldTap.filter())
    return router


async def on_tap(_: object, callback_data: LiquidationTap, person: Person, app: App, tap: Tap) -> None:
    number = callback_data.liquidation
    match callback_data.act:
        case LiquidationAct.NOW:
            await close_now(app.desk, number, person)
        case LiquidationAct.RELEASE:
            await release_hold(app.desk, number, person)
        case LiquidationAct.HOLD:
            await _ask(app, number, person, tap, asks=True)
        case LiquidationAct.BACK:
            await _ask(app, number, person, tap, asks=False)
    await tap.answer()


async def on_hold(_: object, callback_data: HoldTap, person: Person, app: App, tap: Tap) -> None:
    """The relay brings every message up to date."""
    number, length = callback_data.liquidation, timedelta(minutes=callback_data.minutes)
    await hold(app.desk, number, person, length, HOLD_REASONS[callback_data.reason])
    app.asked_to_hold.discard((person.id, number))
    await tap.answer()


async def _ask(app: App, number: int, person: Person, tap: Tap, *, asks: bool) -> None:
    """Show for how long and why, or the first buttons again. Raises NotAllowed, NotFound or Stale."""
    if not person.may(Right.HOLD):
        raise NotAllowed("Only an owner can hold a liquidation.")
    async with app.desk.store.read() as tx:
        shown = await read_liquidation(app, tx, number, person)
    if shown is None:
        raise NotFound("This liquidation is not known here.")
    if not shown.can_be_held:
        raise Stale(f"This cannot be held: {shown.liquidation.state}.")
    change = app.asked_to_hold.add if asks else app.asked_to_hold.discard
    change((person.id, number))
    await tap.answer()
    await tap.show(liquidation(shown, asks_hold=asks))


async def on_hold_command(message: Message, argument: str, person: Person, app: App) -> None:
    async with app.desk.store.read() as tx:
        named, rest = find_place(argument, await known_places(tx))
        account = named.place.account_id
        running = await tx.liquidations.running_of(account) if account else None
    typed = _LENGTH_AND_REASON.fullmatch(rest)
    if account is None or typed is None:
        raise Refused(f"Please name the account, minutes and a reason: {HOLD.example}")
    if running is None:
        raise NotFound(f"Nothing is being closed on {named.name}.")
    held = await hold(app.desk, running.id, person, timedelta(minutes=int(typed[1])), typed[2])
    await message.answer(held_until(held, named.name))
