"""The dispatcher: who passes, what is handled where, and how to wait for handlers at the end."""

import asyncio
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.context import App
from bot.delivery.cards import Cards
from bot.door.access import AccessMiddleware
from bot.handlers import make_routers
from bot.talk.dialogs import Dialogs, Steps
from bot.talk.lanes import Lanes
from bot.talk.taps import TapMiddleware
from bot.telegram.errors import ErrorHandler
from bot.telegram.routing import Features


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
        super().__init__(disable_fsm=True, app=app, cards=Cards(app))
        self.fsm = Steps(Dialogs(app.desk), Lanes())
        self.update.outer_middleware(self.fsm)
        self.in_flight = InFlight()

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        with self.in_flight:
            return await super().feed_update(bot, update, **kwargs)


def make_dispatcher(app: App) -> DeskDispatcher:
    """Everything wired: taps, access, the routers by feature, errors.

    One update of a person at a time in each of their lanes: see `bot.talk.lanes`.
    """
    dispatcher = DeskDispatcher(app)
    dispatcher.update.outer_middleware(TapMiddleware())
    dispatcher.update.outer_middleware(AccessMiddleware(app.desk.store))
    dispatcher.include_router(Features(make_routers()))
    dispatcher.errors.register(ErrorHandler().handle)
    return dispatcher
