"""Panics, and what each of them does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import PersonId
from core.model.panics import Panic
from core.model.risk import Liquidation
from storage.rows import columns_of, fetch, fetch_one
from storage.tables import accounts, liquidations, panics

_COLUMNS = columns_of(panics, Panic)
_SELECT = select(*_COLUMNS)
_LINKED = liquidations.join(accounts, liquidations.c.account_id == accounts.c.id)
_RUNS = (
    select(liquidations.c.id)
    .select_from(_LINKED)
    .where(
        liquidations.c.panic == panics.c.id,
        liquidations.c.finished_at.is_(None),
        accounts.c.retired_at.is_(None),  # nobody steps what is of no account of the desk any more
    )
)


@dataclass(frozen=True, slots=True)
class SqlPanics:
    connection: AsyncConnection

    async def start(self, by: PersonId, at: datetime) -> Panic:
        row = {"person_id": by, "at": at}
        started = await self.connection.execute(insert(panics).values(row).returning(*_COLUMNS))
        return Panic(*started.one())

    async def get(self, panic: int) -> Panic | None:
        return await fetch_one(self.connection, Panic, _SELECT.where(panics.c.id == panic))

    async def running(self) -> Panic | None:
        newest = _SELECT.where(_RUNS.exists()).order_by(desc(panics.c.id)).limit(1)
        return await fetch_one(self.connection, Panic, newest)

    async def liquidations_of(self, panic: int) -> Sequence[Liquidation]:
        found = select(*columns_of(liquidations, Liquidation)).where(liquidations.c.panic == panic)
        return await fetch(self.connection, Liquidation, found.order_by(liquidations.c.id))
