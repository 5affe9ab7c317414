"""What the terminals reported, moment by moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, delete, desc, extract, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.equity import EquityPoint
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Order, MT5Position
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import snapshots

_SELECT = select(snapshots.c.positions, snapshots.c.orders, *columns_of(snapshots, MT5AccountState))


@dataclass(frozen=True, slots=True)
class SqlSnapshots:
    connection: AsyncConnection

    async def save(self, account: AccountId, snapshot: MT5AccountSnapshot) -> None:
        row = values_of(snapshot)
        state = values_of(row.pop("account"))
        await self.connection.execute(insert(snapshots), {"account_id": account, **state, **row})

    async def latest(self, account: AccountId) -> MT5AccountSnapshot | None:
        query = _SELECT.where(snapshots.c.account_id == account).order_by(desc(snapshots.c.id)).limit(1)
        return await fetch_one(self.connection, _snapshot, query)

    async def equity(self, account: AccountId, since: datetime, every: timedelta) -> Sequence[EquityPoint]:
        table, theirs = snapshots.c, snapshots.c.account_id == account
        slot = _slot(every)
        last = select(func.max(table.id)).where(theirs, table.read_at >= since).group_by(slot)
        columns = (table.read_at, table.equity, table.balance)
        query = select(*columns).where(table.id.in_(last)).order_by(table.id)
        return await fetch(self.connection, EquityPoint, query)

    async def superfluous(
        self, account: AccountId, before: datetime, keep_every: timedelta, limit: int
    ) -> Sequence[int]:
        table, theirs = snapshots.c, snapshots.c.account_id == account
        place = func.row_number().over(partition_by=_slot(keep_every), order_by=table.id).label("place")
        old = select(table.id, place).where(theirs, table.read_at < before).subquery()
        newest = select(func.max(table.id)).where(theirs).scalar_subquery()
        query = select(old.c.id).where(old.c.place > 1, old.c.id != newest).order_by(old.c.id).limit(limit)
        return (await self.connection.scalars(query)).all()

    async def remove(self, numbers: Sequence[int]) -> int:
        statement = delete(snapshots).where(snapshots.c.id.in_(numbers))
        return (await self.connection.execute(statement)).rowcount


def _slot(every: timedelta) -> ColumnElement[int]:
    """The number of the span of time that a snapshot lies in."""
    return _milliseconds(snapshots.c.read_at) // (int(every.total_seconds()) * 1000)


def _milliseconds(time: ColumnElement[datetime]) -> ColumnElement[int]:
    """Since 1970. SQLite tells the whole seconds of a time that it has rounded to a millisecond; PostgreSQL,
    rounding as well, puts it into the same second."""
    return cast(extract("epoch", time) * 1000, BigInteger)


def _snapshot(
    positions: tuple[MT5Position, ...], orders: tuple[MT5Order, ...], *state: Any
) -> MT5AccountSnapshot:
    return MT5AccountSnapshot(MT5AccountState(*state), positions, orders)
