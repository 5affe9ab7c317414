"""Pacing of everything that is sent to Telegram, and one pause for all when it says "too many"."""

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from cachetools import LRUCache

from core.model.clock import Clock

CHATS_REMEMBERED = 4096
GROUP_PER_S, GROUP_BURST = 0.25, 5
"""At most 20 in any minute: those at once and those that follow."""


class Bucket:
    """`burst` at once, then `per_s` a second, each in its turn."""

    def __init__(self, clock: Clock, per_s: float, burst: float) -> None:
        self._clock = clock
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._filled_s = clock.monotonic()

    async def turn(self) -> None:
        """Wait until one more may go."""
        wait_s = self._take()
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    def _take(self) -> float:
        """Seconds until the token that is taken is there: those who wait stand in a line."""
        now_s = self._clock.monotonic()
        refilled = self._tokens + (now_s - self._filled_s) * self._per_s
        self._tokens, self._filled_s = min(refilled, self._burst) - 1, now_s
        return max(-self._tokens / self._per_s, 0.0)


class Pace(BaseRequestMiddleware):
    """Holds back calls that name a chat: `per_s` a second overall, one a second in each after `chat_burst`,
    20 a minute in a group.

    Telegram's own limits are about 30 a second overall, with some at once, and one a second in a chat. A 429
    pauses all of them for as long as Telegram asks, because it mutes the whole bot; the refused call, which
    did nothing, is made once more when the pause is at most `patience_s`, else TelegramRetryAfter is raised.
    A call that names no chat has a limit of its own, and who sets a menu too often is not muted: it alone
    waits, and is made once more.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        per_s: float = 30,
        burst: float = 20,
        chat_burst: float = 4,
        patience_s: float = 5,
    ) -> None:
        self._clock = clock
        self._overall = Bucket(clock, per_s, burst)
        self._chat_burst = chat_burst
        self._patience_s = patience_s
        self._chats: LRUCache[int | str, Bucket] = LRUCache(CHATS_REMEMBERED)
        self._resume_at = 0.0

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        chat: int | str | None = getattr(method, "chat_id", None)
        if chat is None:
            return await self._apart(make_request, bot, method)
        await self._turn(chat)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as refused:
            self.pause(refused.retry_after)
            if refused.retry_after > self._patience_s:
                raise
        await self._turn(chat)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as refused:
            self.pause(refused.retry_after)
            raise

    async def _apart(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """The answer to a tap above all, which is lost when it is not made again: a spinner that turns on."""
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as refused:
            if refused.retry_after > self._patience_s:
                raise
            await self._clock.sleep(refused.retry_after)
        return await make_request(bot, method)

    @property
    def pause_left_s(self) -> float:
        """Seconds until calls are made again; 0 when there is no pause."""
        return max(self._resume_at - self._clock.monotonic(), 0.0)

    def pause(self, seconds: float) -> None:
        """Hold every call back for `seconds` from now; a longer pause that runs already stays."""
        self._resume_at = max(self._resume_at, self._clock.monotonic() + seconds)

    async def pause_over(self) -> None:
        while left_s := self.pause_left_s:
            await self._clock.sleep(left_s)

    async def _turn(self, chat: int | str) -> None:
        """Wait until this chat, the bot as a whole, and a pause allow one more call."""
        await self._bucket(chat).turn()
        await self._overall.turn()
        while self.pause_left_s:
            await self.pause_over()
            await self._overall.turn()

    def _bucket(self, chat: int | str) -> Bucket:
        """The chat's own; a group has a negative id or a name."""
        if chat not in self._chats:
            is_private = isinstance(chat, int) and chat > 0
            rate = (1.0, self._chat_burst) if is_private else (GROUP_PER_S, GROUP_BURST)
            self._chats[chat] = Bucket(self._clock, *rate)
        return self._chats[chat]
