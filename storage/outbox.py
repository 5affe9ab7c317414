"""The outbox: notices on their way to Telegram, and what Telegram said of those that arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.ports import OutboxItem, SentMessage
from storage.rows import columns_of, fetch, fetch_one, upsert, values_of
from storage.tables import OutboxState, files, group_messages, outbox, sent_messages

_WAITING = outbox.c.state == OutboxState.WAITING
_IN_ORDER = (outbox.c.priority, outbox.c.created_at, outbox.c.id)
_COALESCED = frozenset(NoticeKind) - {NoticeKind.ALERT}
_ITEM = (outbox.c.id, outbox.c.created_at, outbox.c.attempts, outbox.c.in_doubt)
_NOWHERE = 0
"""In place of a route, which is a number of its own: NULLs are not equal to each other."""
_IDENTITY = tuple_(
    outbox.c.person_id, outbox.c.kind, outbox.c.subject, func.coalesce(outbox.c.route, _NOWHERE)
)

Identity = tuple[PersonId, NoticeKind, str, int]


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    connection: AsyncConnection

    async def put(self, notices: Iterable[Notice], at: datetime) -> None:
        """An absorbed notice keeps its place in the queue and takes a new number: when the old one is
        just being delivered, with what it showed before, the new one still waits afterwards."""
        fresh = [_fresh(notice, at) for notice in notices]
        rows = [row for row in fresh if row["kind"] not in _COALESCED]
        rows += _absorbed([*await self._withdrawn(fresh), *fresh])
        if rows:
            await self.connection.execute(insert(outbox), rows)

    async def due(self, now: datetime, limit: int, each: int | None = None) -> Sequence[OutboxItem]:
        query = select(*_ITEM, *columns_of(outbox, Notice)).where(_WAITING, outbox.c.due_at <= now)
        if each is not None:
            query = query.where(outbox.c.id.in_(_first_of_each(now, each)))
        return await fetch(self.connection, _item, query.order_by(*_IN_ORDER).limit(limit))

    async def delivered(self, item: int, at: datetime) -> None:
        """Its facts are in people's chats; nobody reads them here any more, and they name people."""
        await self._change(item, state=OutboxState.DELIVERED, done_at=at, data={})

    async def put_off(self, item: int, until: datetime, error: str, *, in_doubt: bool = False) -> None:
        doubt = {"in_doubt": True} if in_doubt else {}
        await self._change(item, due_at=until, error=error, **doubt)

    async def give_up(self, item: int, at: datetime, error: str) -> None:
        await self._change(item, state=OutboxState.GIVEN_UP, done_at=at, error=error, data={})

    async def hasten(self, now: datetime) -> None:
        late = update(outbox).where(_WAITING, outbox.c.due_at > now)
        await self.connection.execute(late.values(due_at=now))

    async def oldest_waiting(self) -> datetime | None:
        query = select(func.min(outbox.c.created_at)).where(_WAITING)
        oldest: datetime | None = await self.connection.scalar(query)
        return oldest

    async def count_waiting(self) -> dict[Priority, int]:
        query = select(outbox.c.priority, func.count()).where(_WAITING).group_by(outbox.c.priority)
        return dict(await fetch(self.connection, lambda *pair: pair, query))

    async def sent(self, kind: NoticeKind, subject: str, person: PersonId) -> SentMessage | None:
        table = sent_messages.c
        query = select(*columns_of(sent_messages, SentMessage)).where(
            table.kind == kind, table.subject == subject, table.person_id == person
        )
        return await fetch_one(self.connection, SentMessage, query)

    async def remember_sent(
        self, kind: NoticeKind, subject: str, person: PersonId, message: SentMessage, at: datetime
    ) -> None:
        """Replace the message that was remembered before."""
        key = {"kind": kind, "subject": subject, "person_id": person}
        await upsert(self.connection, sent_messages, key | values_of(message) | {"sent_at": at})

    async def was_shown(self, kind: NoticeKind, subject: str) -> bool:
        table = sent_messages.c
        waits = select(outbox.c.id).where(
            _WAITING, outbox.c.person_id == table.person_id, outbox.c.route.is_(None)
        )
        newer = waits.where(outbox.c.kind == kind, outbox.c.subject == subject).exists()
        found = select(table.person_id).where(table.kind == kind, table.subject == subject, ~newer).limit(1)
        return await self.connection.scalar(found) is not None

    async def forget_sent(self, kind: NoticeKind, subject: str, person: PersonId) -> None:
        table = sent_messages.c
        its = delete(sent_messages).where(
            table.kind == kind, table.subject == subject, table.person_id == person
        )
        await self.connection.execute(its)

    async def sent_there(self, kind: NoticeKind, subject: str, route: int) -> SentMessage | None:
        table = group_messages.c
        its = (table.kind == kind, table.subject == subject, table.route == route)
        query = select(*columns_of(group_messages, SentMessage)).where(*its)
        return await fetch_one(self.connection, SentMessage, query)

    async def remember_sent_there(
        self, kind: NoticeKind, subject: str, route: int, message: SentMessage, at: datetime
    ) -> None:
        """Replace the message that was remembered before."""
        key = {"kind": kind, "subject": subject, "route": route}
        await upsert(self.connection, group_messages, key | values_of(message) | {"sent_at": at})

    async def shown_to(self, kind: NoticeKind, subject: str) -> Sequence[PersonId]:
        table = sent_messages.c
        query = select(table.person_id).where(table.kind == kind, table.subject == subject)
        return (await self.connection.scalars(query)).all()

    async def file_id(self, key: str) -> str | None:
        return await self.connection.scalar(select(files.c.file_id).where(files.c.key == key))

    async def remember_file(self, key: str, file_id: str, at: datetime) -> None:
        """Replace the id that was remembered before."""
        await upsert(self.connection, files, {"key": key, "file_id": file_id, "uploaded_at": at})

    async def _withdrawn(self, fresh: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """Take back what waits for the same person and subject."""
        identities = [_identity(row) for row in fresh if row["kind"] in _COALESCED]
        if not identities:
            return []
        kept = [column for column in outbox.columns if column is not outbox.c.id]
        twins = delete(outbox).where(_WAITING, _IDENTITY.in_(identities)).returning(*kept)
        return [dict(row) for row in (await self.connection.execute(twins)).mappings()]

    async def _change(self, item: int, **changes: Any) -> None:
        statement = update(outbox).where(outbox.c.id == item, _WAITING)
        await self.connection.execute(statement.values(attempts=outbox.c.attempts + 1, **changes))


def _first_of_each(now: datetime, each: int) -> Select[int]:
    """The numbers of so many that are due, for each chat."""
    chat = (outbox.c.person_id, outbox.c.route)
    place = func.row_number().over(partition_by=chat, order_by=_IN_ORDER).label("place")
    placed = select(outbox.c.id, place).where(_WAITING, outbox.c.due_at <= now).subquery()
    return select(placed.c.id).where(placed.c.place <= each)


def _fresh(notice: Notice, at: datetime) -> dict[str, Any]:
    return values_of(notice) | {
        "state": OutboxState.WAITING,
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "done_at": None,
        "error": None,
        "in_doubt": False,
    }


def _identity(row: dict[str, Any]) -> Identity:
    return row["person_id"], row["kind"], row["subject"], row["route"] or _NOWHERE


def _absorbed(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What collapses: the oldest of each identity, with the strongest priority and the data of all."""
    kept: dict[Identity, dict[str, Any]] = {}
    for row in rows:
        if row["kind"] in _COALESCED:
            oldest = kept.setdefault(_identity(row), row)
            oldest["priority"] = min(oldest["priority"], row["priority"])
            oldest["data"] = oldest["data"] | row["data"]
    return list(kept.values())


def _item(
    number: int,
    created_at: datetime,
    attempts: int,
    in_doubt: bool,
    *notice: Any,
) -> OutboxItem:
    return OutboxItem(number, Notice(*notice), created_at, attempts, in_doubt=in_doubt)
