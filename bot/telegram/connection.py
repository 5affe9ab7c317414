"""The connection to the Bot API: the real one, a local one, or the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import ClientDecodeError, TelegramServerError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.settings import Settings
from bot.telegram.pace import Pace


class _Session(AiohttpSession):
    """Raises TelegramServerError for what is no answer of the Bot API, like the page of a proxy that is down:
    aiogram's own error for it is no TelegramAPIError, and nobody would wait it out.

    Holds the models of answers: pydantic forgets those that nobody holds, and makes them anew at each call.
    """

    def __init__(self, api: TelegramAPIServer) -> None:
        super().__init__(api=api)
        self._held: dict[type[TelegramMethod[Any]], type[Response[Any]]] = {}

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        self._held.setdefault(type(method), Response[method.__returning__])  # type: ignore[name-defined]
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            told = f"HTTP {status_code} with something that is no answer of the Bot API"
            raise TelegramServerError(method=method, message=told) from error


@asynccontextmanager
async def open_bot(settings: Settings, pace: Pace) -> AsyncIterator[Bot]:
    """A paced bot, which has not spoken yet; its HTTP session is closed at the end."""
    bot = make_bot(settings)
    bot.session.middleware(pace)
    try:
        yield bot
    finally:
        await bot.session.close()


def make_bot(settings: Settings) -> Bot:
    """A bot that waits for nothing."""
    server = TelegramAPIServer.from_base(str(settings.telegram_url).rstrip("/"))
    return Bot(
        settings.bot_token.get_secret_value(),
        session=_Session(api=server),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
