"""News of the world for those who watch: the chat page and clients that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bot.sandbox.model import Json


@dataclass(slots=True)
class Feed:
    """`revision` counts the changes; a client that knows a revision can wait for a later one."""

    revision: int = 0
    closed: bool = False
    _watchers: set[asyncio.Queue[Json | None]] = field(default_factory=set)

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    def tell(self, kind: str, **news: object) -> None:
        self.revision += 1
        for watcher in self._watchers:
            watcher.put_nowait({"kind": kind, "revision": self.revision} | news)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Json | None]]:
        """A queue of all changes from this moment on; `None` in it means that the feed is closed."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    async def later_than(self, revision: int, timeout_s: float) -> int:
        """The revision as soon as it is above `revision`, or the unchanged one after `timeout_s`."""
        if self.revision > revision or self.closed:
            return self.revision
        with self.watching() as news, suppress(TimeoutError):
            await asyncio.wait_for(news.get(), timeout_s)
        return self.revision

    async def until_closed(self) -> None:
        with self.watching() as news:
            while not self.closed and await news.get() is not None:
                pass

    def close(self) -> None:
        self.closed = True
        for watcher in self._watchers:
            watcher.put_nowait(None)
