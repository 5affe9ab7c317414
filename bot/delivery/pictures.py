"""Pictures that several people get: drawn and uploaded once, then sent by Telegram's id."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.types import BufferedInputFile, Message
from cachetools import LRUCache, TTLCache

from bot.delivery.messages import Picture, put_picture, send
from bot.delivery.refusals import WRONG_FILE, says
from bot.views.markup import Rendered
from core.model.clock import Clock
from core.ports import SentMessage, Store

IDS_REMEMBERED = 256
NO_UPLOAD_S = 60

Draw = Callable[[], Awaitable[bytes | None]]
Show = Callable[[Picture], Awaitable[Message | None]]
"""Shows a picture; the message that has it, None for one that is gone."""


class Pictures:
    """Shows pictures known by a key of ours; one upload per key at a time.

    An upload that had no answer is not tried again for a minute: what a network swallows because it is large
    holds up nobody's card.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._ids: LRUCache[str, str] = LRUCache(IDS_REMEMBERED)
        self._unanswered: TTLCache[str, bool] = TTLCache(IDS_REMEMBERED, NO_UPLOAD_S)
        self._uploading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(
        self, bot: Bot, chat_id: int, rendered: Rendered, key: str, draw: Draw, *, bare: Rendered
    ) -> Message:
        """Send with the picture of `key`, drawn if nobody had it yet; without one, when `draw` gives None, as
        `bare`."""

        async def show(picture: Picture) -> Message | None:
            return await send(bot, chat_id, rendered, picture)

        return await self._show(key, draw, show) or await send(bot, chat_id, bare)

    async def put(self, bot: Bot, sent: SentMessage, rendered: Rendered, key: str, draw: Draw) -> bool:
        """Put the picture of `key` into a message, in place of another or above its text; or False."""

        async def show(picture: Picture) -> Message | None:
            return await put_picture(bot, sent, rendered, picture)

        return await self._show(key, draw, show) is not None

    async def _show(self, key: str, draw: Draw, show: Show) -> Message | None:
        """None when there is no picture."""
        async with self._uploading.setdefault(key, asyncio.Lock()):
            file_id = await self._known(key)
            if file_id is None:
                return await self._upload(key, draw, show)
        try:
            return await show(file_id)
        except TelegramBadRequest as refused:
            if not says(refused, WRONG_FILE):
                raise
        # Another bot's id, or another server's: the upload replaces it.
        return await self._upload(key, draw, show)

    async def _upload(self, key: str, draw: Draw, show: Show) -> Message | None:
        drawn = None if key in self._unanswered else await draw()
        if drawn is None:
            return None
        try:
            message = await show(BufferedInputFile(drawn, "chart.png"))
        except TelegramNetworkError:
            self._unanswered[key] = True
            raise
        if message is not None and message.photo:
            self._ids[key] = message.photo[-1].file_id
            async with self._store.write() as tx:
                await tx.outbox.remember_file(key, self._ids[key], self._clock.now())
        return message

    async def _known(self, key: str) -> str | None:
        """Looked up once: a card may go to a thousand."""
        if key not in self._ids:
            async with self._store.read() as tx:
                file_id = await tx.outbox.file_id(key)
            if file_id is None:
                return None
            self._ids[key] = file_id
        return self._ids[key]
