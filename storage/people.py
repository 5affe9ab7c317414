"""People, their roles and consents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, desc, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import PersonId
from core.model.people import Consent, Language, Person, Role
from storage.rows import columns_of, fetch, insert_all, insert_new, put, upsert, values_of
from storage.tables import consents, menus, people, roles

_FOUND_OUT = frozenset({"chat_id", "reachable", "consent_version", "language", "zone", "blocked_at"})
"""What the desk learned of a person by itself; no roster knows better."""


@dataclass(frozen=True, slots=True)
class SqlPeople:
    connection: AsyncConnection

    async def add(self, person: Person) -> None:
        """Raises Conflict when the id or the Telegram id is known."""
        await insert_all(self.connection, people, f"{person.name} is known to the desk already", _row(person))
        await self._give(person)

    async def put(self, person: Person) -> None:
        conflict = f"{person.name} has another person's Telegram id"
        await put(self.connection, people, conflict, _row(person), keep=_FOUND_OUT)
        await self.connection.execute(delete(roles).where(roles.c.person_id == person.id))
        await self._give(person)

    async def get(self, person: PersonId) -> Person | None:
        return await self._one(people.c.id == person)

    async def by_telegram_id(self, telegram_id: int) -> Person | None:
        return await self._one(people.c.telegram_id == telegram_id)

    async def by_telegram_ids(self, telegram_ids: Collection[int]) -> Mapping[int, Person]:
        found = await self._select(people.c.telegram_id.in_(telegram_ids))
        return {person.telegram_id: person for person in found}

    async def all(self) -> Sequence[Person]:
        """By name."""
        return await self._select(true())

    async def with_role(self, role: Role) -> Sequence[Person]:
        """By name; who is blocked has no part in it."""
        have_it = people.c.id.in_(select(roles.c.person_id).where(roles.c.role == role))
        return await self._select(have_it & people.c.blocked_at.is_(None))

    async def arrived(self, person: PersonId, chat_id: int) -> None:
        await self._change(person, chat_id=chat_id, reachable=True)

    async def unreachable(self, person: PersonId) -> None:
        await self._change(person, reachable=False)

    async def speaks(self, person: PersonId, language: Language, zone: str) -> None:
        await self._change(person, language=language, zone=zone)

    async def block(self, person: PersonId, at: datetime | None) -> None:
        await self._change(person, blocked_at=at)

    async def menus(self) -> dict[PersonId, str]:
        return dict(
            await fetch(self.connection, lambda *pair: pair, select(menus.c.person_id, menus.c.digest))
        )

    async def remember_menu(self, person: PersonId, digest: str) -> None:
        await upsert(self.connection, menus, {"person_id": person, "digest": digest})

    async def consents(self, person: PersonId) -> Sequence[Consent]:
        theirs = select(*columns_of(consents, Consent)).where(consents.c.person_id == person)
        return await fetch(self.connection, Consent, theirs.order_by(desc(consents.c.version)))

    async def consent(self, consent: Consent) -> None:
        await insert_new(self.connection, consents, values_of(consent))
        await self._change(consent.person_id, consent_version=consent.version)

    async def _give(self, person: Person) -> None:
        held = [{"person_id": person.id, "role": role} for role in person.roles]
        await insert_all(self.connection, roles, f"{person.name} has that role already", *held)

    async def _change(self, person: PersonId, **changes: Any) -> None:
        await self.connection.execute(update(people).where(people.c.id == person).values(changes))

    async def _one(self, condition: ColumnElement[bool]) -> Person | None:
        return next(iter(await self._select(condition)), None)

    async def _select(self, condition: ColumnElement[bool]) -> Sequence[Person]:
        with_roles = people.outerjoin(roles, roles.c.person_id == people.c.id)
        statement = select(people, roles.c.role).select_from(with_roles).where(condition)
        rows = await self.connection.execute(statement.order_by(people.c.name, people.c.id))
        return _people(rows.mappings())


def _row(person: Person) -> dict[str, Any]:
    return {name: value for name, value in values_of(person).items() if name != "roles"}


def _people(rows: Iterable[RowMapping]) -> Sequence[Person]:
    """One person of all the rows that differ in the role only."""
    found: dict[PersonId, Person] = {}
    for row in rows:
        columns = dict(row)
        role = columns.pop("role")
        person = found.get(row["id"], Person(**columns, roles=frozenset()))
        found[person.id] = replace(person, roles=person.roles | ({role} if role else set()))
    return list(found.values())
