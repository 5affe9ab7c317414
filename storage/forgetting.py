"""Forgetting a person: what the database holds of them, and its erasure.

The tables tell what becomes of each row. One that goes with its person (CASCADE) is erased; one that stays
(RESTRICT: decisions, trades, events) belongs to a pseudonym from then on. `storage/personal.py` lists what is
changed in the rows that stay; whose they are is told by ids alone.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.events import NoticeKind
from core.model.forgetting import Pseudonym
from core.model.ids import AccountId, PersonId
from core.model.people import Language, Person
from core.model.risk import Place
from storage.accounts import ERASED
from storage.personal import FACTS, SENTENCES, concerns, own, references
from storage.pseudonyms import accounts_of, labelled, pseudonym_of
from storage.tables import (
    OutboxState,
    accounts,
    dialogs,
    escalations,
    events,
    knocks,
    metadata,
    outbox,
    people,
    snapshots,
)

_SECRET = {"password", "digest"}
_READ_ALL_DAY = {snapshots.name}
"""Readings of the terminals, some every minute: what they say of the person is in the account's row too."""

Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class SqlForgetting:
    connection: AsyncConnection

    async def exported(self, person: Person) -> dict[str, Any]:
        """Rows by table: the person's own, and those of their accounts; no passwords."""
        mine = await accounts_of(self.connection, person.id)
        found = {people.name: await self._rows(people, people.c.id == person.id)}
        for table in metadata.sorted_tables:
            if table.name not in _READ_ALL_DAY and table is not people:
                found[table.name] = await self._rows(table, concerns(table, person.id, mine))
        return {table: rows for table, rows in found.items() if rows}

    async def homes(self, person: PersonId) -> Sequence[str]:
        """The folders of the terminals that the person's accounts have, or had while they were linked."""
        query = select(accounts.c.terminal_path).where(accounts.c.person_id == person)
        return [path for path in await self.connection.scalars(query) if path]

    async def pseudonym(self, person: Person) -> Pseudonym:
        return await pseudonym_of(self.connection, person)

    async def erase(self, person: Person, pseudonym: Pseudonym) -> None:
        mine = await accounts_of(self.connection, person.id)
        await self._rename_subjects(pseudonym, person, mine)
        for column in SENTENCES:
            await self._blot_own(column, own(column, person.id, mine), pseudonym.in_own, pseudonym)
            await self._blot_any(column, pseudonym.in_any, pseudonym)
        await self._erase_told()
        for column in FACTS:
            await self._blot_own(column, own(column, person.id, mine), pseudonym.in_own_facts, pseudonym)
            await self._blot_any(column, pseudonym.in_any_facts, pseudonym)
        await self._leave_escalations(pseudonym, person.id)
        await self._erase_rows(person, mine, pseudonym)

    # -- the rows that stay

    async def _rename_subjects(self, pseudonym: Pseudonym, person: Person, mine: Sequence[AccountId]) -> None:
        await self._rename_alerts(pseudonym, mine)
        places = [Place(account).key for account in mine]
        its = and_(events.c.account_id.in_(mine), labelled(), events.c.subject.not_in(places))
        await self._blot_own(events.c.subject, its, pseudonym.in_own, pseudonym)
        await self._blot_any(events.c.subject, pseudonym.in_any, pseudonym)
        at_the_door = and_(events.c.name.like("door.%"), events.c.subject == str(person.telegram_id))
        renamed = update(events).where(at_the_door).values(subject=pseudonym.name)
        await self.connection.execute(renamed)
        before = and_(events.c.account_id.in_(mine), events.c.name == "account.renamed")
        await self._blot_own(events.c.data, before, partial(pseudonym.in_own_facts, renamed=True), pseudonym)

    async def _rename_alerts(self, pseudonym: Pseudonym, mine: Sequence[AccountId]) -> None:
        """What lasts about their accounts is over: nothing is open there, and nobody trades there."""
        its = own(escalations.c.data, pseudonym.id, mine)
        over = escalations.c.acknowledged_at.is_(None) & escalations.c.over_at.is_(None)
        numbers = list(await self.connection.scalars(select(escalations.c.id).where(its)))
        ended = update(escalations).where(its, over).values(over_at=escalations.c.told_at)
        await self.connection.execute(ended)
        await self._blot_own(escalations.c.about, its, pseudonym.in_own, pseudonym)
        passed_on = and_(events.c.name.like("alert.%"), events.c.subject.in_(list(map(str, numbers))))
        await self._blot_own(events.c.data, passed_on, pseudonym.in_own_facts, pseudonym)

    async def _blot_own(
        self, column: Column[Any], whose: ColumnElement[bool], change: Change, pseudonym: Pseudonym
    ) -> None:
        await self._change(column, and_(whose, _mentions(column, pseudonym.words)), change)

    async def _blot_any(self, column: Column[Any], change: Change, pseudonym: Pseudonym) -> None:
        told = {*pseudonym.ids, *pseudonym.sentences}
        if column in FACTS:
            told |= set(map(str, pseudonym.numbers))
        await self._change(column, _mentions(column, told), change)

    async def _change(self, column: Column[Any], which: ColumnElement[bool], change: Change) -> None:
        """All rows in one call: others wait for this transaction."""
        keys = list(column.table.primary_key.columns)
        found = await self.connection.execute(select(column, *keys).where(which))
        changed = [(change(before), key) for before, *key in found if change(before) != before]
        if changed:
            here = and_(*(key == bindparam(f"key_{key.name}") for key in keys))
            names = [f"key_{key.name}" for key in keys]
            rows = [{"after": after, **dict(zip(names, key, strict=True))} for after, key in changed]
            written = update(column.table).where(here).values({column.name: bindparam("after")})
            await self.connection.execute(written, rows)

    async def _erase_told(self) -> None:
        """The facts of alerts that an earlier version told, whomever, as `SqlOutbox` does now: they name who
        did what by no id."""
        told = and_(outbox.c.kind == NoticeKind.ALERT, outbox.c.state != OutboxState.WAITING)
        await self.connection.execute(update(outbox).where(told).values(data={}))

    async def _leave_escalations(self, pseudonym: Pseudonym, person: PersonId) -> None:
        """Nobody waits for an answer of theirs."""
        query = select(escalations.c.id, escalations.c.told).where(
            _mentions(escalations.c.told, pseudonym.ids)
        )
        for number, told in await self.connection.execute(query):
            others = tuple(each for each in told if each != person)
            here = update(escalations).where(escalations.c.id == number)
            await self.connection.execute(here.values(told=others))

    # -- the rows that go, or change hands

    async def _erase_rows(self, person: Person, mine: Sequence[AccountId], pseudonym: Pseudonym) -> None:
        await self.connection.execute(insert(people).values(_row(pseudonym)))
        for number, account in enumerate(mine, start=1):
            await self._erase_account(account, pseudonym, number)
        for column in references():
            await self._let_go(column, person.id, pseudonym.id)
        for table, column in ((dialogs, dialogs.c.user_id), (knocks, knocks.c.telegram_id)):
            await self.connection.execute(delete(table).where(column == person.telegram_id))
        await self.connection.execute(delete(people).where(people.c.id == person.id))

    async def _erase_account(self, account: AccountId, pseudonym: Pseudonym, number: int) -> None:
        """Its history stays, under no login of any broker; what its terminal has told of its holder goes."""
        nobodys = {
            "label": pseudonym.account(number),
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


def _mentions(column: Column[Any], words: Collection[str]) -> ColumnElement[bool]:
    """Whether it may: whole words are told from parts afterwards. SQLite keeps JSON escaped."""
    text = cast(column, Text)
    return or_(*(text.contains(form, autoescape=True) for form in sorted(_forms(words))))


def _forms(words: Collection[str]) -> Iterator[str]:
    yield from {*words, *(json.dumps(word)[1:-1] for word in words)}
