"""Pictures that several people get: drawn and uploaded once, then sent by Telegram's id."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, Message

from bot.delivery.messages import send
from bot.refusals import WRONG_FILE, says
from bot.views.markup import Rendered
from core.model.clock import Clock
from core.ports import Store

Draw = Callable[[], Awaitable[bytes | None]]


class Pictures:
    """Sends messages with a picture known by a key of ours; one upload per key at a time."""

    def __init__(self, bot: Bot, store: Store, clock: Clock) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._uploading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, chat_id: int, rendered: Rendered, key: str, draw: Draw) -> Message:
        """Send with the picture of `key`, drawn if nobody had it yet; without one when `draw` gives None."""
        async with self._uploading.setdefault(key, asyncio.Lock()):
            file_id = await self._known(key)
            if file_id is None:
                return await self._upload(chat_id, rendered, key, draw)
        try:
            return await send(self._bot, chat_id, rendered, file_id)
        except TelegramBadRequest as refused:
            if not says(refused, WRONG_FILE):
                raise
        # Another bot's id, or another server's: the upload replaces it.
        return await self._upload(chat_id, rendered, key, draw)

    async def _upload(self, chat_id: int, rendered: Rendered, key: str, draw: Draw) -> Message:
        drawn = await draw()
        if drawn is None:
            return await send(self._bot, chat_id, rendered)
        message = await send(self._bot, chat_id, rendered, BufferedInputFile(drawn, "chart.png"))
        if message.photo:
            async with self._store.write() as tx:
                await tx.outbox.remember_file(key, message.photo[-1].file_id, self._clock.now())
        return message

    async def _known(self, key: str) -> str | None:
        async with self._store.read() as tx:
            return await tx.outbox.file_id(key)
