"""The event log: appended to, never changed; each event is a log line too, once it is committed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import desc, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.events import Event
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import events as table

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SqlEvents:
    connection: AsyncConnection
    appended: list[Event] = field(default_factory=list)

    def write_log(self) -> None:
        """Log what was appended: called when the transaction is committed, so that no line tells a lie."""
        for event in self.appended:
            log.info(event.name, subject=event.subject, trace=event.trace[:8], **_told(event))

    async def append(self, *events: Event) -> None:
        self.appended.extend(events)
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

    async def last(self, name: str, subject: str) -> Event | None:
        theirs = (table.c.subject == subject, table.c.name == name)
        query = select(*columns_of(table, Event)).where(*theirs).order_by(desc(table.c.id)).limit(1)
        return await fetch_one(self.connection, Event, query)


def _told(event: Event) -> dict[str, object]:
    """The facts that are not empty, under names that no log field has."""
    taken = {"event", "subject", "trace", "level", "timestamp"}
    return {f"{name}_" if name in taken else name: fact for name, fact in event.data.items() if fact}
