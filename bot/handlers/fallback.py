"""What no other router took: hints for commands, one line for plain text, an answer for old buttons."""

from aiogram import Router
from aiogram.types import Message

from bot.commands import BY_NAME, read_command
from bot.talk.secrets import delete, looks_secret
from bot.talk.taps import Tap
from bot.views.replies import not_for_you, unknown_command, usage
from bot.words import Words
from core.model.people import Person, Right


def make_router() -> Router:
    router = Router(name="fallback")
    router.message.register(on_message)
    router.callback_query.register(on_tap)
    return router


async def on_message(message: Message, person: Person, words: Words) -> None:
    """A password that comes when nobody has asked for it does not stay, either."""
    text = message.text or ""
    if person.may(Right.LINK) and looks_secret(text) and not text.startswith("/"):
        await delete(message, words)
        await message.answer(words("reply-looks-secret"))
    else:
        await message.answer(hint(text, person, words), parse_mode=None)


async def on_tap(_: object, tap: Tap, words: Words) -> None:
    await tap.answer(words.label("reply-expired-button"), alert=True)


def hint(text: str, person: Person, words: Words) -> str:
    """One line that helps: what was wrong with a command, or that plain text is not understood."""
    typed = read_command(text)
    if typed is None:
        return words.label("reply-plain-text")
    command = BY_NAME.get(typed.name)
    if command is None:
        return unknown_command(typed.name, person, words)
    return usage(command, words) if command.is_for(person) else not_for_you(command, words)
