"""Telegram's refusals by their words: the Bot API has no finer codes."""

from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import SendMessage, SendPhoto
from aiohttp import ClientConnectorError, ConnectionTimeoutError

NOT_MODIFIED = ("message is not modified",)
MESSAGE_GONE = ("message to edit not found", "message can't be edited")
WRONG_FILE = ("wrong file identifier", "wrong remote file identifier", "wrong file_id")
TAP_TOO_OLD = ("query is too old",)
NO_TEXT = ("there is no text in the message to edit",)
ROUTE_GONE = (
    "chat not found",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
    "not enough rights",
    "have no rights",
)


def says(error: TelegramAPIError, words: tuple[str, ...]) -> bool:
    """Whether the refusal contains one of the phrases."""
    told = error.message.lower()
    return any(phrase in told for phrase in words)


_NEVER_CONNECTED = (ClientConnectorError, ConnectionTimeoutError)


def may_have_happened(error: TelegramNetworkError) -> bool:
    """Whether a new message may be there though no answer came; not when no connection came about."""
    is_new = isinstance(error.method, SendMessage | SendPhoto)
    return is_new and not isinstance(error.__cause__, _NEVER_CONNECTED)
