"""/panic: everything on every account closed and the desk locked, after one tap more.

How far it is, the relay shows in the message of the question: see `bot/delivery/subjects.py`.
"""

from aiogram import Router
from aiogram.types import Message

from bot.buttons.guard import PanicProgressTap, PanicTap
from bot.commands import PANIC, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.panic import dropped, progress, question
from bot.words import Words
from core.model.people import Person
from core.ports import SentMessage
from core.risk.panic import at_stake, panic
from core.risk.panic import progress as read_progress


def make_router() -> Router:
    router = Router(name="panic")
    router.message.register(on_panic, Asks(PANIC))
    router.callback_query.register(on_answer, PanicTap.filter())
    router.callback_query.register(on_look, PanicProgressTap.filter())
    return router


async def on_panic(message: Message, person: Person, app: App, words: Words) -> None:
    stakes = await at_stake(app.desk, person)
    shown = question(stakes, lapses_at(app.desk.clock), words)
    await reply(message, shown)


async def on_answer(
    _: object, callback_data: PanicTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if not callback_data.sure:
        await tap.show(dropped(words))
    elif await in_time(callback_data.until, app.desk.clock, tap, words):
        here = SentMessage(person.chat_id or person.telegram_id, tap.message_id or 0, has_photo=False)
        async with tap.working(words.label("reply-on-it")):
            await panic(app.desk, person, here)


async def on_look(_: object, callback_data: PanicProgressTap, app: App, tap: Tap, words: Words) -> None:
    async with app.desk.store.read() as tx:
        shown = await read_progress(app.desk, tx, callback_data.panic)
    await tap.answer()
    await tap.show(progress(shown, words))
