"""The door from inside: /start, the risk text and its acceptance, blocking the bot and coming back.

Stands before all other routers, so that who has never accepted a risk text reaches nothing else, and who has
not accepted the one in force cannot approve.
"""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated, Message

from bot.buttons.people import ConsentTap
from bot.commands import CONSENT, HELP, START, Asks
from bot.context import App
from bot.door.access import Behind, Unmet
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.consent import accepted, consent, consents
from bot.views.door import welcome
from bot.views.firststeps import first_steps
from bot.views.help import help_text
from bot.views.markup import Rendered
from bot.words import Words
from core.model.people import Person
from core.people.consent import accept_consent
from core.people.door import Stranger, arrive
from core.people.invites import Entry, follow_invite


def make_router() -> Router:
    router = Router(name="start")
    router.message.register(on_start, Asks(START))
    router.callback_query.register(on_accept, ConsentTap.filter())
    router.my_chat_member.register(on_membership)
    router.message.register(on_unmet, Unmet())
    router.callback_query.register(on_unmet_tap, Unmet())
    router.callback_query.register(on_held_approval, Behind())
    router.message.register(on_consent, Asks(CONSENT))
    router.message.register(on_help, Asks(HELP))
    return router


async def on_start(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    await arrive(app.desk, person, message.chat.id)
    if argument:
        await _follow(message, argument, person, app, words)
    if not person.consented:
        await reply(message, consent(app.desk_name, words))
    elif not argument:
        await on_help(message, person, app, words)


async def _follow(message: Message, token: str, person: Person, app: App, words: Words) -> None:
    """Somebody of the desk has followed an invite: it gives roles only to who has none."""
    stranger = Stranger(person.telegram_id, message.chat.id, person.name, person.language)
    arrival = await follow_invite(app.desk, stranger, token)
    if arrival.entry is Entry.JOINED and arrival.person is not None:
        await reply(message, welcome(app.desk_name, arrival.person, words))
    else:
        await reply(message, Rendered(words(f"invite-{arrival.entry}")))


async def on_accept(
    _: object, callback_data: ConsentTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    was_met = person.met
    person = await accept_consent(app.desk, person, callback_data.version)
    await tap.answer()
    await tap.show(accepted(person.name, words))
    if not was_met:
        async with app.desk.store.read() as tx:
            accounts = await tx.accounts.of_person(person.id)
        await tap.send(first_steps(person, words, has_account=bool(accounts)))


async def on_unmet(message: Message, app: App, words: Words) -> None:
    await reply(message, consent(app.desk_name, words))


async def on_unmet_tap(_: object, tap: Tap, words: Words) -> None:
    await tap.answer(words.label("reply-accept-first"), alert=True)


async def on_held_approval(_: object, app: App, tap: Tap, words: Words) -> None:
    """A new version holds approvals: refused, with the text to accept below the card."""
    await tap.answer(words.label("reply-accept-new"), alert=True)
    await tap.send(consent(app.desk_name, words))


async def on_consent(message: Message, person: Person, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        given = await tx.people.consents(person.id)
    await reply(message, consents(app.desk_name, person, given, words))


async def on_help(message: Message, person: Person, app: App, words: Words) -> None:
    await reply(message, help_text(app.desk_name, app.support, person, words))


async def on_membership(update: ChatMemberUpdated, person: Person, app: App) -> None:
    """Telegram tells when a person blocks the bot, and when they take it back."""
    if update.new_chat_member.status == ChatMemberStatus.MEMBER:
        await arrive(app.desk, person, update.chat.id)
        return
    async with app.desk.store.write() as tx:
        await tx.people.unreachable(person.id)
