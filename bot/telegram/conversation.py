"""The bot's talk with Telegram, which never decides whether accounts are guarded.

While Telegram is away everything else goes on. Only a token that it does not know ends the desk, and only
while nothing is open on any account: else the guards go on, and readiness tells that nobody is heard.
"""

from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError

from bot.settings import SettingsError
from bot.telegram.dispatcher import DeskDispatcher
from bot.telegram.polling import Polling
from core.desk import Desk
from core.health.stake import stake_of

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=30)
"""Between tries of what Telegram has refused."""


async def converse(desk: Desk, bot: Bot, dispatcher: DeskDispatcher) -> None:
    """Handle what people say and tap, until cancelled.

    Raises SettingsError for a token that Telegram does not know, while nothing is at stake.
    """
    while True:
        try:
            await Polling(dispatcher, bot, desk).run()
        except TelegramUnauthorizedError:
            await _token_refused(desk)


async def _token_refused(desk: Desk) -> None:
    async with desk.store.read() as tx:
        accounts = await tx.accounts.all()
        exposed = [account for account in accounts if await stake_of(tx, account.id)]
    if not exposed:
        raise SettingsError("TAPDESK_BOT_TOKEN: Telegram does not know this token.")
    log.critical("token_refused", accounts_with_something_open=len(exposed))
    await desk.clock.sleep(PAUSE.total_seconds())
