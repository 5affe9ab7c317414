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
from aiohttp import ClientTimeout

from bot.settings import Settings
from bot.telegram.pace import Pace

CONNECT_S = 10.0


class DeskSession(AiohttpSession):
    """Raises TelegramServerError for what is no answer of the Bot API, like the page of a proxy that is down:
    aiogram's own error for it is no TelegramAPIError, and nobody would wait it out.

    A connection comes about within `connect_s` or not at all: of a request that never had one everybody knows
    that it did nothing, and aiogram's one time-out for the whole of it would hide that.

    Holds the models of answers: pydantic forgets those that nobody holds, and makes them anew at each call.
    """

    def __init__(self, api: TelegramAPIServer, connect_s: float = CONNECT_S) -> None:
        super().__init__(api=api)
        self._connect_s = connect_s
        self._held: dict[type[TelegramMethod[Any]], type[Response[Any]]] = {}

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own
    ) -> TelegramType:
        within = ClientTimeout(total=self.timeout if timeout is None else timeout, connect=self._connect_s)
        return await super().make_request(bot, method, within)  # type: ignore[arg-type]  # aiohttp takes it

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
        session=DeskSession(api=server),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
