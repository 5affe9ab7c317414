"""/positions, the view of one position, and the questions that its buttons put."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.buttons.positions import PositionAct, PositionsTap, PositionTap
from bot.commands import POSITIONS, Asks
from bot.context import App
from bot.handlers.requests import put_question
from bot.readings.accounts import readable_accounts
from bot.readings.holdings import read_book, read_books
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.positions import gone, position, positions
from bot.words import Words
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.model.requests import RequestKind
from core.trading.requests import Wanted

_KINDS = {
    PositionAct.CLOSE: RequestKind.CLOSE,
    PositionAct.HALF: RequestKind.CLOSE,
    PositionAct.BREAK_EVEN: RequestKind.BREAK_EVEN,
    PositionAct.STOP: RequestKind.STOP,
    PositionAct.TARGET: RequestKind.TARGET,
}


def make_router() -> Router:
    router = Router(name="positions")
    router.message.register(on_positions, Asks(POSITIONS))
    router.callback_query.register(on_page, PositionsTap.filter())
    router.callback_query.register(on_position, PositionTap.filter())
    return router


async def on_positions(message: Message, person: Person, app: App, words: Words) -> None:
    """What the terminals show now, or else the last good reading, which tells its age."""
    shown = positions(await read_books(app, person), 0, app.desk.clock.now(), words)
    await reply(message, shown)


async def on_page(
    _: object, callback_data: PositionsTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    async with tap.working(""):
        books = await read_books(app, person)
    await tap.show(positions(books, callback_data.page, app.desk.clock.now(), words))


async def on_position(
    _: object,
    callback_data: PositionTap,
    person: Person,
    app: App,
    tap: Tap,
    words: Words,
    state: FSMContext,
) -> None:
    account = await readable(app, person, AccountId(callback_data.account))
    if callback_data.act is PositionAct.SHOW:
        async with tap.working(""):
            shown = await _one(app, person, account, callback_data.ticket, words)
        await tap.show(shown)
        return
    check_own(account, person)
    half = callback_data.act is PositionAct.HALF
    wanted = Wanted(account.id, callback_data.ticket, _KINDS[callback_data.act], half)
    try:
        await put_question(app, wanted, person, tap, words, state)
    except NotFound:
        await tap.show(await _one(app, person, account, callback_data.ticket, words))
        raise


async def _one(app: App, person: Person, account: Account, ticket: int, words: Words) -> Rendered:
    book = await read_book(app, person, account)
    for one in book.positions:
        if one.identifier == ticket:
            return position(book, one, app.desk.clock.now(), words)
    return gone(words)


async def readable(app: App, person: Person, account: AccountId) -> Account:
    """Raises NotFound for one that the person may not see."""
    async with app.desk.store.read() as tx:
        for each in await readable_accounts(tx, person):
            if each.id == account:
                return each
    raise NotFound("This account is not yours.")


def check_own(account: Account, person: Person) -> None:
    """Raises NotFound, told in the answer to the tap; the use-case asks again."""
    if account.person_id != person.id or not person.may(Right.CLOSE_OWN):
        raise NotFound("This account is not yours.")
