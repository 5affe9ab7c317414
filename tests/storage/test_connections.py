"""Connections of SQLite: what a desk that stops in the middle of a statement leaves behind."""

import asyncio
import time
from pathlib import Path

import aiosqlite

from storage.sqlite import open_connection


async def test_a_close_that_is_cut_short_ends(tmp_path: Path) -> None:
    """What SQLAlchemy does when the reader that closes its connection is cancelled a second time."""
    connection = await open_connection(str(tmp_path / "desk.db"))
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    async with asyncio.timeout(30):
        await closing


def test_a_thread_whose_loop_is_gone_closes_and_ends(tmp_path: Path) -> None:
    async def leave() -> aiosqlite.Connection:
        connection = await open_connection(str(tmp_path / "desk.db"))
        await connection.create_function("rest", 0, lambda: time.sleep(0.1))
        resting = asyncio.create_task(connection.execute("SELECT rest()").__aenter__())
        await asyncio.sleep(0.01)
        connection.stop()
        resting.cancel()
        return connection

    left = asyncio.run(leave())
    left._thread.join(30)
    assert not left._thread.is_alive()
    assert left._connection is None, "it was closed before"
