"""Who it is that writes or taps: looked up for all who come at the same time by one query."""

import asyncio
from collections.abc import Mapping

from core.model.people import Person
from core.ports import Store


class Lookup:
    """Finds people by their Telegram id; a hundred taps at once take one transaction.

    Nothing is kept: each transaction begins after its people were asked for, so that a block or a role that
    was committed before is seen.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: set[int] = set()
        self._finding: asyncio.Task[Mapping[int, Person]] | None = None

    async def person(self, telegram_id: int) -> Person | None:
        self._asked.add(telegram_id)
        if self._finding is None:  # begins in the next turn of the loop, with all who ask in this one
            self._finding = asyncio.create_task(self._find())
        found = await asyncio.shield(self._finding)  # who is cancelled takes nothing from the others
        return found.get(telegram_id)

    async def _find(self) -> Mapping[int, Person]:
        asked, self._asked, self._finding = self._asked, set(), None
        async with self._store.read() as tx:
            return await tx.people.by_telegram_ids(asked)
