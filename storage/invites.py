"""Invites: each use is taken once, by compare-and-set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.joining import Invite
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import invites

_SELECT = select(*columns_of(invites, Invite))
_HAS_USES = invites.c.used < invites.c.uses


@dataclass(frozen=True, slots=True)
class SqlInvites:
    connection: AsyncConnection

    async def add(self, invite: Invite, digest: str) -> int:
        row = {name: value for name, value in values_of(invite).items() if name != "id"}
        statement = insert(invites).values(digest=digest, **row).returning(invites.c.id)
        number: int = (await self.connection.execute(statement)).scalar_one()
        return number

    async def get(self, invite: int) -> Invite | None:
        return await fetch_one(self.connection, Invite, _SELECT.where(invites.c.id == invite))

    async def by_digest(self, digest: str) -> Invite | None:
        return await fetch_one(self.connection, Invite, _SELECT.where(invites.c.digest == digest))

    async def open(self, now: datetime) -> Sequence[Invite]:
        """Newest first."""
        usable = _SELECT.where(invites.c.revoked_at.is_(None), invites.c.expires_at > now, _HAS_USES)
        return await fetch(self.connection, Invite, usable.order_by(desc(invites.c.id)))

    async def use(self, invite: int, now: datetime) -> bool:
        return await self._change(invite, invites.c.expires_at > now, _HAS_USES, used=invites.c.used + 1)

    async def revoke(self, invite: int, at: datetime) -> bool:
        return await self._change(invite, revoked_at=at)

    async def _change(self, invite: int, *conditions: object, **changes: object) -> bool:
        """Of one that is not revoked."""
        statement = update(invites).where(invites.c.id == invite, invites.c.revoked_at.is_(None))
        for condition in conditions:
            statement = statement.where(condition)  # type: ignore[arg-type]
        return (await self.connection.execute(statement.values(changes))).rowcount == 1
