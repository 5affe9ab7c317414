"""The reconciliation log: each divergence once while it lasts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, desc, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.divergences import SETTLED, Decision, Divergence, DivergenceKind, LogFilter, LogRow
from core.model.ids import AccountId, PersonId
from core.model.trades import TradeState
from storage.rows import columns_of, fetch, fetch_one, values_of
from storage.tables import reconciliation_log as table
from storage.tables import trades

_OWN = [table.c[field.name] for field in fields(LogRow) if field.name != "divergence"]
_SELECT = select(*_OWN, *columns_of(table, Divergence))
_LASTS = table.c.ended_at.is_(None)
_COUNTS = and_(_LASTS, or_(table.c.decision.is_(None), table.c.decision.not_in(SETTLED)))
_LASTING = _SELECT.where(table.c.account_id == bindparam("account"), _LASTS).order_by(table.c.id)
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class SqlReconciliation:
    connection: AsyncConnection

    async def get(self, row: int) -> LogRow | None:
        return await fetch_one(self.connection, _log_row, _SELECT.where(table.c.id == row))

    async def lasting(self, account: AccountId) -> Sequence[LogRow]:
        return await fetch(self.connection, _log_row, _LASTING, account=account)

    async def record(
        self, divergences: Sequence[Divergence], at: datetime, *, ended: bool = False
    ) -> Sequence[LogRow]:
        recorded = await self._recorded(divergences)
        fresh = {(d.account_id, d.key): d for d in divergences if (d.account_id, d.key) not in recorded}
        if not fresh:
            return []
        rows = [_row(divergence, at, ended=ended) for divergence in fresh.values()]
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        ids = await self.connection.scalars(statement, rows)
        return [LogRow(i, d, at, at if ended else None) for i, d in zip(ids, fresh.values(), strict=True)]

    async def _recorded(self, divergences: Sequence[Divergence]) -> set[tuple[AccountId, str]]:
        """Those that last, and those that were closed, ended or not."""
        accounts, keys = {d.account_id for d in divergences}, {d.key for d in divergences}
        stands = or_(_LASTS, table.c.kind == DivergenceKind.CLOSED)
        known = select(table.c.account_id, table.c.key).where(
            table.c.account_id.in_(accounts), table.c.key.in_(keys), stands
        )
        return {(account, key) for account, key in await self.connection.execute(known)}

    async def refresh(self, row: int, divergence: Divergence) -> None:
        present = {"size": divergence.size, "unit": divergence.unit, "facts": divergence.facts}
        await self.connection.execute(update(table).where(table.c.id == row, _LASTS).values(present))

    async def end(self, rows: Iterable[int], at: datetime) -> None:
        if over := list(rows):
            await self.connection.execute(
                update(table).where(table.c.id.in_(over), _LASTS).values(ended_at=at)
            )

    async def decide(
        self, row: int, decision: Decision, by: PersonId, at: datetime, expected: Decision | None = None
    ) -> bool:
        stands = table.c.decision.is_(None) if expected is None else table.c.decision == expected
        statement = update(table).where(table.c.id == row, _LASTS, stands)
        made = await self.connection.execute(
            statement.values(decision=decision, decided_by=by, decided_at=at)
        )
        return made.rowcount == 1

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

    async def open_counts(self) -> dict[AccountId, Counter[DivergenceKind]]:
        of = (table.c.account_id, table.c.kind)
        counts: defaultdict[AccountId, Counter[DivergenceKind]] = defaultdict(Counter)
        for account, kind, rows in await self.connection.execute(
            select(*of, func.count()).where(_COUNTS).group_by(*of)
        ):
            counts[account][kind] = rows
        return dict(counts)

    async def page(self, wanted: LogFilter, limit: int, before: int | None = None) -> Sequence[LogRow]:
        query = _SELECT.where(*_conditions(wanted)).order_by(desc(table.c.id)).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        return await fetch(self.connection, _log_row, query)


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    equal = {
        table.c.account_id: wanted.account,
        table.c.status: wanted.status,
        table.c.kind: wanted.kind,
        table.c.symbol: wanted.symbol,
        table.c.position: wanted.position,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if wanted.lasting is not None:
        yield _LASTS if wanted.lasting else table.c.ended_at.is_not(None)
    if wanted.since is not None:
        yield table.c.found_at >= wanted.since
    if wanted.until is not None:
        yield table.c.found_at <= wanted.until


def _row(divergence: Divergence, at: datetime, *, ended: bool) -> dict[str, Any]:
    return values_of(divergence) | {
        "status": divergence.kind.status,
        "key": divergence.key,
        "found_at": at,
        "ended_at": at if ended else None,
    }


def _log_row(number: int, *columns: Any) -> LogRow:
    own = len(_OWN)
    return LogRow(number, Divergence(*columns[own - 1 :]), *columns[: own - 1])
