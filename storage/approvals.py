"""Approvals: decided once, by compare-and-set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import desc, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.approvals import Approval, ApprovalState
from core.model.ids import ApprovalId, PersonId, SignalId
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import approvals as table

_SELECT = select(*columns_of(table, Approval))
_PENDING = table.c.state == ApprovalState.PENDING
_DECIDED = ("state", "version", "lots", "risk", "reason", "decided_at", "consent_version")
_OVERDUE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SqlApprovals:
    connection: AsyncConnection

    async def add_all(self, approvals: Sequence[Approval]) -> None:
        rows = [values_of(approval) for approval in approvals]
        await insert_all(self.connection, table, "an account has that signal already", *rows)

    async def get(self, approval: ApprovalId) -> Approval | None:
        return await fetch_one(self.connection, Approval, _SELECT.where(table.c.id == approval))

    async def of_signal(self, signal: SignalId) -> Sequence[Approval]:
        query = _SELECT.where(table.c.signal_id == signal).order_by(table.c.id)
        return await fetch(self.connection, Approval, query)

    async def tally(self, signals: Collection[SignalId]) -> dict[SignalId, dict[ApprovalState, int]]:
        keys = (table.c.signal_id, table.c.state)
        query = select(*keys, func.count()).where(table.c.signal_id.in_(signals)).group_by(*keys)
        found: dict[SignalId, dict[ApprovalState, int]] = {}
        for signal, state, number in await self.connection.execute(query):
            found.setdefault(signal, {})[state] = number
        return found

    async def of_person(self, person: PersonId, limit: int) -> Sequence[Approval]:
        """Those that expire last first."""
        newest = _SELECT.order_by(desc(table.c.expires_at), desc(table.c.id)).limit(limit)
        return await fetch(self.connection, Approval, newest.where(table.c.person_id == person))

    async def overdue(self, now: datetime) -> Sequence[Approval]:
        overdue = _SELECT.where(_PENDING, table.c.expires_at <= now)
        oldest = overdue.order_by(table.c.expires_at).limit(_OVERDUE_AT_ONCE)
        return await fetch(self.connection, Approval, oldest)

    async def next_expiry(self) -> datetime | None:
        query = select(func.min(table.c.expires_at)).where(_PENDING)
        next_one: datetime | None = await self.connection.scalar(query)
        return next_one

    async def decide(self, decided: Approval, expected_version: int) -> bool:
        changes = {name: getattr(decided, name) for name in _DECIDED}
        statement = update(table).where(
            table.c.id == decided.id, _PENDING, table.c.version == expected_version
        )
        return (await self.connection.execute(statement.values(changes))).rowcount == 1

    async def set_size(
        self, approval: ApprovalId, lots: Decimal, risk: Decimal, margin: Decimal | None = None
    ) -> bool:
        statement = update(table).where(table.c.id == approval, _PENDING, table.c.lots.is_(None))
        size = {"lots": lots, "risk": risk, "margin": margin}
        return (await self.connection.execute(statement.values(size))).rowcount == 1

    async def count_pending(self) -> int:
        pending = select(func.count()).select_from(table).where(_PENDING)
        return (await self.connection.execute(pending)).scalar_one()

    async def refuse(self, approval: ApprovalId, refusal: str, at: datetime) -> bool:
        statement = update(table).where(table.c.id == approval, _PENDING)
        why = {"refusal": refusal, "refused_at": at}
        return (await self.connection.execute(statement.values(why))).rowcount == 1
