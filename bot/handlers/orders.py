"""/orders, the view of one pending order, and the questions that its buttons put."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.buttons.positions import OrderAct, OrdersTap, OrderTap
from bot.commands import ORDERS, Asks
from bot.context import App
from bot.handlers.positions import check_own, readable
from bot.handlers.requests import put_question
from bot.readings.holdings import read_book, read_books
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.orders import gone, order, orders
from bot.words import Words
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.ids import AccountId
from core.model.people import Person
from core.model.requests import RequestKind
from core.trading.requests import Wanted

_KINDS = {OrderAct.CANCEL: RequestKind.CANCEL, OrderAct.MOVE: RequestKind.MOVE}


def make_router() -> Router:
    router = Router(name="orders")
    router.message.register(on_orders, Asks(ORDERS))
    router.callback_query.register(on_page, OrdersTap.filter())
    router.callback_query.register(on_order, OrderTap.filter())
    return router


async def on_orders(message: Message, person: Person, app: App, words: Words) -> None:
    shown = orders(await read_books(app, person), 0, app.desk.clock.now(), words)
    await reply(message, shown)


async def on_page(
    _: object, callback_data: OrdersTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with tap.working(""):
        books = await read_books(app, person)
    await tap.show(orders(books, callback_data.page, app.desk.clock.now(), words))


async def on_order(
    _: object,
    callback_data: OrderTap,
    person: Person,
    app: App,
    tap: Tap,
    words: Words,
    state: FSMContext,
) -> None:
    account = await readable(app, person, AccountId(callback_data.account))
    if callback_data.act is OrderAct.SHOW:
        async with tap.working(""):
            shown = await _one(app, person, account, callback_data.ticket, words)
        await tap.show(shown)
        return
    check_own(account, person)
    wanted = Wanted(account.id, callback_data.ticket, _KINDS[callback_data.act])
    try:
        await put_question(app, wanted, person, tap, words, state)
    except NotFound:
        await tap.show(await _one(app, person, account, callback_data.ticket, words))
        raise


async def _one(app: App, person: Person, account: Account, ticket: int, words: Words) -> Rendered:
    book = await read_book(app, person, account)
    for one in book.orders:
        if one.ticket == ticket:
            return order(book, one, app.desk.clock.now(), words)
    return gone(words)
