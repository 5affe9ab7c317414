"""/closeall: a question with everything that would be closed, and its answers."""

from aiogram import Router
from aiogram.types import Message

from bot.buttons.positions import CloseAllAct, CloseAllTap
from bot.commands import CLOSE_ALL, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.closeall import choice, closing, question, unreadable
from bot.views.markup import Rendered
from bot.words import Words
from core.model.ids import AccountId
from core.model.people import Person
from core.model.risk import Place
from core.risk.places import Named, only_place
from core.trading.closing import close_all, exposure


def make_router() -> Router:
    router = Router(name="closeall")
    router.message.register(on_close_all, Asks(CLOSE_ALL))
    router.callback_query.register(on_answer, CloseAllTap.filter())
    return router


async def on_close_all(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    """The question; for who trades several accounts, and names none, which one first."""
    account = await _named(app, person, argument) if argument else None
    shown = await _question(app, person, account, words, chooses=account is None)
    await reply(message, shown)


async def on_answer(
    _: object, callback_data: CloseAllTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    act, account = callback_data.act, _account(callback_data)
    if act is CloseAllAct.KEEP:
        await tap.show(Rendered(words("closeall-kept")))
    elif not await in_time(callback_data.until, app.desk.clock, tap, words):
        return
    elif act is CloseAllAct.ASK:
        async with tap.working(""):
            shown = await _question(app, person, account, words)
        await tap.show(shown)
    else:
        async with tap.working(words.label("reply-on-it")):
            number = await close_all(app.desk, person, account)
        await tap.show(closing(number, words))


async def _question(
    app: App, person: Person, account: AccountId | None, words: Words, *, chooses: bool = False
) -> Rendered:
    open_now = await exposure(app.desk, person, account)
    if open_now.is_flat:
        return Rendered(words("closeall-nothing"))
    if not (open_now.positions or open_now.orders):
        return unreadable(open_now, words)
    until = lapses_at(app.desk.clock)
    if chooses and len(open_now.held) > 1:
        return choice(open_now, until, words)
    return question(open_now, until, account, words)


async def _named(app: App, person: Person, label: str) -> AccountId | None:
    """Of the person's accounts the one of that name. Raises NotFound, naming them."""
    async with app.desk.store.read() as tx:
        mine = await tx.accounts.of_person(person.id)
    return only_place(label, [Named("account", one.label, Place(one.id)) for one in mine]).place.account_id


def _account(button: CloseAllTap) -> AccountId | None:
    return AccountId(button.account) if button.account else None
