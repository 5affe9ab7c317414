"""What no other router took: hints for commands, one line for plain text, an answer for old buttons."""

from aiogram import Router
from aiogram.types import Message

from bot.commands import BY_NAME, read_command
from bot.taps import Tap
from bot.views.replies import EXPIRED_BUTTON, PLAIN_TEXT, not_for_you, unknown_command, usage
from core.model.people import Person


def make_router() -> Router:
    router = Router(name="fallback")
    router.message.register(on_message)
    router.callback_query.register(on_tap)
    return router


async def on_message(message: Message, person: Person) -> None:
    await message.answer(hint(message.text or "", person), parse_mode=None)


async def on_tap(_: object, tap: Tap) -> None:
    await tap.answer(EXPIRED_BUTTON, alert=True)


def hint(text: str, person: Person) -> str:
    """One line that helps: what was wrong with a command, or that plain text is not understood."""
    typed = read_command(text)
    if typed is None:
        return PLAIN_TEXT
    command = BY_NAME.get(typed.name)
    if command is None:
        return unknown_command(typed.name, person)
    return usage(command) if command.is_for(person) else not_for_you(command)
