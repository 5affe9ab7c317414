"""Rate limits: token buckets by key, in bounded memory."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cachetools import LRUCache

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
