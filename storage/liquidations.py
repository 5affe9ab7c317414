"""Liquidations: one running per account, each step by compare-and-set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, desc, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.errors import Conflict
from core.model.ids import AccountId
from core.model.risk import Liquidation, LiquidationState
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import liquidations

_COLUMNS = columns_of(liquidations, Liquidation)
_SELECT = select(*_COLUMNS).order_by(liquidations.c.id)
_RUNNING = _SELECT.where(liquidations.c.finished_at.is_(None))
_RUNNING_OF = _RUNNING.where(liquidations.c.account_id == bindparam("account"))


@dataclass(frozen=True, slots=True)
class SqlLiquidations:
    connection: AsyncConnection

    async def start(
        self,
        account: AccountId,
        state: LiquidationState,
        reason: str,
        at: datetime,
        fires_at: datetime,
        panic: int | None = None,
    ) -> Liquidation:
        if await self.running_of(account) is not None:
            raise Conflict("a liquidation of this account is running already")
        row = {
            "account_id": account,
            "state": state,
            "reason": reason,
            "started_at": at,
            "fires_at": fires_at,
            "clean_reads": 0,
            "attempts": 0,
            "panic": panic,
        }
        started = await self.connection.execute(insert(liquidations).values(row).returning(*_COLUMNS))
        return Liquidation(*started.one())

    async def get(self, liquidation: int) -> Liquidation | None:
        return await fetch_one(self.connection, Liquidation, _SELECT.where(liquidations.c.id == liquidation))

    async def running_of(self, account: AccountId) -> Liquidation | None:
        return await fetch_one(self.connection, Liquidation, _RUNNING_OF, account=account)

    async def running(self) -> Sequence[Liquidation]:
        return await fetch(self.connection, Liquidation, _RUNNING)

    async def latest_of(self, account: AccountId, by: datetime | None = None) -> Liquidation | None:
        its = select(*_COLUMNS).where(liquidations.c.account_id == account)
        begun = its if by is None else its.where(liquidations.c.started_at <= by)
        newest = begun.order_by(desc(liquidations.c.id)).limit(1)
        return await fetch_one(self.connection, Liquidation, newest)

    async def advance(self, changed: Liquidation, expected: LiquidationState) -> bool:
        statement = update(liquidations).where(
            liquidations.c.id == changed.id, liquidations.c.state == expected
        )
        values = values_of(changed)
        if changed.panic is None:  # who read it before a panic took it in does not take it out again
            del values["panic"]
        return (await self.connection.execute(statement.values(values))).rowcount == 1
