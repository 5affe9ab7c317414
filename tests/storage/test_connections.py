"""Connections of SQLite: what a desk that stops in the middle of a statement leaves behind."""

import asyncio
from pathlib import Path

from storage.sqlite import open_connection


async def test_a_close_that_is_cut_short_ends(tmp_path: Path) -> None:
    """What SQLAlchemy does when the reader that closes its connection is cancelled a second time."""
    connection = await open_connection(str(tmp_path / "desk.db"))
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    async with asyncio.timeout(30):
        await closing
