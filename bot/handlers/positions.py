"""/positions, and /closeall with its question."""

import asyncio
from datetime import timedelta

from aiogram import Router
from aiogram.types import Message

from bot.access import HasRight
from bot.callbacks import CloseAllAct, CloseAllTap
from bot.commands import CLOSE_ALL, POSITIONS, Asks
from bot.context import App
from bot.delivery.market import if_soon
from bot.taps import Tap
from bot.views.closeall import KEPT, LAPSED, NOTHING_OPEN, closing, question, unreadable
from bot.views.markup import Rendered
from bot.views.positions import Book, positions
from bot.words import Words
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.trading.closing import close_all, exposure

CONFIRM_WITHIN = timedelta(seconds=30)


def make_router() -> Router:
    router = Router(name="positions")
    router.message.register(on_positions, Asks(POSITIONS))
    router.message.register(on_close_all, Asks(CLOSE_ALL))
    router.callback_query.register(on_answer, CloseAllTap.filter(), HasRight(Right.CLOSE_OWN))
    return router


async def on_positions(message: Message, person: Person, app: App) -> None:
    """What the terminals show now, or else the last good reading, which tells its age."""
    async with app.desk.store.read() as tx:
        desk_wide = person.may(Right.READ_DESK)
        accounts = await (tx.accounts.all() if desk_wide else tx.accounts.of_person(person.id))
        stored = [await tx.snapshots.latest(account.id) for account in accounts]
        marks = [await tx.marks.lasting(account.id) for account in accounts]
    live = await asyncio.gather(*(if_soon("positions", _read(app, account)) for account in accounts))
    newest = [now or before for now, before in zip(live, stored, strict=True)]
    books = [Book(*each) for each in zip(accounts, newest, marks, strict=True)]
    await message.answer(positions(books).text)


async def _read(app: App, account: Account) -> MT5AccountSnapshot:
    return await (await app.desk.terminals.session(account.id)).snapshot()


async def on_close_all(message: Message, person: Person, app: App) -> None:
    open_now = await exposure(app.desk, person)
    if open_now.is_flat:
        await message.answer(NOTHING_OPEN)
        return
    if not (open_now.positions or open_now.orders):
        await message.answer(unreadable(open_now))
        return
    asked = question(open_now, app.desk.clock.now() + CONFIRM_WITHIN)
    await message.answer(asked.text, reply_markup=asked.keyboard)


async def on_answer(
    _: object, callback_data: CloseAllTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if callback_data.act is CloseAllAct.KEEP:
        await tap.show(Rendered(KEPT))
    elif not 0 <= callback_data.until - app.desk.clock.now().timestamp() <= CONFIRM_WITHIN.total_seconds():
        await tap.answer(LAPSED, alert=True)
        await tap.show(Rendered(LAPSED))
    else:
        async with tap.working(words.label("reply-on-it")):
            number = await close_all(app.desk, person)
        await tap.show(closing(number))
