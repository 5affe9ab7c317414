"""Rate limits: token buckets by key, in bounded memory."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cachetools import LRUCache
from fastapi import Request

from bot.web.problems import too_many

FAILURES_PER_MINUTE = 30
_MOST_KEYS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """For each key `per_minute` uses, which come back evenly. `monotonic` tells seconds.

    Only the 10,000 keys used last are remembered.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: LRUCache[Hashable, _Bucket] = LRUCache(_MOST_KEYS)

    def wait_s(self, key: Hashable, per_minute: int) -> float:
        """Seconds until one more use is allowed; 0 when it is now. Uses nothing."""
        bucket = self._filled(key, per_minute)
        return max(0.0, (1 - bucket.tokens) * 60 / per_minute)

    def use(self, key: Hashable, per_minute: int) -> float:
        """Use one if it is allowed now and return 0; else the seconds to wait."""
        wait = self.wait_s(key, per_minute)
        if not wait:
            self._buckets[key].tokens -= 1
        return wait

    def _filled(self, key: Hashable, per_minute: int) -> _Bucket:
        now = self._monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(float(per_minute), now))
        bucket.tokens = min(per_minute, bucket.tokens + (now - bucket.at) * per_minute / 60)
        bucket.at = now
        return bucket


class Failures:
    """How often an address may fail to prove who it is, whichever proof is asked of it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._buckets = Buckets(monotonic)

    def refuse_many(self, request: Request) -> None:
        """Raises Problem 429 when the address of the request has failed too often."""
        if wait := self._buckets.wait_s(_address(request), FAILURES_PER_MINUTE):
            raise too_many(wait)

    def count(self, request: Request) -> None:
        """One more. Raises Problem 429 too: of many that fail at once none had failed when they came."""
        if wait := self._buckets.use(_address(request), FAILURES_PER_MINUTE):
            raise too_many(wait) from None


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
