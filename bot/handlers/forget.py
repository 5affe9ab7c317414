"""/forget: a person's data handed to them, then erased."""

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.types import BotCommandScopeChat, Message
from structlog import get_logger

from bot.buttons.people import ForgetTap
from bot.commands import FORGET, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.forget import ask_forget, forgotten, in_the_way, kept
from bot.words import Words
from core.model.people import Person
from core.people import forgetting

log = get_logger(__name__)

FILE = "tapdesk-my-data.json"


def make_router() -> Router:
    router = Router(name="forget")
    router.message.register(on_forget, Asks(FORGET))
    router.callback_query.register(on_answer, ForgetTap.filter())
    return router


async def on_forget(message: Message, person: Person, app: App, words: Words) -> None:
    found = await forgetting.in_the_way(app.desk, person)
    if found:
        await reply(message, in_the_way(found, words))
        return
    async with app.desk.store.read() as tx:
        accounts = len(await tx.accounts.of_person(person.id))
    await reply(message, ask_forget(accounts, lapses_at(app.desk.clock), words))


async def on_answer(
    _: object,
    callback_data: ForgetTap,
    person: Person,
    app: App,
    bot: Bot,
    tap: Tap,
    words: Words,
    state: FSMContext,
) -> None:
    if not callback_data.forget:
        await tap.show(kept(words))
    elif await in_time(callback_data.until, app.desk.clock, tap, words):
        await state.clear()
        async with tap.working(words.label("reply-on-it")):
            await _forget(app, bot, person, tap, words)


async def _forget(app: App, bot: Bot, person: Person, tap: Tap, words: Words) -> None:
    """The data arrives first: who does not get it is not erased."""

    async def hand_over(data: bytes) -> None:
        await tap.send_file(FILE, data, words.label("forget-file"))

    try:
        await forgetting.forget(app.desk, person, hand_over, app.linking.paper_folder)
    except forgetting.NotNow as refused:
        if not refused.found:
            raise
        await tap.show(in_the_way(refused.found, words))
        return
    app.linking.candidates.forget(person.id)
    await tap.show(forgotten(words))
    await _take_menu(bot, person)


async def _take_menu(bot: Bot, person: Person) -> None:
    try:
        await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=person.telegram_id))
    except TelegramAPIError as refused:
        log.info("menu_not_taken", error=str(refused))
