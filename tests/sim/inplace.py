"""SQLite asked in place: a simulated week makes ten thousands of small queries, one after the other.

A trip to a connection's thread and back costs more than such a query, and the disk more than both: what dies
in a week is the desk, never the machine. The statements, the transactions and the file are those of the desk.
"""

import sqlite3
from asyncio import Future
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import storage.engine
from storage.sqlite import _Connection


class _AtOnce:
    """In the place of a thread's queue: what is put in is done."""

    def put_nowait(self, asked: tuple[Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = asked
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class _InPlace(_Connection):
    """A connection whose thread never starts."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect)
        self._tx = _AtOnce()  # type: ignore[assignment]

    def __await__(self) -> Generator[Any, None, Any]:
        return self._connect().__await__()


def _open(database: str, **options: Any) -> _InPlace:
    return _InPlace(partial(sqlite3.connect, database, **options))


@contextmanager
def in_place() -> Iterator[None]:
    """Within it every SQLite connection that is opened answers without a thread, and trusts the machine."""
    honest = storage.engine._set

    def trusting(cursor: Any, pragma: str) -> None:
        honest(cursor, "synchronous=OFF" if pragma.startswith("synchronous") else pragma)

    with (
        patch.object(storage.engine, "open_connection", _open),
        patch.object(storage.engine, "_set", trusting),
    ):
        yield
