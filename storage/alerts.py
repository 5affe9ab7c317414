"""How people want to be told, what is held for them, escalations, and routes to groups."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.alerts import Escalation, Family, Held, QuietHours, Route, Wish, Wishes
from core.model.events import Json
from core.model.ids import PersonId
from storage.rows import columns_of, fetch, fetch_one, insert_new, values_of
from storage.tables import escalations, held, outbox, people, quiet_hours, routes, wishes

HELD_AT_ONCE = 500

_LASTING = (escalations.c.acknowledged_at.is_(None), escalations.c.over_at.is_(None))


@dataclass(frozen=True, slots=True)
class SqlPreferences:
    connection: AsyncConnection

    async def of(self, wanted: Collection[PersonId]) -> Mapping[PersonId, Wishes]:
        said: dict[PersonId, dict[str, Wish]] = defaultdict(dict)
        query = select(wishes.c.person_id, wishes.c.event, wishes.c.wish)
        wished = await self.connection.execute(query.where(wishes.c.person_id.in_(wanted)))
        for person, event, wish in wished:
            said[person][event] = wish
        joined = people.outerjoin(quiet_hours, quiet_hours.c.person_id == people.c.id)
        hours = select(people.c.id, people.c.zone, quiet_hours.c.begins, quiet_hours.c.ends)
        found = await self.connection.execute(hours.select_from(joined).where(people.c.id.in_(wanted)))
        known = {
            person: Wishes(said[person], QuietHours(begins, ends) if begins is not None else None, zone)
            for person, zone, begins, ends in found
        }
        return {person: known.get(person, Wishes()) for person in wanted}

    async def wish(self, person: PersonId, event: str, wish: Wish | None) -> None:
        taken = delete(wishes).where(wishes.c.person_id == person, wishes.c.event == event)
        await self.connection.execute(taken)
        if wish is not None:
            row = {"person_id": person, "event": event, "wish": wish}
            await self.connection.execute(insert(wishes), row)

    async def quiet(self, person: PersonId, hours: QuietHours | None) -> None:
        await self.connection.execute(delete(quiet_hours).where(quiet_hours.c.person_id == person))
        if hours is not None:
            await self.connection.execute(insert(quiet_hours), {"person_id": person} | values_of(hours))

    async def hold(self, person: PersonId, name: str, data: Json, at: datetime) -> None:
        row = {"person_id": person, "name": name, "data": data, "at": at}
        await self.connection.execute(insert(held), row)

    async def held(self, person: PersonId) -> Sequence[Held]:
        query = select(*columns_of(held, Held)).where(held.c.person_id == person)
        return await fetch(self.connection, Held, query.order_by(held.c.id).limit(HELD_AT_ONCE))

    async def release(self, person: PersonId, last: int) -> None:
        told = delete(held).where(held.c.person_id == person, held.c.id <= last)
        await self.connection.execute(told)

    async def holding(self) -> Collection[PersonId]:
        return frozenset(await self.connection.scalars(select(held.c.person_id).distinct()))


@dataclass(frozen=True, slots=True)
class SqlEscalations:
    connection: AsyncConnection

    async def begin(self, escalation: Escalation) -> int | None:
        row = {name: value for name, value in values_of(escalation).items() if name != "id"}
        if not await insert_new(self.connection, escalations, row):
            return None
        same = (escalations.c.name == escalation.name, escalations.c.about == escalation.about)
        found: int | None = await self.connection.scalar(select(escalations.c.id).where(*same, *_LASTING))
        return found

    async def get(self, escalation: int) -> Escalation | None:
        query = select(*columns_of(escalations, Escalation)).where(escalations.c.id == escalation)
        return await fetch_one(self.connection, Escalation, query)

    async def lasting(self) -> Sequence[Escalation]:
        query = select(*columns_of(escalations, Escalation)).where(*_LASTING).order_by(escalations.c.id)
        return await fetch(self.connection, Escalation, query)

    async def step(self, after: Escalation, before: Escalation) -> bool:
        same = escalations.c.told_at == before.told_at
        changes = {"told": after.told, "told_at": after.told_at}
        return await self._change(before.id, changes, same)

    async def acknowledge(self, escalation: int, person: PersonId, at: datetime) -> bool:
        return await self._change(escalation, {"acknowledged_by": person, "acknowledged_at": at})

    async def over(self, escalation: int, at: datetime) -> bool:
        return await self._change(escalation, {"over_at": at})

    async def _change(
        self, escalation: int, changes: Mapping[str, object], *when: ColumnElement[bool]
    ) -> bool:
        """Only while it lasts."""
        statement = update(escalations).where(escalations.c.id == escalation, *_LASTING, *when)
        return (await self.connection.execute(statement.values(changes))).rowcount == 1


@dataclass(frozen=True, slots=True)
class SqlRoutes:
    connection: AsyncConnection

    async def put(self, route: Route) -> int:
        place = (routes.c.chat_id == route.chat_id, routes.c.topic == route.topic)
        row = {name: value for name, value in values_of(route).items() if name != "id"}
        if not await insert_new(self.connection, routes, row):
            await self.connection.execute(update(routes).where(*place).values(row))
        found: int = (await self.connection.execute(select(routes.c.id).where(*place))).scalar_one()
        return found

    async def get(self, route: int) -> Route | None:
        query = select(*columns_of(routes, Route)).where(routes.c.id == route)
        return await fetch_one(self.connection, Route, query)

    async def all(self) -> Sequence[Route]:
        return await fetch(self.connection, Route, select(*columns_of(routes, Route)).order_by(routes.c.id))

    async def families(self, route: int, families: frozenset[Family]) -> None:
        changed = update(routes).where(routes.c.id == route).values(families=families)
        await self.connection.execute(changed)

    async def pause(self, route: int, at: datetime, reason: str) -> bool:
        going = update(routes).where(routes.c.id == route, routes.c.paused_at.is_(None))
        paused = await self.connection.execute(going.values(paused_at=at, reason=reason))
        return paused.rowcount == 1

    async def resume(self, route: int) -> None:
        paused = update(routes).where(routes.c.id == route)
        await self.connection.execute(paused.values(paused_at=None, reason=""))

    async def moved(self, before: int, after: int) -> None:
        """Where the new group has routes of its own already, these stay and the old ones go."""
        there = select(routes.c.topic).where(routes.c.chat_id == after)
        taken = routes.c.topic.in_((await self.connection.scalars(there)).all())
        await self.connection.execute(delete(routes).where(routes.c.chat_id == before, taken))
        moved = update(routes).where(routes.c.chat_id == before).values(chat_id=after)
        await self.connection.execute(moved)

    async def remove(self, route: int) -> bool:
        removed = await self.connection.execute(delete(routes).where(routes.c.id == route))
        return removed.rowcount == 1

    async def hand_on(self, route: int, to: PersonId) -> None:
        handed = update(routes).where(routes.c.id == route)
        await self.connection.execute(handed.values(person_id=to))
        waiting = update(outbox).where(outbox.c.route == route)
        await self.connection.execute(waiting.values(person_id=to))
