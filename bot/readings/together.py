"""What many ask for at the same time, read by one query."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

from core.ports import Store, Tx

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Finds things by their key; a hundred taps at once take one transaction.

    Nothing is kept: each transaction begins after its keys were asked for, so that whatever was committed
    before, a block or a decision, is seen.
    """

    def __init__(self, store: Store, read: Callable[[Tx, Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._store = store
        self._read = read
        self._asked: set[K] = set()
        self._finding: asyncio.Task[Mapping[K, V]] | None = None

    async def find(self, key: K) -> V | None:
        self._asked.add(key)
        if self._finding is None:  # begins in the next turn of the loop, with all who ask in this one
            self._finding = asyncio.create_task(self._find())
        found = await asyncio.shield(self._finding)  # who is cancelled takes nothing from the others
        return found.get(key)

    async def _find(self) -> Mapping[K, V]:
        asked, self._asked, self._finding = self._asked, set(), None
        async with self._store.read() as tx:
            return await self._read(tx, asked)
