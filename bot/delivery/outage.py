"""Whether Telegram answers at all: while it does not, no notice is tried."""

import random

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramServerError

from core.model.clock import Clock

log = structlog.get_logger(__name__)

SUSPECTED_AFTER = 3
ANSWERS_WITHIN_S = 15
LONGEST_PAUSE_S = 30.0


class Outage:
    """Suspected when several tries in a row had no answer. A question that changes nothing tells whether
    Telegram is away, or a single notice is what it does not answer."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._failures = 0

    @property
    def suspected(self) -> bool:
        return self._failures >= SUSPECTED_AFTER

    def failed(self) -> None:
        """A try had no answer, or that of a server which is down."""
        self._failures += 1

    def heard(self) -> None:
        """Telegram has answered, if only by a refusal."""
        self._failures = 0

    async def over(self) -> bool:
        """Wait until Telegram answers; False when it does at once."""
        asked = 0
        while not await self._answers():
            longest = min(0.5 * 2.0 ** min(asked, 10), LONGEST_PAUSE_S)
            asked += 1
            await self._clock.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        self.heard()
        if asked:
            log.info("telegram.heard_again", asked=asked)
        return asked > 0

    async def _answers(self) -> bool:
        try:
            await self._bot.get_me(request_timeout=ANSWERS_WITHIN_S)
        except (TelegramNetworkError, TelegramServerError) as trouble:
            log.warning("telegram.away", error=str(trouble))
            return False
        except TelegramAPIError:
            return True
        return True
