"""Trades: what the desk expects to exist."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, desc, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.errors import NotFound
from core.model.ids import AccountId, IntentId, PersonId, SourceId, TradeId
from core.model.results import Result, ResultFilter
from core.model.trades import Trade, TradeState
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import accounts, intents, signals, snapshots, trades

_SELECT = select(*columns_of(trades, Trade))
_OPEN_OF = _SELECT.where(
    trades.c.account_id == bindparam("account"), trades.c.state == TradeState.OPEN
).order_by(trades.c.opened_at, trades.c.id)
_FROM = (
    trades.join(accounts, accounts.c.id == trades.c.account_id)
    .outerjoin(signals, signals.c.id == trades.c.signal_id)
    .outerjoin(intents, intents.c.id == trades.c.intent_id)
)
_CURRENCY = (
    select(snapshots.c.currency)
    .where(snapshots.c.account_id == trades.c.account_id)
    .order_by(desc(snapshots.c.id))
    .limit(1)
    .scalar_subquery()
)
_RESULTS = select(
    accounts.c.label,
    signals.c.source_name,
    _CURRENCY,
    intents.c.risk,
    intents.c.pip,
    *columns_of(trades, Trade),
).select_from(_FROM)


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

    async def results(self, wanted: ResultFilter, limit: int, offset: int = 0) -> Sequence[Result]:
        newest = _RESULTS.where(*_wanted(wanted)).order_by(desc(trades.c.closed_at), desc(trades.c.id))
        return await fetch(self.connection, _result, newest.limit(limit).offset(offset))

    async def count_results(self, wanted: ResultFilter) -> int:
        query = select(func.count()).select_from(_FROM).where(*_wanted(wanted))
        return await self.connection.scalar(query) or 0

    async def sources_of(self, accounts: Collection[AccountId] | None) -> Sequence[tuple[SourceId, str]]:
        theirs = select(signals.c.source_id, signals.c.source_name).select_from(trades.join(signals))
        if accounts is not None:
            theirs = theirs.where(trades.c.account_id.in_(accounts))
        rows = await self.connection.execute(theirs.distinct().order_by(signals.c.source_name))
        return [(SourceId(row.source_id), row.source_name) for row in rows]


def _wanted(wanted: ResultFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [trades.c.state == TradeState.CLOSED]
    if wanted.accounts is not None:
        conditions.append(trades.c.account_id.in_(wanted.accounts))
    if wanted.source is not None:
        conditions.append(signals.c.source_id == wanted.source)
    if wanted.since is not None:
        conditions.append(trades.c.closed_at >= wanted.since)
    return conditions


def _result(account: str, source: str | None, currency: str | None, *rest: Any) -> Result:
    risk, pip, *trade = rest
    return Result(Trade(*trade), account, source or "", currency or "", risk, pip)
