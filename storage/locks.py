"""Locks on entries, of one account or of the whole desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId, PersonId
from core.model.risk import Lock, LockKind
from storage.rows import columns_of, fetch, insert_new
from storage.tables import locks

_COLUMNS = columns_of(locks, Lock)
_ACTIVE = locks.c.released_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlLocks:
    connection: AsyncConnection

    async def set(
        self, kind: LockKind, account: AccountId | None, reason: str, at: datetime, by: PersonId | None
    ) -> bool:
        row = {"kind": kind, "account_id": account, "reason": reason, "set_at": at, "set_by": by}
        return await insert_new(self.connection, locks, row) == 1

    async def release(
        self, kind: LockKind, account: AccountId | None, at: datetime, by: PersonId
    ) -> Sequence[Lock]:
        statement = update(locks).where(_ACTIVE, locks.c.kind == kind, _at(account))
        released = statement.values(released_at=at, released_by=by).returning(*_COLUMNS)
        return await fetch(self.connection, Lock, released)

    async def active(self, account: AccountId | None = None) -> Sequence[Lock]:
        """Oldest first."""
        query = select(*_COLUMNS).where(_ACTIVE).order_by(locks.c.id)
        if account is not None:
            query = query.where(or_(locks.c.account_id == account, locks.c.account_id.is_(None)))
        return await fetch(self.connection, Lock, query)


def _at(account: AccountId | None) -> ColumnElement[bool]:
    return locks.c.account_id.is_(None) if account is None else locks.c.account_id == account
