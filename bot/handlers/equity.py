"""/equity: the course of an account that the person may see, as a chart."""

from collections.abc import Sequence
from datetime import timedelta

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import MOST_DAYS, EquityTap
from bot.commands import EQUITY, Asks
from bot.context import App
from bot.delivery.subjects import kind_of
from bot.readings.accounts import readable_account, readable_accounts
from bot.readings.market import if_soon
from bot.readings.results import split
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.reports import Shown, equity, equity_title, legend
from bot.words import Words
from core.charts.renderer import ChartFailed
from core.model.accounts import Account
from core.model.equity import Payment
from core.model.errors import NotFound
from core.model.people import Person
from core.model.risk import Place
from core.results.equity import course_of, payments_of
from core.risk.places import Named, only_place

DEFAULT_EQUITY_DAYS = 7
POINTS = 700
"""Of a chart, at most."""


def make_router() -> Router:
    router = Router(name="equity")
    router.message.register(on_equity, Asks(EQUITY))
    router.callback_query.register(on_equity_tap, EquityTap.filter())
    return router


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
        account = await readable_account(tx, person, callback_data.account)
    async with tap.working(words.label("drawing")):
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
        raise NotFound(words.label("no-account"))
    if not name:
        return accounts[0]
    places = [Named("account", one.label, Place(one.id)) for one in accounts]
    place = only_place(name, places)
    return next(one for one in accounts if one.id == place.place.account_id)
