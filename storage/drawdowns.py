"""The drawdown guard's memory, and what people were told of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId
from core.model.risk import DrawdownState
from storage.rows import columns_of, fetch, fetch_one, upsert, values_of
from storage.tables import drawdown_alerts, drawdowns

_SELECT = select(*columns_of(drawdowns, DrawdownState))
_OF = _SELECT.where(drawdowns.c.account_id == bindparam("account"))


@dataclass(frozen=True, slots=True)
class SqlDrawdowns:
    connection: AsyncConnection

    async def get(self, account: AccountId) -> DrawdownState | None:
        return await fetch_one(self.connection, DrawdownState, _OF, account=account)

    async def all(self) -> Sequence[DrawdownState]:
        return await fetch(self.connection, DrawdownState, _SELECT.order_by(drawdowns.c.account_id))

    async def save(self, state: DrawdownState) -> None:
        """Replace what was saved before."""
        await upsert(self.connection, drawdowns, values_of(state))

    async def alert(self, state: DrawdownState, kind: str) -> None:
        row = {
            "account_id": state.account_id,
            "kind": kind,
            "peak": state.peak,
            "equity": state.equity,
            "level": state.level,
            "at": state.read_at,
        }
        await self.connection.execute(insert(drawdown_alerts).values(row))
