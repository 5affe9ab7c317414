"""/performance: the results of one's own closed trades, of the desk's for its people."""

import asyncio
from datetime import timedelta

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import MOST_DAYS, PerformanceTap
from bot.commands import PERFORMANCE, Asks
from bot.context import App
from bot.readings.results import MOST_TRADES, Subject, named, split, tapped
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.reports import performance
from bot.words import Words
from core.model.people import Person
from core.model.results import ResultFilter
from core.results.performance import reports_of

DEFAULT_DAYS = 30


def make_router() -> Router:
    router = Router(name="performance")
    router.message.register(on_performance, Asks(PERFORMANCE))
    router.callback_query.register(on_performance_tap, PerformanceTap.filter())
    return router


async def on_performance(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, days = split(argument, MOST_DAYS, words)
    async with app.desk.store.read() as tx:
        subject = await named(tx, person, name)
    shown = await _performance(app, subject, days or DEFAULT_DAYS, words)
    await reply(message, shown)


async def on_performance_tap(
    _: object, callback_data: PerformanceTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with app.desk.store.read() as tx:
        subject = await tapped(tx, person, callback_data.about, callback_data.of)
    await tap.answer()
    await tap.show(await _performance(app, subject, callback_data.days, words))


async def _performance(app: App, subject: Subject, days: int, words: Words) -> Rendered:
    since = app.desk.clock.now() - timedelta(days=days)
    wanted = ResultFilter(subject.wanted.accounts, subject.wanted.source, since)
    async with app.desk.store.read() as tx:
        results = await tx.trades.results(wanted, MOST_TRADES)
    return performance(await asyncio.to_thread(reports_of, results), days, subject.scope, words)
