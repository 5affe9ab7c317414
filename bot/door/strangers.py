"""What strangers meet: an invite that lets them in, a polite refusal, or a button that asks to join."""

from aiogram.types import Chat, Message, Update, User

from bot.buttons.people import AskToJoinTap
from bot.commands import START, read_command
from bot.context import App
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.consent import consent
from bot.views.door import refusal, welcome
from bot.views.markup import Rendered
from bot.views.replies import private_desk
from bot.words import Words, words_for, words_of
from core.model.joining import Knock
from core.model.people import Language
from core.people.door import Asking, Stranger, ask_to_join, asking, knock
from core.people.invites import Entry, follow_invite


def words_of_user(user: User) -> Words:
    """In the language of their Telegram, English where the desk does not speak it."""
    return words_for(_language(user))


async def meet_stranger(app: App, event: Update, user: User, chat: Chat, tap: Tap | None) -> None:
    """Messages and taps only: that a stranger blocks the bot concerns nobody."""
    stranger = Stranger(user.id, chat.id, user.full_name, _language(user))
    if tap is not None:
        await _meet_tap(app, event, stranger, tap)
    elif event.message is not None:
        await _meet_message(app, event.message, stranger)


async def _meet_message(app: App, message: Message, stranger: Stranger) -> None:
    typed = read_command(message.text or "")
    starts = typed is not None and typed.name == START.name
    if typed is not None and starts and typed.argument:
        return await _follow(app, message, stranger, typed.argument)
    knocked, first = await knock(app.desk, stranger)
    words = words_for(stranger.language)
    if starts and app.join_requests:
        await reply(message, refusal(app.support, _may_ask(app, knocked), words))
    elif first:
        await message.answer(private_desk(app.support, words), parse_mode=None)
    return None


async def _meet_tap(app: App, event: Update, stranger: Stranger, tap: Tap) -> None:
    words = words_for(stranger.language)
    data = event.callback_query.data if event.callback_query else None
    if app.join_requests and data == AskToJoinTap().pack():
        answer = await ask_to_join(app.desk, stranger)
        await tap.answer(words.label(f"join-{answer}"), alert=True)
        await tap.show(Rendered(words(f"join-{answer}")))
        return
    await knock(app.desk, stranger)
    await tap.answer(words.label("reply-private-desk"), alert=True)


async def _follow(app: App, message: Message, stranger: Stranger, token: str) -> None:
    """With the risk text at once when the invite lets them in."""
    arrival = await follow_invite(app.desk, stranger, token)
    words = words_for(stranger.language)
    if arrival.person is None or arrival.entry is not Entry.JOINED:
        await reply(message, Rendered(words(f"invite-{arrival.entry}")))
        await knock(app.desk, stranger)
        return
    words = words_of(arrival.person)
    await reply(message, welcome(app.desk_name, arrival.person, words))
    await reply(message, consent(app.desk_name, words))


def _may_ask(app: App, knocked: Knock) -> Asking:
    return asking(knocked, app.desk.clock.now())


def _language(user: User) -> Language:
    spoken = (user.language_code or "").partition("-")[0]
    return Language(spoken) if spoken in set(Language) else Language.ENGLISH
