"""/history: closed trades of one's own accounts, of the desk for its people; as a file, too."""

import asyncio

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import MOST_LINES, HistoryTap
from bot.commands import HISTORY, Asks
from bot.context import App
from bot.readings.results import MOST_TRADES, Subject, named, split, tapped
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.pages import Page
from bot.views.reports import history, sheet_caption, sheet_name
from bot.words import Words
from core.model.people import Person
from core.model.results import Result
from core.ports import Tx
from core.results.sheet import as_results_csv


def make_router() -> Router:
    router = Router(name="history")
    router.message.register(on_history, Asks(HISTORY))
    router.callback_query.register(on_history_tap, HistoryTap.filter())
    return router


async def on_history(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, size = split(argument, MOST_LINES, words)
    async with app.desk.store.read() as tx:
        subject = await named(tx, person, name)
        shown = await _history(tx, subject, 0, size or MOST_LINES, words)
    await reply(message, shown)


async def on_history_tap(
    _: object, callback_data: HistoryTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with app.desk.store.read() as tx:
        subject = await tapped(tx, person, callback_data.about, callback_data.of)
        if not callback_data.sheet:
            shown = await _history(tx, subject, callback_data.page, callback_data.size, words)
        else:
            results = await tx.trades.results(subject.wanted, MOST_TRADES)
    await tap.answer()
    if not callback_data.sheet:
        await tap.show(shown)
        return
    sheet = await asyncio.to_thread(as_results_csv, results)
    await tap.send_file(sheet_name(subject.scope), sheet.encode(), sheet_caption(len(results), words))


async def _history(tx: Tx, subject: Subject, page: int, size: int, words: Words) -> Rendered:
    count = await tx.trades.count_results(subject.wanted)
    there: Page[Result] = Page.of(count, page, size)
    items = await tx.trades.results(subject.wanted, size, there.offset)
    return history(there.holding(items), count, size, subject.scope, words)
