"""The connection to the Bot API: the real one, a local one, or the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.pace import Pace
from bot.settings import Settings, SettingsError

log = structlog.get_logger(__name__)

TRIES = 8


class _Session(AiohttpSession):
    """Raises TelegramServerError for what is no answer of the Bot API, like the page of a proxy that is down:
    aiogram's own error for it is no TelegramAPIError, and nobody would wait it out."""

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            told = f"HTTP {status_code} with something that is no answer of the Bot API"
            raise TelegramServerError(method=method, message=told) from error


@asynccontextmanager
async def open_bot(settings: Settings, pace: Pace) -> AsyncIterator[Bot]:
    """A bot whose token Telegram knows, paced; its HTTP session is closed at the end.

    Raises SettingsError when the token is wrong, or when the Bot API stays out of reach.
    """
    bot = make_bot(settings)
    bot.session.middleware(pace)
    try:
        await _introduce(bot, settings)
        yield bot
    finally:
        await bot.session.close()


def make_bot(settings: Settings) -> Bot:
    """A bot that has not spoken yet."""
    server = TelegramAPIServer.from_base(str(settings.telegram_url).rstrip("/"))
    return Bot(
        settings.bot_token.get_secret_value(),
        session=_Session(api=server),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


async def _introduce(bot: Bot, settings: Settings) -> None:
    """The first getMe, with patience: a proxy's 502 at this moment must not end the desk."""
    for attempt in range(1, TRIES + 1):
        try:
            me = await bot.me()
        except TelegramUnauthorizedError:
            raise SettingsError("TAPDESK_BOT_TOKEN: Telegram does not know this token.") from None
        except (TelegramNetworkError, TelegramServerError) as error:
            log.warning("telegram_unreachable", attempt=attempt, error=str(error))
            await asyncio.sleep(min(0.2 * 2**attempt, 10))
        else:
            log.info("telegram_connected", bot=me.username)
            return
    raise SettingsError(f"TAPDESK_TELEGRAM_URL: no answer from {settings.telegram_url}.")
