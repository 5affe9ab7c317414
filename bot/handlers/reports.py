"""/history, /performance and /equity: of one's own accounts, of the desk for its people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import MOST_DAYS, MOST_LINES, About, EquityTap, HistoryTap, PerformanceTap
from bot.commands import EQUITY, HISTORY, PERFORMANCE, Asks
from bot.context import App
from bot.delivery.subjects import kind_of
from bot.readings.accounts import readable_accounts
from bot.readings.market import if_soon
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.pages import Page
from bot.views.reports import (
    Scope,
    Shown,
    equity,
    equity_title,
    history,
    legend,
    performance,
    sheet_caption,
    sheet_name,
)
from bot.words import Words
from core.charts.renderer import ChartFailed
from core.model.accounts import Account
from core.model.equity import Payment
from core.model.errors import NotFound, Refused
from core.model.ids import AccountId, SourceId
from core.model.people import Person, Right
from core.model.results import Result, ResultFilter
from core.model.risk import Place
from core.ports import Tx
from core.results.equity import course_of, payments_of
from core.results.performance import reports_of
from core.results.sheet import as_results_csv
from core.risk.places import Named, only_place

DEFAULT_DAYS, DEFAULT_EQUITY_DAYS = 30, 7
MOST_TRADES = 5_000
POINTS = 700
"""Of a chart of equity, at most."""


def make_router() -> Router:
    router = Router(name="reports")
    router.message.register(on_history, Asks(HISTORY))
    router.message.register(on_performance, Asks(PERFORMANCE))
    router.message.register(on_equity, Asks(EQUITY))
    router.callback_query.register(on_history_tap, HistoryTap.filter())
    router.callback_query.register(on_performance_tap, PerformanceTap.filter())
    router.callback_query.register(on_equity_tap, EquityTap.filter())
    return router


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about, and which results that are."""

    scope: Scope
    wanted: ResultFilter


# Closed trades


