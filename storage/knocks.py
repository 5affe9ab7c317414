"""Strangers at the door: one row for each, decided once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.joining import Knock
from storage.rows import columns_of, fetch_one, insert_new, values_of
from storage.tables import knocks

_SELECT = select(*columns_of(knocks, Knock))


@dataclass(frozen=True, slots=True)
class SqlKnocks:
    connection: AsyncConnection

    async def add(self, knock: Knock) -> bool:
        row = {name: value for name, value in values_of(knock).items() if name != "id"}
        return await insert_new(self.connection, knocks, row) == 1

    async def get(self, knock: int) -> Knock | None:
        return await fetch_one(self.connection, Knock, _SELECT.where(knocks.c.id == knock))

    async def by_telegram_id(self, telegram_id: int) -> Knock | None:
        return await fetch_one(self.connection, Knock, _SELECT.where(knocks.c.telegram_id == telegram_id))

    async def advance(self, changed: Knock, expected: Knock) -> bool:
        was = (knocks.c.state == expected.state, knocks.c.asks == expected.asks)
        statement = update(knocks).where(knocks.c.id == changed.id, *was).values(values_of(changed))
        return (await self.connection.execute(statement)).rowcount == 1

    async def count_since(self, moment: datetime) -> int:
        query = select(func.count()).select_from(knocks).where(knocks.c.knocked_at >= moment)
        return (await self.connection.execute(query)).scalar_one()

    async def count_asked(self, since: datetime) -> int:
        query = select(func.count()).select_from(knocks).where(knocks.c.asked_at >= since)
        return (await self.connection.execute(query)).scalar_one()
