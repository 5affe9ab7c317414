"""Taps on buttons: each callback query is answered exactly once, whatever the handler does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyParameters,
    TelegramObject,
    Update,
)

from bot.views.markup import Rendered
from bot.words.html import ALERT_LIMIT, clip
from core.ports import SentMessage

log = structlog.get_logger(__name__)


FEW = 8
HEAD_START_S = 0.25


class Answering:
    """The answers that are on their way. Where a crowd taps at once its answers go before its work, which
    takes the loop many times as long; who taps alone waits for nothing."""

    def __init__(self) -> None:
        self._under_way = 0
        self._few = asyncio.Event()
        self._few.set()

    def begin(self, answer: Awaitable[None]) -> asyncio.Future[None]:
        """The answer on its way, until it is there."""
        self._count(1)
        under_way = asyncio.ensure_future(answer)
        under_way.add_done_callback(lambda _: self._count(-1))
        return under_way

    async def head_start(self) -> None:
        """Until few answers are under way, or Telegram is too slow to be waited for."""
        await asyncio.sleep(0)  # all who tap in this turn of the loop are counted
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_S):
                await self._few.wait()

    def _count(self, more: int) -> None:
        self._under_way += more
        if self._under_way > FEW:
            self._few.clear()
        else:
            self._few.set()


class Tap:
    """One tap. The first answer counts; what comes later is sent as a message."""

    def __init__(self, query: CallbackQuery, answering: Answering) -> None:
        self._query = query
        self._answering = answering
        self._answered = False

    @property
    def sent(self) -> SentMessage | None:
        """The message below which the button is; None when it is too old to be edited."""
        message = self._query.message
        if not isinstance(message, Message):
            return None
        return SentMessage(message.chat.id, message.message_id, has_photo=bool(message.photo))

    @property
    def message_id(self) -> int | None:
        """Of the message below which the button is."""
        return self._query.message.message_id if self._query.message is not None else None

    async def answer(self, text: str = "", *, alert: bool = False) -> None:
        """Answer with a toast, an alert, or nothing; a second answer is not sent.

        An answer is a courtesy: when Telegram does not take it (the tap is too old, the network is down),
        that is logged and the work goes on.
        """
        if self._answered:
            return
        self._answered = True
        try:
            await self._query.answer(clip(text, ALERT_LIMIT) or None, show_alert=alert)
        except TelegramAPIError as error:
            log.debug("tap.not_answered", error=str(error))

    async def tell(self, text: str) -> None:
        """Make sure that the person reads `text`: in an alert, or as a message after an early answer."""
        if not self._answered:
            await self.answer(text, alert=True)
        elif self._query.message is not None:
            await self._query.message.answer(text, parse_mode=None, reply_parameters=self._tapped)

    @property
    def _tapped(self) -> ReplyParameters | None:
        """What is said later is said as a reply: of many messages it tells which one is meant."""
        if self._query.message is None:
            return None
        return ReplyParameters(message_id=self._query.message.message_id, allow_sending_without_reply=True)

    @asynccontextmanager
    async def working(self, text: str) -> AsyncIterator[None]:
        """Answer at once, beside the work of the block, so that neither waits for the other."""
        answering = self._answering.begin(self.answer(text))
        try:
            await self._answering.head_start()
            yield
        finally:
            await answering

    async def show(self, rendered: Rendered) -> None:
        """Put `rendered` in place of the message below which the button is (of the words below its picture),
        if it can still be edited."""
        message = self._query.message
        if isinstance(message, Message) and message.photo:
            await message.edit_caption(caption=rendered.text, reply_markup=rendered.keyboard)
        elif isinstance(message, Message):
            await message.edit_text(rendered.text, reply_markup=rendered.keyboard)

    async def show_picture(self, png: bytes, rendered: Rendered) -> None:
        """Put a picture, with `rendered` below it, in place of that message."""
        if isinstance(self._query.message, Message):
            picture = InputMediaPhoto(media=BufferedInputFile(png, "chart.png"), caption=rendered.text)
            await self._query.message.edit_media(picture, reply_markup=rendered.keyboard)

    async def show_buttons(self, buttons: InlineKeyboardMarkup) -> None:
        """Change the buttons alone."""
        if isinstance(self._query.message, Message):
            await self._query.message.edit_reply_markup(reply_markup=buttons)

    async def send_file(self, name: str, body: bytes, caption: str) -> None:
        """Send a file to the chat; `caption` is plain text."""
        if self._query.message is not None:
            file = BufferedInputFile(body, name)
            await self._query.message.answer_document(file, caption=caption, parse_mode=None)

    async def send(self, rendered: Rendered) -> None:
        """Send another message, as a reply to the one below which the button is."""
        if self._query.message is not None:
            await self._query.message.answer(
                rendered.text, reply_markup=rendered.keyboard, reply_parameters=self._tapped
            )


class TapMiddleware(BaseMiddleware):
    """Gives handlers `tap`, and answers it when they did not. After an error the error handler answers."""

    def __init__(self) -> None:
        self._answering = Answering()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, Update) or event.callback_query is None:
            return await handler(event, data)
        tap = data["tap"] = Tap(event.callback_query, self._answering)
        result = await handler(event, data)
        await tap.answer()
        return result