async def on_history(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, size = split(argument, MOST_LINES, words)
    async with app.desk.store.read() as tx:
        asked = await _named(tx, person, name)
        shown = await _history(tx, asked, 0, size or MOST_LINES, words)
    await reply(message, shown)


async def on_history_tap(
    _: object, callback_data: HistoryTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with app.desk.store.read() as tx:
        asked = await _tapped(tx, person, callback_data.about, callback_data.of)
        if not callback_data.sheet:
            shown = await _history(tx, asked, callback_data.page, callback_data.size, words)
        else:
            results = await tx.trades.results(asked.wanted, MOST_TRADES)
    await tap.answer()
    if not callback_data.sheet:
        await tap.show(shown)
        return
    sheet = await asyncio.to_thread(as_results_csv, results)
    await tap.send_file(sheet_name(asked.scope), sheet.encode(), sheet_caption(len(results), words))


async def _history(tx: Tx, asked: Asked, page: int, size: int, words: Words) -> Rendered:
    count = await tx.trades.count_results(asked.wanted)
    there: Page[Result] = Page.of(count, page, size)
    items = await tx.trades.results(asked.wanted, size, there.offset)
    return history(there.holding(items), count, size, asked.scope, words)


# Performance


async def on_performance(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, days = split(argument, MOST_DAYS, words)
    async with app.desk.store.read() as tx:
        asked = await _named(tx, person, name)
    shown = await _performance(app, asked, days or DEFAULT_DAYS, words)
    await reply(message, shown)


async def on_performance_tap(
    _: object, callback_data: PerformanceTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with app.desk.store.read() as tx:
        asked = await _tapped(tx, person, callback_data.about, callback_data.of)
    await tap.answer()
    await tap.show(await _performance(app, asked, callback_data.days, words))


async def _performance(app: App, asked: Asked, days: int, words: Words) -> Rendered:
    since = app.desk.clock.now() - timedelta(days=days)
    wanted = ResultFilter(asked.wanted.accounts, asked.wanted.source, since)
    async with app.desk.store.read() as tx:
        results = await tx.trades.results(wanted, MOST_TRADES)
    return performance(await asyncio.to_thread(reports_of, results), days, asked.scope, words)


# Equity


async def on_equity(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    """The chart with its caption; the caption alone when there is nothing to draw, or no drawing."""
    name, days = split(argument, MOST_DAYS, words)
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
    shown = await _equity(app, accounts, _account(accounts, name, words), days or DEFAULT_EQUITY_DAYS)
    caption = equity(shown, words)
    try:
        png = await _picture(app, shown, words)
    except ChartFailed:
        png = None
    await reply(message, caption, png)


async def on_equity_tap(
    _: object, callback_data: EquityTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
    account = next((one for one in accounts if one.id == callback_data.account), None)
    if account is None:
        raise NotFound("This account is not yours.")
    async with tap.working(words.label("reports-drawing")):
        shown = await _equity(app, accounts, account, callback_data.days)
        png = await _picture(app, shown, words)
    if png is None:
        await tap.send(equity(shown, words))
    else:
        await tap.show_picture(png, equity(shown, words))


async def _equity(app: App, accounts: Sequence[Account], account: Account, days: int) -> Shown:
    since = app.desk.clock.now() - timedelta(days=days)
    every = timedelta(seconds=max(days * 86_400 // POINTS, 1))
    async with app.desk.store.read() as tx:
        points = await tx.snapshots.equity(account.id, since, every)
        snapshot = await tx.snapshots.latest(account.id)
    payments = await if_soon("payments", _payments(app, account, days)) if points else None
    return Shown(
        account,
        kind_of(account, snapshot),
        snapshot.account.currency if snapshot else "",
        days,
        course_of(points, payments) if points else None,
        [other for other in accounts if other.id != account.id],
    )


async def _payments(app: App, account: Account, days: int) -> Sequence[Payment]:
    """As the terminal's history lists them."""
    session = await app.desk.terminals.session(account.id)
    since = app.desk.clock.now() - timedelta(days=days)
    return payments_of(await session.deals_since(since))


async def _picture(app: App, shown: Shown, words: Words) -> bytes | None:
    """None without a reading. Raises ChartFailed."""
    if shown.course is None:
        return None
    return await app.charts.equity(equity_title(shown, words), shown.course, legend(words))


def _account(accounts: Sequence[Account], name: str, words: Words) -> Account:
    """The one of that name, the first one without a name. Raises NotFound, naming those there are."""
    if not accounts:
        raise NotFound(words.label("positions-no-account"))
    if not name:
        return accounts[0]
    places = [Named("account", one.label, Place(one.id)) for one in accounts]
    place = only_place(name, places)
    return next(one for one in accounts if one.id == place.place.account_id)


# What is meant


def split(argument: str, most: int, words: Words) -> tuple[str, int | None]:
    """`alpha 30`: the name and the number. Raises Refused for a number that is out of range."""
    *name, last = argument.split() or [""]
    if not last.isdecimal():
        return argument.strip(), None
    number = int(last[:9])
    if not 1 <= number <= most:
        raise Refused(words.label("reports-number", most=most))
    return " ".join(name), number


async def _named(tx: Tx, person: Person, name: str) -> Asked:
    """What a person has typed. Raises NotFound, naming what there is."""
    accounts = await _accounts(tx, person)
    if not name:
        return Asked(Scope(), ResultFilter(accounts))
    places = [Named("account", one.label, Place(one.id)) for one in await readable_accounts(tx, person)]
    sources = await tx.trades.sources_of(accounts)
    places += [Named("source", source, Place(source_id=number)) for number, source in sources]
    meant = only_place(name, places)
    about = About.ACCOUNT if meant.place.account_id else About.SOURCE
    return await _tapped(tx, person, about, meant.place.account_id or meant.place.source_id)


async def _tapped(tx: Tx, person: Person, about: About, of: UUID | None) -> Asked:
    """What a button names, as far as this person may see it. Raises NotFound."""
    accounts = await _accounts(tx, person)
    if about is About.ALL or of is None:
        return Asked(Scope(), ResultFilter(accounts))
    if about is About.SOURCE:
        name = dict(await tx.trades.sources_of(accounts)).get(SourceId(of), "")
        return Asked(Scope(name, about, of), ResultFilter(accounts, SourceId(of)))
    labels = {one.id: one.label for one in await readable_accounts(tx, person)}
    if of not in labels:
        raise NotFound("This account is not yours.")
    return Asked(Scope(labels[AccountId(of)], about, of), ResultFilter([AccountId(of)]))


async def _accounts(tx: Tx, person: Person) -> list[AccountId] | None:
    """Of whom results are shown: None for all of the desk, unlinked accounts too."""
    if person.may(Right.READ_DESK):
        return None
    return [account.id for account in await tx.accounts.of_person(person.id)]
