"""The event log: appended to, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import desc, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.events import Event
from storage.rows import columns_of, fetch, values_of
from storage.tables import events as table


@dataclass(frozen=True, slots=True)
class SqlEvents:
    connection: AsyncConnection

    async def append(self, *events: Event) -> None:
        if events:
            await self.connection.execute(insert(table), [values_of(event) for event in events])

    async def recent(self, limit: int, name_prefix: str = "") -> Sequence[Event]:
        query = select(*columns_of(table, Event)).order_by(desc(table.c.id)).limit(limit)
        if name_prefix:
            query = query.where(table.c.name.startswith(name_prefix, autoescape=True))
        return await fetch(self.connection, Event, query)

    async def happened(self, name: str, subject: str) -> bool:
        query = select(exists().where(table.c.subject == subject, table.c.name == name))
        return bool(await self.connection.scalar(query))
