"""What the store promises of its transactions."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.exc import DBAPIError

from core.model.risk import DESK, LockKind
from core.ports import Store
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.storage.samples import NOW, Desk, a_person


async def _names(store: Store) -> list[str]:
    async with store.read() as tx:
        return [person.name for person in await tx.people.all()]


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    async def fail() -> None:
        async with store.write() as tx:
            await tx.people.add(a_person(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await _names(store) == []


async def test_a_cancelled_block_leaves_nothing_and_frees_the_writer(store: Store) -> None:
    written = asyncio.Event()

    async def hang() -> None:
        async with store.write() as tx:
            await tx.people.add(a_person(1))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.write() as tx:
        await tx.people.add(a_person(2, name="Bob"))
    assert await _names(store) == ["Bob"]


async def test_a_reader_sees_one_moment_and_holds_nobody_off(store: Store, desk: Desk) -> None:
    async with store.read() as before:
        assert len(await before.people.all()) == 1
        async with store.write() as tx:
            await tx.people.add(a_person(2, name="Bob"))
        assert len(await before.people.all()) == 1
    assert await _names(store) == [desk.person.name, "Bob"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.read() as tx:
            await tx.people.add(a_person(1))
    assert await _names(store) == []


async def test_reading_first_and_writing_after_is_safe(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    """Each counts what is there and adds one more, through two stores as two processes would."""

    async def count_on(one: Store) -> None:
        async with one.write() as tx:
            known = len(await tx.people.all())
            await tx.people.add(a_person(known, name=f"{known}"))

    other = SqlStore(connect(database_url), store.vault)
    try:
        await asyncio.gather(*(count_on(one) for one in (store, other) * 8))
    finally:
        await other.aclose()
    assert set(await _names(store)) == {desk.person.name, *map(str, range(1, 17))}


async def test_the_last_of_many_readers_gets_its_turn(store: Store, desk: Desk) -> None:
    counts = await asyncio.gather(*(_names(store) for _ in range(40)))
    assert counts == [[desk.person.name]] * 40


async def test_closing_ends_every_thread(sqlite_url: str) -> None:
    before = set(threading.enumerate())
    store = SqlStore(connect(sqlite_url), Vault([Fernet.generate_key().decode()]))
    await asyncio.gather(*(_names(store) for _ in range(8)))
    assert set(threading.enumerate()) > before
    await store.aclose()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive()


_DYING_WRITER = """
import asyncio, os, sys
from cryptography.fernet import Fernet
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.storage.samples import NOW, a_person

async def main():
    store = SqlStore(connect(sys.argv[1]), Vault([Fernet.generate_key().decode()]))
    async with store.write() as tx:
        await tx.people.add(a_person(1, name="kept"))
    async with store.write() as tx:
        await tx.people.add(a_person(2, name="lost"))
        os._exit(9)

asyncio.run(main())
"""


async def test_a_process_that_dies_in_a_block_leaves_what_it_committed(
    store: Store, database_url: str, desk: Desk
) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _DYING_WRITER, database_url]
    died = await asyncio.to_thread(subprocess.run, command, cwd=root, check=False)
    assert died.returncode == 9
    assert await _names(store) == [desk.person.name, "kept"]
    async with store.write() as tx:
        assert await tx.locks.set(LockKind.PAUSE, DESK, "after the crash", NOW, None)


@pytest.mark.parametrize("url", ["mysql://localhost/desk", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite"):
        connect(url)
