"""A slow network on demand."""

import asyncio

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType


class Gate(BaseRequestMiddleware):
    """Holds new messages of a bot back until it is opened; `waiting` is set when one stands before it."""

    def __init__(self, bot: Bot) -> None:
        self.waiting = asyncio.Event()
        self.open = asyncio.Event()
        bot.session.middleware(self)

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if isinstance(method, SendMessage):
            self.waiting.set()
            await self.open.wait()
        return await make_request(bot, method)
