"""Connections: one that writes, several that read, on SQLite and PostgreSQL alike.

A write transaction holds off every other writer: on SQLite because it begins IMMEDIATE, on PostgreSQL
because it takes one advisory lock. A desk writes little; that reading first and writing after is safe
everywhere is worth more than parallel writes. Inside a process writers queue for the one writing connection
and not for the database, so they never meet "database is locked".
"""

import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.sqlite import open_connection

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_READERS = 4
_PATIENCE_MS = 10_000
_JOURNAL_TRIES, _JOURNAL_PAUSE_S = 100, 0.02
_WRITER_LOCK = 0x7AD0_DE5C


@dataclass(frozen=True, slots=True)
class Database:
    """The engines of one database."""

    writer: AsyncEngine
    readers: AsyncEngine

    async def aclose(self) -> None:
        """Close every connection, and SQLite's threads with them."""
        await self.readers.dispose()
        await self.writer.dispose()


def connect(url: str) -> Database:
    """The database at `url` (`sqlite:///file` or `postgresql://…`); nothing is opened before its first use.

    Raises ValueError for another kind of database and for SQLite without a file.
    """
    return Database(writer=writer_of(url), readers=_readers_of(database_url(url)))


def database_url(url: str) -> URL:
    """`url` with the driver that the desk uses."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise ValueError(f"the desk keeps its data in SQLite or PostgreSQL, not in {backend}")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file: sqlite:///tapdesk.db")
    return parsed.set(drivername=_DRIVERS[backend])


def writer_of(url: str, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine of one connection whose transactions hold off other writers.

    A migration that copies a table to change it must not follow foreign keys on SQLite.
    """
    parsed = database_url(url)
    engine = create_async_engine(parsed, pool_size=1, max_overflow=0, **_options(parsed))
    if parsed.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, foreign_keys=foreign_keys, query_only=False)
        _begin_with(engine, "BEGIN IMMEDIATE")
    else:
        _begin_with(engine, f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
    return engine


def _readers_of(url: URL) -> AsyncEngine:
    """Engines whose transactions see one moment of the database and cannot write."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=_READERS, max_overflow=0, **_options(url))
        _prepare_sqlite(engine, foreign_keys=True, query_only=True)
        _begin_with(engine, "BEGIN")
        return engine
    return create_async_engine(
        url,
        pool_size=_READERS,
        max_overflow=0,
        isolation_level="REPEATABLE READ",
        **_options(url, default_transaction_read_only="on"),
    )


def _options(url: URL, **settings: str) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"async_creator_fn": open_connection}}
    session = {
        "application_name": "tapdesk",
        "lock_timeout": str(_PATIENCE_MS),
        # A host that hangs inside a transaction must not keep the writers' lock for ever.
        "idle_in_transaction_session_timeout": str(3 * _PATIENCE_MS),
    }
    return {"pool_pre_ping": True, "connect_args": {"server_settings": session | settings}}


def _prepare_sqlite(engine: AsyncEngine, *, foreign_keys: bool, query_only: bool) -> None:
    pragmas = (
        f"busy_timeout={_PATIENCE_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"foreign_keys={int(foreign_keys)}",
        f"query_only={int(query_only)}",
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin or end transactions itself: it would leave DDL outside of them.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            _set(cursor, pragma)
        cursor.close()


def _set(cursor: Any, pragma: str) -> None:
    """Of two processes that make a database at one moment SQLite lets one wait for the journal, and refuses
    it to the other without patience: that one asks again.
    """
    for left in reversed(range(_JOURNAL_TRIES)):
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError:
            if not left:
                raise
            time.sleep(_JOURNAL_PAUSE_S)
        else:
            return


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
