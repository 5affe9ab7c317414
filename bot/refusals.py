"""Telegram's refusals by their words: the Bot API has no finer codes."""

from aiogram.exceptions import TelegramAPIError

NOT_MODIFIED = ("message is not modified",)
MESSAGE_GONE = ("message to edit not found", "message can't be edited")
WRONG_FILE = ("wrong file identifier", "wrong remote file identifier", "wrong file_id")
TAP_TOO_OLD = ("query is too old",)
NO_TEXT = ("there is no text in the message to edit",)


def says(error: TelegramAPIError, words: tuple[str, ...]) -> bool:
    """Whether the refusal contains one of the phrases."""
    told = error.message.lower()
    return any(phrase in told for phrase in words)
