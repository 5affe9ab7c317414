"""The newest snapshot of each account."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Order, MT5Position
from storage.rows import columns_of, fetch_one, upsert, values_of
from storage.tables import snapshots

_SELECT = select(snapshots.c.positions, snapshots.c.orders, *columns_of(snapshots, MT5AccountState))


@dataclass(frozen=True, slots=True)
class SqlSnapshots:
    connection: AsyncConnection

    async def save(self, account: AccountId, snapshot: MT5AccountSnapshot) -> None:
        """Replace what was saved before."""
        row = values_of(snapshot)
        state = values_of(row.pop("account"))
        await upsert(self.connection, snapshots, {"account_id": account, **state, **row})

    async def latest(self, account: AccountId) -> MT5AccountSnapshot | None:
        query = _SELECT.where(snapshots.c.account_id == account)
        return await fetch_one(self.connection, _snapshot, query)


def _snapshot(
    positions: tuple[MT5Position, ...], orders: tuple[MT5Order, ...], *state: Any
) -> MT5AccountSnapshot:
    return MT5AccountSnapshot(MT5AccountState(*state), positions, orders)
