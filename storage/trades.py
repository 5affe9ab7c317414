"""Trades: what the desk expects to exist."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, desc, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.errors import NotFound
from core.model.ids import AccountId, IntentId, PersonId, TradeId
from core.model.trades import Trade, TradeState
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import accounts, trades

_SELECT = select(*columns_of(trades, Trade))
_OPEN_OF = _SELECT.where(
    trades.c.account_id == bindparam("account"), trades.c.state == TradeState.OPEN
).order_by(trades.c.opened_at, trades.c.id)


@dataclass(frozen=True, slots=True)
class SqlTrades:
    connection: AsyncConnection

    async def add(self, trade: Trade) -> None:
        """Raises Conflict when the id, the intent, or the account's position has a trade already."""
        conflict = f"position {trade.position} has a trade already"
        await insert_all(self.connection, trades, conflict, values_of(trade))

    async def update(self, trade: Trade) -> None:
        """Raises NotFound."""
        statement = update(trades).where(trades.c.id == trade.id).values(values_of(trade))
        if (await self.connection.execute(statement)).rowcount != 1:
            raise NotFound(f"there is no trade {trade.id}")

    async def open_of(self, account: AccountId) -> Sequence[Trade]:
        """Oldest first."""
        return await fetch(self.connection, Trade, _OPEN_OF, account=account)

    async def closed_of(self, account: AccountId, limit: int) -> Sequence[Trade]:
        closed = _SELECT.where(trades.c.account_id == account, trades.c.state == TradeState.CLOSED)
        newest = closed.order_by(desc(trades.c.closed_at), desc(trades.c.id)).limit(limit)
        return await fetch(self.connection, Trade, newest)

    async def on_position(self, account: AccountId, position: int) -> Sequence[Trade]:
        there = (trades.c.account_id == account, trades.c.position == position)
        return await fetch(
            self.connection, Trade, _SELECT.where(*there).order_by(trades.c.opened_at, trades.c.id)
        )

    async def of_intent(self, intent: IntentId) -> Trade | None:
        return await fetch_one(self.connection, Trade, _SELECT.where(trades.c.intent_id == intent))

    async def of_person(self, person: PersonId, limit: int) -> Sequence[Trade]:
        theirs = _SELECT.join(accounts, accounts.c.id == trades.c.account_id)
        newest = theirs.order_by(desc(trades.c.opened_at), desc(trades.c.id)).limit(limit)
        return await fetch(self.connection, Trade, newest.where(accounts.c.person_id == person))

    async def get(self, trade: TradeId) -> Trade | None:
        return await fetch_one(self.connection, Trade, _SELECT.where(trades.c.id == trade))
