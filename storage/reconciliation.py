"""The reconciliation log: each divergence once while it lasts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import desc, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import AccountId
from core.model.trades import TradeState
from core.ports import LogRow
from storage.rows import columns_of, fetch, values_of
from storage.tables import reconciliation_log as table
from storage.tables import trades

_SELECT = select(table.c.id, table.c.found_at, table.c.ended_at, *columns_of(table, Divergence))
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class SqlReconciliation:
    connection: AsyncConnection

    async def lasting(self, account: AccountId) -> Sequence[LogRow]:
        """Oldest first."""
        lasting = _SELECT.where(table.c.account_id == account, table.c.ended_at.is_(None))
        return await fetch(self.connection, _log_row, lasting.order_by(table.c.id))

    async def record(self, divergence: Divergence, at: datetime, *, ended: bool = False) -> bool:
        """A position closes once: a `closed` row is never recorded again, ended or not."""
        if await self.connection.scalar(select(_is_recorded(divergence))):
            return False
        row = values_of(divergence) | {
            "status": divergence.kind.status,
            "key": divergence.key,
            "found_at": at,
            "ended_at": at if ended else None,
        }
        await self.connection.execute(insert(table).values(row))
        return True

    async def end(self, rows: Iterable[int], at: datetime) -> None:
        """Rows that ended before keep their time."""
        statement = update(table).where(table.c.id.in_(list(rows)), table.c.ended_at.is_(None))
        await self.connection.execute(statement.values(ended_at=at))

    async def known_positions(self, account: AccountId) -> frozenset[int]:
        """The newest thousand of each: a flicker comes soon after the close or not at all."""
        closed = (
            select(trades.c.position)
            .where(trades.c.account_id == account, trades.c.state == TradeState.CLOSED)
            .order_by(desc(trades.c.closed_at))
            .limit(_REMEMBERED)
        )
        unmatched = (
            select(table.c.position)
            .where(table.c.account_id == account, table.c.kind == DivergenceKind.UNMATCHED)
            .where(table.c.ended_at.is_not(None))
            .order_by(desc(table.c.ended_at))
            .limit(_REMEMBERED)
        )
        return frozenset([*await self.connection.scalars(closed), *await self.connection.scalars(unmatched)])

    async def log(self, account: AccountId, limit: int) -> Sequence[LogRow]:
        newest = _SELECT.where(table.c.account_id == account).order_by(desc(table.c.id))
        return await fetch(self.connection, _log_row, newest.limit(limit))


def _is_recorded(divergence: Divergence) -> Any:
    same = (table.c.account_id == divergence.account_id, table.c.key == divergence.key)
    return exists().where(*same, or_(table.c.ended_at.is_(None), table.c.kind == DivergenceKind.CLOSED))


def _log_row(number: int, found_at: datetime, ended_at: datetime | None, *divergence: Any) -> LogRow:
    return LogRow(number, Divergence(*divergence), found_at, ended_at)
