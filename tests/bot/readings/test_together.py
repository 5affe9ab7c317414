"""Who writes or taps, looked up for many at once and never from memory."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import cast as as_type

import pytest

from bot.readings.together import Together
from core.model.clock import SystemClock
from core.model.people import Person
from core.ports import Store
from tests.bot.stage import Cast

People = Together[int, Person]


class Counted:
    """A store that counts its reading transactions, and can hold one back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0
        self.selected = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator["Counted"]:
        self.reads += 1
        async with self._store.read() as tx:
            self._tx = tx
            yield self

    @property
    def people(self) -> "Counted":
        return self

    async def by_telegram_ids(self, ids: Collection[int]) -> Mapping[int, Person]:
        found = await self._tx.people.by_telegram_ids(ids)
        self.selected.set()
        await self.gate.wait()
        return found


@pytest.fixture
def counted(store: Store) -> Counted:
    return Counted(store)


@pytest.fixture
def lookup(counted: Counted) -> People:
    return Together(as_type("Store", counted), lambda tx, ids: tx.people.by_telegram_ids(ids))


async def test_all_who_come_at_once_are_looked_up_by_one_query(
    lookup: People, counted: Counted, cast: Cast
) -> None:
    ids = [cast.tara.telegram_id, cast.tom.telegram_id, 404, cast.tara.telegram_id]
    found = await asyncio.gather(*map(lookup.find, ids))
    assert [person.id if person else None for person in found] == [
        cast.tara.id,
        cast.tom.id,
        None,
        cast.tara.id,
    ]
    assert counted.reads == 1


async def test_a_block_holds_at_the_next_lookup_even_while_an_older_one_is_under_way(
    lookup: People, counted: Counted, store: Store, cast: Cast
) -> None:
    counted.gate.clear()
    before = asyncio.create_task(lookup.find(cast.tom.telegram_id))
    await counted.selected.wait()
    async with store.write() as tx:
        await tx.people.block(cast.tom.id, SystemClock().now())
    after = asyncio.create_task(lookup.find(cast.tom.telegram_id))
    counted.gate.set()
    await before
    blocked = await after
    assert blocked is not None
    assert blocked.is_blocked


async def test_one_who_is_cancelled_takes_nothing_from_the_others(lookup: People, cast: Cast) -> None:
    first = asyncio.create_task(lookup.find(cast.tom.telegram_id))
    second = asyncio.create_task(lookup.find(cast.tara.telegram_id))
    await asyncio.sleep(0)
    first.cancel()
    found = await second
    assert found is not None
    assert found.id == cast.tara.id
