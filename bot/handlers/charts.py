"""/chart SYMBOL [timeframe]: candles from a terminal that the person may look through, and what they hold."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import Message

from bot.buttons.cards import Timeframe
from bot.buttons.reports import CandlesTap
from bot.commands import CHART, Asks
from bot.context import App
from bot.readings.market import BARS, TIMEFRAMES
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.charts import Chart, caption, levels, title
from bot.views.markup import Rendered
from bot.words import Words
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.mt5.errors import NoData
from core.mt5.patience import within


def make_router() -> Router:
    router = Router(name="charts")
    router.message.register(on_chart, Asks(CHART))
    router.callback_query.register(on_timeframe, CandlesTap.filter())
    return router


async def on_chart(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    name, *rest = argument.split()
    timeframe = Timeframe(rest[0].upper()) if rest else Timeframe.M5
    png, shown = await _drawn(app, person, name, timeframe, words)
    await reply(message, shown, png)


async def on_timeframe(
    _: object, callback_data: CandlesTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with tap.working(words.label("drawing")):
        png, shown = await _drawn(app, person, callback_data.symbol, callback_data.timeframe, words)
    await tap.show_picture(png, shown)


async def _drawn(
    app: App, person: Person, name: str, timeframe: Timeframe, words: Words
) -> tuple[bytes, Rendered]:
    """The picture and its caption. Raises NotFound for a symbol that the broker does not have."""
    account = await _account(app, person, words)
    name = name if name in account.symbols else name.upper()
    try:
        return await _draw(app, account, name, timeframe, person, words)
    except NoData as error:
        raise NotFound(words.label("charts-unknown", symbol=name[:32])) from error


async def _draw(
    app: App, account: Account, name: str, timeframe: Timeframe, person: Person, words: Words
) -> tuple[bytes, Rendered]:
    async with within():
        session = await app.desk.terminals.session(account.id)
        symbol = account.symbols.get(name) or await session.find_symbol(name)
        instrument = await session.instrument(symbol)
        bars = await session.bars(symbol, TIMEFRAMES[timeframe], BARS)
        held = await session.snapshot() if account.person_id == person.id else None
    chart = _chart(symbol, timeframe, account, held)
    lines, left_out = levels(chart, bars)
    png = await app.charts.candles(bars, title(chart), lines, instrument.digits)
    return png, caption(chart, left_out, words)


def _chart(symbol: str, timeframe: Timeframe, account: Account, held: MT5AccountSnapshot | None) -> Chart:
    """With what its reader holds of the symbol there."""
    if held is None:
        return Chart(symbol, timeframe, account)
    return Chart(
        symbol,
        timeframe,
        account,
        held.account.currency,
        [one for one in held.positions if one.symbol == symbol],
        [one for one in held.orders if one.symbol == symbol],
    )


async def _account(app: App, person: Person, words: Words) -> Account:
    """The person's first account; for the desk's people any. Raises NotFound."""
    async with app.desk.store.read() as tx:
        accounts: Sequence[Account] = await tx.accounts.of_person(person.id)
        if not accounts and person.may(Right.READ_DESK):
            accounts = await tx.accounts.all()
    if not accounts:
        raise NotFound(words.label("charts-no-account"))
    return accounts[0]
