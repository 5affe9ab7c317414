"""Between dataclasses and rows, whose columns carry the names of the fields."""

import asyncio
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Column, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.errors import Conflict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Values = Mapping[str, Any]
T = TypeVar("T")

AT_ONCE = 100


def values_of(value: "DataclassInstance") -> dict[str, Any]:
    """The fields of a dataclass by name, not looking into them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def columns_of(table: Table, kind: type["DataclassInstance"]) -> list[Column[Any]]:
    """The columns that make a `kind`, in the order of its fields."""
    return [table.c[field.name] for field in fields(kind)]


async def fetch(
    connection: AsyncConnection, make: Callable[..., T], query: Executable, **values: Any
) -> Sequence[T]:
    """What `make` makes of the columns of each row; `values` are for a query that was made beforehand.

    The event loop has a turn after each so many rows: to read a thousand accounts takes 25 ms.
    """
    made = []
    for number, row in enumerate(await connection.execute(query, values), start=1):
        made.append(make(*row))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
    return made


async def fetch_one(
    connection: AsyncConnection, make: Callable[..., T], query: Executable, **values: Any
) -> T | None:
    """What `make` makes of the only row, or None."""
    row = (await connection.execute(query, values)).one_or_none()
    return None if row is None else make(*row)


async def insert_new(connection: AsyncConnection, table: Table, *rows: Values) -> int:
    """Insert those rows that break no unique index; how many they were.

    No error is raised and caught for the others, so the transaction stays usable on PostgreSQL too.
    """
    if not rows:
        return 0
    first_key = next(iter(table.primary_key.columns))
    statement = _insert(connection, table).on_conflict_do_nothing().returning(first_key)
    return len((await connection.execute(statement, list(rows))).all())


async def insert_all(connection: AsyncConnection, table: Table, conflict: str, *rows: Values) -> None:
    """Insert every row. Raises Conflict with the sentence `conflict` when one of them exists."""
    if await insert_new(connection, table, *rows) != len(rows):
        raise Conflict(conflict)


async def put(
    connection: AsyncConnection, table: Table, conflict: str, row: Values, keep: Container[str] = ()
) -> None:
    """Insert the row, or replace the one with its key, but for the columns to `keep`.

    Raises Conflict when another row stands in its way; the transaction stays usable.
    """
    try:
        async with connection.begin_nested():
            await upsert(connection, table, row, keep)
    except IntegrityError as error:
        raise Conflict(conflict) from error


async def upsert(connection: AsyncConnection, table: Table, row: Values, keep: Container[str] = ()) -> None:
    """Insert the row, or replace the one with its primary key, but for the columns to `keep`."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _insert(connection, table)
    changes = {name: statement.excluded[name] for name in row if name not in keys and name not in keep}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), row)


def _insert(connection: AsyncConnection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
