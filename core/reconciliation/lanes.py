"""Two lanes for accounts that are read: who failed waits among others that did, and keeps nobody waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lanes:
    """So many places in each lane; one that is taken in the quick lane is kept for `quick_s` at most.

    So a hundred terminals that hang cost the others one such wait, and after that nothing.
    """

    def __init__(self, quick: int, slow: int, quick_s: float, slow_s: float) -> None:
        self._quick, self._slow = asyncio.Semaphore(quick), asyncio.Semaphore(slow)
        self._quick_s, self._slow_s = quick_s, slow_s

    @asynccontextmanager
    async def place(self, *, slow: bool) -> AsyncIterator[None]:
        """A place, and the time that it may be kept. Raises TimeoutError when that is over."""
        places, within_s = (self._slow, self._slow_s) if slow else (self._quick, self._quick_s)
        async with places, asyncio.timeout(within_s):
            yield
