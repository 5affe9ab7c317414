"""Standing approvals, one at a time for each account and source."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import PersonId, SourceId
from core.model.standing import StandingApproval
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import standing_approvals as table

_COLUMNS = columns_of(table, StandingApproval)
_SELECT = select(*_COLUMNS).order_by(table.c.id)
_HOLDS = (table.c.accepted_at.is_not(None), table.c.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class SqlStanding:
    connection: AsyncConnection

    async def add(self, draft: StandingApproval) -> StandingApproval:
        made = insert(table).values(_row(draft)).returning(*_COLUMNS)
        return StandingApproval(*(await self.connection.execute(made)).one())

    async def get(self, number: int) -> StandingApproval | None:
        return await fetch_one(self.connection, StandingApproval, _SELECT.where(table.c.id == number))

    async def of_person(self, person: PersonId) -> Sequence[StandingApproval]:
        query = _SELECT.where(table.c.person_id == person, table.c.ended_at.is_(None))
        return await fetch(self.connection, StandingApproval, query)

    async def holding(self, source: SourceId | None = None) -> Sequence[StandingApproval]:
        of_source = (table.c.source_id == source,) if source else ()
        return await fetch(self.connection, StandingApproval, _SELECT.where(*_HOLDS, *of_source))

    async def update(self, changed: StandingApproval, expected_version: int) -> bool:
        alive = (table.c.id == changed.id, table.c.version == expected_version, table.c.ended_at.is_(None))
        statement = update(table).where(*alive).values(_row(changed))
        return (await self.connection.execute(statement)).rowcount == 1

    async def drop_drafts(self, person: PersonId) -> None:
        drafts = (table.c.person_id == person, table.c.accepted_at.is_(None))
        await self.connection.execute(delete(table).where(*drafts))


def _row(standing: StandingApproval) -> dict[str, object]:
    """Without the number, which the database gives."""
    return {name: value for name, value in values_of(standing).items() if name != "id"}
