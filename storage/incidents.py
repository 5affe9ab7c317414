"""Incidents: one of each trouble per account while it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId
from core.model.incidents import Incident, Trouble
from storage.rows import columns_of, fetch, fetch_one, insert_new
from storage.tables import incidents as table

_SELECT = select(*columns_of(table, Incident)).order_by(table.c.id)
_LASTING = table.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlIncidents:
    connection: AsyncConnection

    async def begin(self, account: AccountId, trouble: Trouble, sentence: str, at: datetime) -> bool:
        row = {"account_id": account, "trouble": trouble, "sentence": sentence, "began_at": at}
        return await insert_new(self.connection, table, row) == 1

    async def end(self, account: AccountId, trouble: Trouble, at: datetime) -> Incident | None:
        which = (table.c.account_id == account, table.c.trouble == trouble, _LASTING)
        ended = update(table).where(*which).values(ended_at=at).returning(*columns_of(table, Incident))
        return await fetch_one(self.connection, Incident, ended)

    async def of(self, account: AccountId, since: datetime) -> Sequence[Incident]:
        recent = or_(_LASTING, table.c.ended_at >= since)
        return await fetch(self.connection, Incident, _SELECT.where(table.c.account_id == account, recent))

    async def lasting(self) -> Sequence[Incident]:
        return await fetch(self.connection, Incident, _SELECT.where(_LASTING))
