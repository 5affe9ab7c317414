"""Approvals: decided once, by compare-and-set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, desc, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.approvals import Approval, ApprovalState, SizedBy
from core.model.ids import ApprovalId, PersonId, SignalId
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import approvals as table

_SELECT = select(*columns_of(table, Approval))
_PENDING = table.c.state == ApprovalState.PENDING
_DECIDED = (
    "state",
    "version",
    "lots",
    "risk",
    "reason",
    "decided_at",
    "consent_version",
    "undo_until",
    "standing_id",
)
_SIZE = ("version", "lots", "risk", "margin", "sized_by", "factor", "refusal", "refused_at")
_OVERDUE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SqlApprovals:
    connection: AsyncConnection

    async def add_all(self, approvals: Sequence[Approval]) -> None:
        rows = [values_of(approval) for approval in approvals]
        await insert_all(self.connection, table, "an account has that signal already", *rows)

    async def get(self, approval: ApprovalId) -> Approval | None:
        return await fetch_one(self.connection, Approval, _SELECT.where(table.c.id == approval))

    async def by_ids(self, approvals: Collection[ApprovalId]) -> Mapping[ApprovalId, Approval]:
        found = await fetch(self.connection, Approval, _SELECT.where(table.c.id.in_(approvals)))
        return {approval.id: approval for approval in found}

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

    async def pending_of(self, person: PersonId) -> Sequence[Approval]:
        query = _SELECT.where(table.c.person_id == person, _PENDING).order_by(table.c.id)
        return await fetch(self.connection, Approval, query)

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

    async def reopen(self, approval: ApprovalId, expected_version: int, note: str | None = None) -> bool:
        approved = (table.c.state == ApprovalState.APPROVED, table.c.version == expected_version)
        nothing = dict.fromkeys(("decided_at", "consent_version", "undo_until"))
        left = {"standing_id": None} if note is None else {"standing_note": note}
        opened = {"state": ApprovalState.PENDING, "version": expected_version + 1, **nothing, **left}
        return await self._change(opened, table.c.id == approval, *approved)

    async def set_size(
        self,
        approval: ApprovalId,
        lots: Decimal,
        risk: Decimal,
        margin: Decimal | None = None,
        sized_by: SizedBy | None = None,
    ) -> bool:
        size = {"lots": lots, "risk": risk, "margin": margin, "sized_by": sized_by}
        return await self._change(size, table.c.id == approval, _PENDING, table.c.lots.is_(None))

    async def resize(self, resized: Approval, expected_version: int) -> bool:
        size = {name: getattr(resized, name) for name in _SIZE}
        at_version = table.c.version == expected_version
        return await self._change(size, table.c.id == resized.id, _PENDING, at_version)

    async def count_pending(self) -> int:
        pending = select(func.count()).select_from(table).where(_PENDING)
        return (await self.connection.execute(pending)).scalar_one()

    async def refuse(self, approval: ApprovalId, refusal: str, at: datetime) -> bool:
        statement = update(table).where(table.c.id == approval, _PENDING)
        why = {"refusal": refusal, "refused_at": at}
        return (await self.connection.execute(statement.values(why))).rowcount == 1

    async def foresee(self, approval: ApprovalId, obstacle: str | None) -> bool:
        over = {} if obstacle else {"refusal": None, "refused_at": None}
        differs = table.c.obstacle.is_distinct_from(obstacle)
        return await self._change({"obstacle": obstacle, **over}, table.c.id == approval, _PENDING, differs)

    async def pending(self, *, obstructed: bool = False) -> Sequence[Approval]:
        wanted = (_PENDING, table.c.obstacle.is_not(None)) if obstructed else (_PENDING,)
        oldest = _SELECT.where(*wanted).order_by(table.c.expires_at, table.c.id)
        return await fetch(self.connection, Approval, oldest)

    async def to_be_taken(self) -> Sequence[Approval]:
        untried = _SELECT.where(_PENDING, table.c.standing_id.is_not(None), table.c.standing_note.is_(None))
        return await fetch(self.connection, Approval, untried.order_by(table.c.expires_at, table.c.id))

    async def not_taken(self, approval: ApprovalId, note: str) -> bool:
        return await self._change({"standing_note": note}, table.c.id == approval, _PENDING)

    async def show_chart(self, approval: ApprovalId, timeframe: str | None) -> None:
        await self._change({"chart": timeframe}, table.c.id == approval)

    async def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> bool:
        return (await self.connection.execute(update(table).where(*where).values(values))).rowcount == 1
