"""The dispatcher: who passes and what is handled where; and polling that ends without losing a handler."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import Update

from bot.access import AccessMiddleware
from bot.context import App
from bot.errors import ErrorHandler
from bot.handlers import make_routers
from bot.taps import TapMiddleware

log = structlog.get_logger(__name__)

POLL_S = 30
DRAIN_S = 10.0
LONGEST_PAUSE_S = 15.0


class InFlight:
    """Counts what is being handled, so that a stop can wait for it."""

    def __init__(self) -> None:
        self.count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self.count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        self.count -= 1
        if not self.count:
            self._idle.set()

    async def drain(self, timeout_s: float) -> bool:
        """Wait until nothing is handled; False when something still is after `timeout_s`."""
        await asyncio.sleep(0)  # what was fetched but not begun becomes visible
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True


class DeskDispatcher(Dispatcher):
    """aiogram's dispatcher, which does not wait for its handlers at the end; `in_flight` does.

    Counted here rather than in a middleware, because waiting for the same person's earlier update and the
    error handler lie outside every middleware of ours.
    """

    def __init__(self, app: App) -> None:
        super().__init__(events_isolation=SimpleEventIsolation(), app=app)
        self.in_flight = InFlight()

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        with self.in_flight:
            return await super().feed_update(bot, update, **kwargs)


def make_dispatcher(app: App) -> DeskDispatcher:
    """Everything wired: taps, access, the routers by feature, errors. One update of a person at a time."""
    dispatcher = DeskDispatcher(app)
    dispatcher.update.outer_middleware(TapMiddleware())
    dispatcher.update.outer_middleware(AccessMiddleware())
    dispatcher.include_routers(*make_routers())
    dispatcher.errors.register(ErrorHandler().handle)
    return dispatcher


class Polling:
    """Fetches updates and hands each to the dispatcher in a task of its own.

    Our own loop, because aiogram's goes on after being cancelled, retries a revoked token for ever, and
    does not wait for its handlers.
    """

    def __init__(self, app: App, bot: Bot) -> None:
        self.dispatcher = make_dispatcher(app)
        self._bot = bot
        self._allowed = self.dispatcher.resolve_used_update_types()
        self._webhook_gone = False
        self._next = 0
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled; then finish what is handled and confirm it to Telegram.

        Raises TelegramUnauthorizedError when the token is not valid (any more).
        """
        async with asyncio.TaskGroup() as handlers:
            try:
                while True:
                    for update in await self._fetch():
                        handlers.create_task(self._handle(update))
            except asyncio.CancelledError:
                await self._finish()
                raise

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
        self._next = max([self._next, *(update.update_id + 1 for update in updates)])
        return updates

    async def _leave_webhook(self) -> None:
        """Telegram refuses polling while a webhook of an earlier life is set."""
        if not self._webhook_gone:
            await self._bot.delete_webhook()
            self._webhook_gone = True

    async def _pause(self, error: TelegramAPIError) -> None:
        self._failures += 1
        seconds = min(0.25 * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_S)
        log.warning("polling_failed", error=str(error), failures=self._failures)
        await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    async def _handle(self, update: Update) -> None:
        try:
            await self.dispatcher.feed_update(self._bot, update)
        except Exception:  # the error handler itself failed: the other updates must still be handled
            log.exception("update_failed", update=update.update_id)

    async def _finish(self) -> None:
        if not await self.dispatcher.in_flight.drain(DRAIN_S):
            log.warning("handlers_cut_off", count=self.dispatcher.in_flight.count)
        try:
            await self._bot.get_updates(offset=self._next, limit=1, timeout=0, request_timeout=3)
        except TelegramAPIError as error:
            log.warning("updates_unconfirmed", error=str(error))
