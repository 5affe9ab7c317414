"""The door: /start, the risk text and its acceptance, /help, blocking and coming back.

Stands before all other routers, so that who has not accepted the risk text reaches nothing else.
"""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated, Message

from bot.access import Unconsented
from bot.callbacks import ConsentTap
from bot.commands import HELP, START, Asks
from bot.context import App
from bot.taps import Tap
from bot.views.consent import accepted, consent
from bot.views.help import help_text
from bot.views.markup import Rendered
from bot.words import Words
from core.model.people import Person
from core.onboarding import accept_consent, arrive


def make_router() -> Router:
    router = Router(name="start")
    router.message.register(on_start, Asks(START))
    router.callback_query.register(on_accept, ConsentTap.filter())
    router.my_chat_member.register(on_membership)
    router.message.register(on_unconsented, Unconsented())
    router.callback_query.register(on_unconsented_tap, Unconsented())
    router.message.register(on_help, Asks(HELP))
    return router


async def on_start(message: Message, person: Person, app: App, words: Words) -> None:
    await arrive(app.desk, person.telegram_id, message.chat.id)
    if person.consented:
        await on_help(message, person, app, words)
    else:
        await on_unconsented(message, app, words)


async def on_accept(
    _: object, callback_data: ConsentTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    person = await accept_consent(app.desk, person, callback_data.version)
    await tap.answer()
    await tap.show(accepted(person.name, words))
    await tap.send(help_text(app.desk_name, app.support, person, words))


async def on_unconsented(message: Message, app: App, words: Words) -> None:
    await _reply(message, consent(app.desk_name, words))


async def on_unconsented_tap(_: object, tap: Tap, words: Words) -> None:
    await tap.answer(words.label("reply-accept-first"), alert=True)


async def on_help(message: Message, person: Person, app: App, words: Words) -> None:
    await _reply(message, help_text(app.desk_name, app.support, person, words))


async def on_membership(update: ChatMemberUpdated, person: Person, app: App) -> None:
    """Telegram tells when a person blocks the bot, and when they take it back."""
    if update.new_chat_member.status == ChatMemberStatus.MEMBER:
        await arrive(app.desk, person.telegram_id, update.chat.id)
        return
    async with app.desk.store.write() as tx:
        await tx.people.unreachable(person.id)


async def _reply(message: Message, rendered: Rendered) -> None:
    await message.answer(rendered.text, reply_markup=rendered.keyboard)
