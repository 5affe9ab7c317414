"""Forgetting a person: what the database holds of them, and its erasure.

The tables tell what becomes of each row. One that goes with its person (CASCADE) is erased; one that stays
(RESTRICT: decisions, trades, events) belongs to a pseudonym from then on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    cast,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.forgetting import Pseudonym, Trace
from core.model.ids import AccountId, PersonId
from core.model.people import Language, Person
from storage.accounts import ERASED
from storage.tables import accounts, dialogs, intents, knocks, metadata, people, snapshots, sources, trades
from storage.types import Document

_OF_ACCOUNT = (intents, trades)
_SECRET = {"password", "digest"}
_IDENTITIES = {"source_name", "external_id", "webhook_id", "symbol", "instrument", "currency"}
"""Columns by which programs know things: a source is called what it is called, whoever it reminds of."""


@dataclass(frozen=True, slots=True)
class SqlForgetting:
    connection: AsyncConnection

    async def exported(self, person: Person) -> dict[str, Any]:
        """Rows by table: the person's own, and those of their accounts; no passwords."""
        found = {people.name: await self._rows(people, people.c.id == person.id)}
        for column in _references():
            found.setdefault(column.table.name, []).extend(
                await self._rows(column.table, column == person.id)
            )
        mine = select(accounts.c.id).where(accounts.c.person_id == person.id)
        for table in _OF_ACCOUNT:
            found[table.name] = await self._rows(table, table.c.account_id.in_(mine))
        return {table: rows for table, rows in found.items() if rows}

    async def named_by(self, person: Person) -> Pseudonym:
        """A new pseudonym with the words and numbers that name the person, their accounts' too."""
        mine = select(accounts.c.id, accounts.c.label, accounts.c.login).where(
            accounts.c.person_id == person.id
        )
        rows = (await self.connection.execute(mine)).all()
        holders = select(snapshots.c.name).where(snapshots.c.account_id.in_([row.id for row in rows]))
        held_by = set((await self.connection.scalars(holders.distinct())).all())
        words = {person.name, str(person.id), person.id.hex, *(row.label for row in rows), *held_by}
        numbers = {person.telegram_id, person.chat_id or person.telegram_id, *(row.login for row in rows)}
        return Pseudonym(_new_id(), frozenset(word for word in words if word), frozenset(numbers))

    async def traces(self, pseudonym: Pseudonym) -> Sequence[Trace]:
        found = []
        for table, column in _texts():
            keys = list(table.primary_key.columns)
            query = select(column, *keys).where(_mentions(column, pseudonym))
            for text, *key in await self.connection.execute(query):
                if pseudonym.over(text) != text:
                    found.append(Trace(table.name, column.name, tuple(key)))
        return found

    async def blot(self, pseudonym: Pseudonym, traces: Sequence[Trace]) -> None:
        for trace in traces:
            table = metadata.tables[trace.table]
            column, here = table.c[trace.column], _with_key(table, trace)
            text = await self.connection.scalar(select(column).where(here))
            if text is not None:
                await self.connection.execute(
                    update(table).where(here).values({column.name: pseudonym.over(text)})
                )

    async def erase(self, person: Person, pseudonym: Pseudonym) -> None:
        await self.connection.execute(insert(people).values(_row(pseudonym)))
        mine = (await self.connection.scalars(_accounts_of(person.id))).all()
        for number, account in enumerate(mine, start=1):
            await self._erase_account(account, pseudonym, number)
        for column in _references():
            await self._let_go(column, person.id, pseudonym.id)
        for table, column in ((dialogs, dialogs.c.user_id), (knocks, knocks.c.telegram_id)):
            await self.connection.execute(delete(table).where(column == person.telegram_id))
        await self.connection.execute(delete(people).where(people.c.id == person.id))

    async def _erase_account(self, account: AccountId, pseudonym: Pseudonym, number: int) -> None:
        """Its history stays, under no login of any broker; what its terminal has told of its holder goes."""
        nobodys = {
            "label": f"{pseudonym.name} {number}",
            "login": -(pseudonym.id.int % 2**62) - number,
            "server": "",
            "terminal_path": "",
            "password": ERASED,
        }
        await self.connection.execute(update(accounts).where(accounts.c.id == account).values(nobodys))
        await self.connection.execute(delete(snapshots).where(snapshots.c.account_id == account))

    async def _let_go(self, column: Column[Any], person: PersonId, pseudonym: PersonId) -> None:
        [key] = column.foreign_keys
        if key.ondelete == "CASCADE":
            await self.connection.execute(delete(column.table).where(column == person))
        else:
            changed = update(column.table).where(column == person).values({column.name: pseudonym})
            await self.connection.execute(changed)

    async def _rows(self, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
        told = [column for column in table.columns if column.name not in _SECRET]
        rows = (await self.connection.execute(select(*told).where(condition))).mappings()
        return [dict(row) for row in rows]


def _new_id() -> PersonId:
    return PersonId(uuid4())


def _row(pseudonym: Pseudonym) -> dict[str, Any]:
    """A person whom Telegram cannot know: its ids are positive."""
    return {
        "id": pseudonym.id,
        "telegram_id": -(pseudonym.id.int % 2**62) - 1,
        "name": pseudonym.name,
        "reachable": False,
        "language": Language.ENGLISH,
        "zone": "UTC",
        "of_desk_file": False,
    }


def _accounts_of(person: PersonId) -> Select[Any]:
    return select(accounts.c.id).where(accounts.c.person_id == person).order_by(accounts.c.id)


def _references() -> Iterator[Column[Any]]:
    """Every column that names a person by their id."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is people.c.id for key in column.foreign_keys):
                yield column


def _texts() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column in which people or programs write freely."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            free = isinstance(column.type, Text) or column.type is Document
            if free and table not in (people, sources) and column.name not in _SECRET | _IDENTITIES:
                yield table, column


def _mentions(column: Column[Any], pseudonym: Pseudonym) -> ColumnElement[bool]:
    """Whether it may: whole words are told from parts afterwards. SQLite keeps JSON escaped."""
    written = {*pseudonym.words, *map(str, pseudonym.numbers)}
    forms = written | {json.dumps(word)[1:-1] for word in written}
    text = cast(column, Text)
    return or_(*(text.contains(form, autoescape=True) for form in sorted(forms)))


def _with_key(table: Table, trace: Trace) -> ColumnElement[bool]:
    keys = zip(table.primary_key.columns, trace.key, strict=True)
    return and_(*(column == value for column, value in keys))
