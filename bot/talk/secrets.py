"""Steps at which a password is typed: what is written there is deleted before anybody looks at it.

Its writer may be blocked by now, may have lost the right to link, may have been silent for a day; the text
may read like a command. None of that leaves a password in the chat.
"""

import re
from typing import Final

from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.state import State
from aiogram.types import Message

from bot.commands import BY_NAME, read_command
from bot.words import Words

SERVER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._&()-]{1,63}")
"""A broker's server, as the terminal shows it."""
_SECRET = re.compile(r"(?=.*[A-Za-z])(?=.*[^A-Za-z\s.,-])\S{5,64}")
"""Letters with digits or signs among them, in one word: more like a password than like anything said here."""

_steps: Final[list[State]] = []


class Secret(State):
    """A step that waits for a secret. Everything written at it is deleted."""

    def __init__(self, state: str | None = None, group_name: str | None = None) -> None:
        super().__init__(state, group_name)
        _steps.append(self)


LAPSED: Final = Secret("lapsed", "secret")
"""In place of a secret step after its silence: the question is over, and its answer may come all the same."""


def is_secret(step: str | None) -> bool:
    return step is not None and any(step == known.state for known in _steps)


def may_command(text: str, step: str | None) -> bool:
    """Whether the text may be a command: at a secret step one of the desk's that names no bot, since
    `/h@rdPass1` reads like `/h` to a bot called rdPass1."""
    return not is_secret(step) or names_command(text)


def names_command(text: str) -> bool:
    typed = read_command(text)
    return typed is not None and typed.name in BY_NAME and "@" not in text


def looks_secret(text: str) -> bool:
    """A server's name has a hyphen, `Broker-Demo2`; a password seldom looks like one."""
    is_server = SERVER.fullmatch(text) is not None and ("-" in text or text.isalpha())
    return _SECRET.fullmatch(text) is not None and not is_server


async def guard(message: Message, step: str | None, words: Words) -> None:
    """Delete what is written at a secret step; a command that comes after its silence is none."""
    over = step == LAPSED.state and names_command(message.text or "")
    if is_secret(step) and not over:
        await delete(message, words)


async def delete(message: Message, words: Words) -> None:
    """At once; a person who has to do it by themselves is told so."""
    try:
        await message.delete()
    except TelegramAPIError:
        await message.answer(words("accounts-link-delete-it"))
