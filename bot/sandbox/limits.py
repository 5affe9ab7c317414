"""Flood limits as token buckets: over all chats, per chat, and a slower one per group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.model import Chat
from bot.sandbox.refusals import too_many_requests
from bot.sandbox.settings import Rate, Settings


@dataclass(slots=True)
class Bucket:
    rate: Rate
    tokens: float
    filled_at: float

    def wait_s(self, now: float, cost: float) -> float:
        """Seconds until `cost` tokens are there. A cost above the burst needs a full bucket."""
        refill = max(0.0, now - self.filled_at) * self.rate.per_s
        self.tokens, self.filled_at = min(self.rate.burst, self.tokens + refill), now
        return max(0.0, min(cost, self.rate.burst) - self.tokens) / self.rate.per_s


@dataclass(slots=True)
class FloodLimits:
    settings: Settings
    clock: Callable[[], float]
    _overall: list[Bucket] = field(default_factory=list)
    _by_chat: dict[int, Bucket] = field(default_factory=dict)
    _by_group: dict[int, Bucket] = field(default_factory=dict)

    def take(self, chat: Chat, cost: int = 1) -> None:
        """Pay for `cost` messages to `chat`, or be refused with 429; a refused call pays nothing."""
        now = self.clock()
        buckets = self._overall_bucket(now) + self._chat_buckets(chat, now)
        wait_s = max((bucket.wait_s(now, cost) for bucket in buckets), default=0.0)
        if wait_s > 0:
            raise too_many_requests(wait_s)
        for bucket in buckets:
            bucket.tokens -= cost

    def _overall_bucket(self, now: float) -> list[Bucket]:
        rate = self.settings.overall
        if rate is not None and not self._overall:
            self._overall.append(Bucket(rate, rate.burst, now))
        return self._overall

    def _chat_buckets(self, chat: Chat, now: float) -> list[Bucket]:
        """A group pays at both: one a second as every chat, twenty a minute as a group."""
        limits = [(self.settings.chat, self._by_chat)]
        if not chat.is_private:
            limits.append((self.settings.group, self._by_group))
        return [
            paid.setdefault(chat.id, Bucket(rate, rate.burst, now))
            for rate, paid in limits
            if rate is not None
        ]
