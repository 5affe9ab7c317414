"""Locks on entries: of an account, a source, an instrument, or of the whole desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import PersonId
from core.model.risk import Lock, LockKind, Place
from storage.rows import columns_of, fetch, insert_new, values_of
from storage.tables import locks

_COLUMNS = columns_of(locks, Lock)
_ACTIVE = locks.c.released_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlLocks:
    connection: AsyncConnection

    async def set(
        self,
        kind: LockKind,
        place: Place,
        reason: str,
        at: datetime,
        by: PersonId | None,
        until: datetime | None = None,
    ) -> bool:
        facts = {
            "kind": kind,
            "place": place.key,
            "reason": reason,
            "set_at": at,
            "set_by": by,
            "until": until,
        }
        return await insert_new(self.connection, locks, {**values_of(place), **facts}) == 1

    async def release(
        self, kind: LockKind, place: Place, at: datetime, by: PersonId | None
    ) -> Sequence[Lock]:
        statement = update(locks).where(_ACTIVE, locks.c.kind == kind, locks.c.place == place.key)
        released = statement.values(released_at=at, released_by=by).returning(*_COLUMNS)
        return await fetch(self.connection, Lock, released)

    async def active(self, entry: Place | None = None) -> Sequence[Lock]:
        query = select(*_COLUMNS).where(_ACTIVE).order_by(locks.c.id)
        if entry is not None:
            query = query.where(*(_covers(locks.c[name], at) for name, at in values_of(entry).items()))
        return await fetch(self.connection, Lock, query)


def _covers(column: Column[object], at: object) -> ColumnElement[bool]:
    """Whether a lock of all of them, or of this one, holds."""
    return column.is_(None) if at is None else or_(column.is_(None), column == at)
