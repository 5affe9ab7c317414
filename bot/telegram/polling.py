"""Long polling that can be stopped: nothing more is fetched, and what was fetched is handled to its end.

Our own loop: aiogram's goes on fetching after it was cancelled (aiogram#1635), retries a revoked token
for ever, and does not wait for its handlers.
"""

import asyncio
import random
from collections.abc import Sequence

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import Update

from bot.telegram.dispatcher import DeskDispatcher
from core.desk import Desk

log = structlog.get_logger(__name__)

POLL_S = 30
DRAIN_S = 10.0
LONGEST_PAUSE_S = 30.0


class Polling:
    """Fetches updates and hands each to the dispatcher in a task of its own."""

    def __init__(self, dispatcher: DeskDispatcher, bot: Bot, desk: Desk) -> None:
        self._dispatcher = dispatcher
        self._bot = bot
        self._board = desk.board
        self._clock = desk.clock
        self._allowed = dispatcher.resolve_used_update_types()
        self._handlers: set[asyncio.Task[None]] = set()
        self._webhook_gone = False
        self._next = 0
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled; then finish what is handled and confirm it to Telegram.

        Raises TelegramUnauthorizedError when Telegram does not know the token (any more).
        """
        try:
            while True:
                for update in await self._fetch():
                    handling = asyncio.create_task(self._handle(update))
                    self._handlers.add(handling)
                    handling.add_done_callback(self._handlers.discard)
        finally:
            await self._finish()

    async def _fetch(self) -> Sequence[Update]:
        """The next updates; none after a failure, which is followed by a growing pause."""
        try:
            await self._leave_webhook()
            updates = await self._bot.get_updates(
                offset=self._next,
                timeout=POLL_S,
                allowed_updates=self._allowed,
                request_timeout=POLL_S + 15,
            )
        except TelegramUnauthorizedError:
            raise
        except TelegramAPIError as error:
            await self._pause(error)
            return []
        self._failures = 0
        self._board.heard_at = self._clock.now()
        self._next = max([self._next, *(update.update_id + 1 for update in updates)])
        return updates

    async def _leave_webhook(self) -> None:
        """Telegram refuses polling while a webhook of an earlier life is set."""
        if not self._webhook_gone:
            await self._bot.delete_webhook()
            self._webhook_gone = True
            log.info("telegram_connected")

    async def _pause(self, error: TelegramAPIError) -> None:
        self._failures += 1
        seconds = min(0.25 * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_S)
        log.warning("polling_failed", error=str(error), failures=self._failures)
        await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    async def _handle(self, update: Update) -> None:
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception:  # the error handler itself failed: the other updates must still be handled
            log.exception("update_failed", update=update.update_id)

    async def _finish(self) -> None:
        if not await self._dispatcher.in_flight.drain(DRAIN_S):
            log.warning("handlers_cut_off", count=self._dispatcher.in_flight.count)
        try:
            await self._bot.get_updates(offset=self._next, limit=1, timeout=0, request_timeout=3)
        except TelegramAPIError as error:
            log.warning("updates_unconfirmed", error=str(error))
