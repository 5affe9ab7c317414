"""/chart SYMBOL: a candle chart from a terminal that the person may look through."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import BufferedInputFile, Message

from bot.commands import CHART, Asks
from bot.context import App
from bot.views.markup import code
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.people import Person, Right
from core.mt5.contract import TIMEFRAME_M5
from core.mt5.errors import NoData

BARS = 120


def make_router() -> Router:
    router = Router(name="charts")
    router.message.register(on_chart, Asks(CHART))
    return router


async def on_chart(message: Message, argument: str, person: Person, app: App) -> None:
    account = await _account(app, person)
    name = argument if argument in account.symbols else argument.upper()
    try:
        symbol, png = await _draw(app, account, name)
    except NoData as error:
        raise NotFound(f"There is no chart of {name[:32]}; is the name right?") from error
    picture = BufferedInputFile(png, "chart.png")
    await message.answer_photo(picture, caption=f"{code(symbol)} · 5 minutes")


async def _draw(app: App, account: Account, name: str) -> tuple[str, bytes]:
    """The broker's name of what was drawn, and the picture."""
    session = await app.desk.terminals.session(account.id)
    symbol = account.symbols.get(name) or await session.find_symbol(name)
    instrument = await session.instrument(symbol)
    bars = await session.bars(symbol, TIMEFRAME_M5, BARS)
    return symbol, await app.charts.candles(bars, symbol, {}, instrument.digits)


async def _account(app: App, person: Person) -> Account:
    """The person's first account; for the desk's people any. Raises NotFound."""
    async with app.desk.store.read() as tx:
        accounts: Sequence[Account] = await tx.accounts.of_person(person.id)
        if not accounts and person.may(Right.READ_DESK):
            accounts = await tx.accounts.all()
    if not accounts:
        raise NotFound("No account is set up for you yet, so there are no prices to draw.")
    return accounts[0]
