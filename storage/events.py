"""The event log: appended to, never changed; each event is a log line too, once it is committed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import ColumnElement, desc, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.catalogue import OffCatalogue, checked
from core.model.events import Event, EventFilter, Recorded
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
            trace = {"trace": event.trace} if event.trace else {}
            log.info(event.name, subject=event.subject, **trace, **_told(event))

    async def append(self, *events: Event) -> None:
        """With the version of the catalogue. One that is off it is written all the same, since a fact must
        not be lost, nor a transaction fail, for the sake of its form; the log says so."""
        if not events:
            return
        stamped = [_stamped(event) for event in events]
        self.appended.extend(stamped)
        await self.connection.execute(insert(table), [values_of(event) for event in stamped])

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

    async def since(self, last: int, wanted: EventFilter, limit: int) -> Sequence[Recorded]:
        query = select(table.c.id, *columns_of(table, Event)).where(table.c.id > last, *_of(wanted))
        return await fetch(self.connection, _recorded, query.order_by(table.c.id).limit(limit))

    async def page(self, wanted: EventFilter, limit: int, before: int | None = None) -> Sequence[Recorded]:
        query = select(table.c.id, *columns_of(table, Event)).where(*_of(wanted))
        if before is not None:
            query = query.where(table.c.id < before)
        return await fetch(self.connection, _recorded, query.order_by(desc(table.c.id)).limit(limit))


def _of(wanted: EventFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield table.c.at >= wanted.since
    if wanted.until is not None:
        yield table.c.at < wanted.until
    if wanted.name_prefix:
        yield table.c.name.startswith(wanted.name_prefix, autoescape=True)
    if wanted.account is not None:
        yield table.c.account_id == wanted.account
    if wanted.person is not None:
        yield table.c.person_id == wanted.person


def _recorded(number: int, *event: Any) -> Recorded:
    return Recorded(number, Event(*event))


def _stamped(event: Event) -> Event:
    try:
        return checked(event)
    except OffCatalogue as fault:
        log.error("event_off_catalogue", fault=str(fault))  # noqa: TRY400 - where it was made is in its name
        return event


def _told(event: Event) -> dict[str, object]:
    """The facts that are not empty, under names that no log field has."""
    taken = {"event", "subject", "trace", "level", "timestamp"}
    return {f"{name}_" if name in taken else name: fact for name, fact in event.data.items() if fact}
