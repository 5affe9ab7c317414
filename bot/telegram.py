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
from aiogram.exceptions import TelegramNetworkError, TelegramServerError, TelegramUnauthorizedError

from bot.pace import Pace
from bot.settings import Settings, SettingsError

log = structlog.get_logger(__name__)

TRIES = 8


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
        session=AiohttpSession(api=server),
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
