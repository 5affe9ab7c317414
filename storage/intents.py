"""The ledger of intents: claimed by one host, settled once, both fenced by the host's epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import AccountId, ApprovalId, IntentId, SourceId
from core.model.trades import LONGEST_REST, UNFINISHED, Intent, IntentKind, IntentState
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import approvals, hosts, intents, signals

_COLUMNS = columns_of(intents, Intent)
_SELECT = select(*_COLUMNS).order_by(intents.c.created_at, intents.c.id)
_OUTCOME = (
    "state",
    "retcode",
    "filled_volume",
    "filled_price",
    "position",
    "settled_at",
    "detail",
    "clean_misses",
    "not_before",
    "margin",
    "margin_free",
)
_LEVELS = ("price", "stop_loss", "take_profit", "order_expires_at")


@dataclass(frozen=True, slots=True)
class SqlIntents:
    connection: AsyncConnection

    async def new_epoch(self, now: datetime) -> int:
        statement = insert(hosts).values(started_at=now).returning(hosts.c.epoch)
        return int((await self.connection.execute(statement)).scalar_one())

    async def add(self, intent: Intent) -> None:
        """Raises Conflict when the id exists."""
        await insert_all(self.connection, intents, f"intent {intent.id} exists already", values_of(intent))

    async def get(self, intent: IntentId) -> Intent | None:
        return await fetch_one(self.connection, Intent, _SELECT.where(intents.c.id == intent))

    async def claim(self, account: AccountId, epoch: int, now: datetime) -> Intent | None:
        statement = (
            update(intents)
            .where(intents.c.id == _next_of(account, now), _is_newest(epoch), ~_is_sending(account))
            .values(state=IntentState.SENDING, sent_at=now, epoch=epoch)
            .returning(*_COLUMNS)
        )
        return await fetch_one(self.connection, Intent, statement)

    async def settle(self, settled: Intent, epoch: int, expected: IntentState) -> bool:
        return await self._write(settled, _OUTCOME, epoch, expected)

    async def amend(self, changed: Intent, epoch: int, expected: IntentState = IntentState.PLACED) -> bool:
        return await self._write(changed, _LEVELS, epoch, expected)

    async def _write(self, intent: Intent, names: Sequence[str], epoch: int, expected: IntentState) -> bool:
        values = {name: getattr(intent, name) for name in names}
        statement = update(intents).where(
            intents.c.id == intent.id, intents.c.state == expected, _is_newest(epoch)
        )
        return (await self.connection.execute(statement.values(values))).rowcount == 1

    async def orphaned(self, epoch: int) -> Sequence[Intent]:
        return await self._select(intents.c.state == IntentState.SENDING, intents.c.epoch < epoch)

    async def unresolved(self, account: AccountId) -> Sequence[Intent]:
        return await self._in_states(account, IntentState.UNKNOWN, IntentState.PLACED)

    async def waiting(self, account: AccountId) -> Sequence[Intent]:
        return await self._in_states(account, IntentState.NEW, IntentState.SENDING)

    async def unfinished(self, account: AccountId) -> Sequence[Intent]:
        return await self._in_states(account, *UNFINISHED)

    async def accounts_with_unfinished(self) -> frozenset[AccountId]:
        query = select(intents.c.account_id).where(intents.c.state.in_(UNFINISHED)).distinct()
        return frozenset(await fetch(self.connection, lambda account: account, query))

    async def opened_since(self, account: AccountId, since: datetime) -> Sequence[Intent]:
        return await self._select(
            intents.c.account_id == account,
            intents.c.kind == IntentKind.OPEN,
            intents.c.state.in_((IntentState.FILLED, IntentState.PARTIAL)),
            intents.c.settled_at >= since,
        )

    async def openings_since(self, account: AccountId, since: datetime) -> Sequence[Intent]:
        return await self._select(*_opened(account, since))

    async def count_taken(self, account: AccountId, source: SourceId, since: datetime) -> int:
        decided = (approvals.c.standing_id.is_not(None), signals.c.source_id == source)
        joined = intents.join(approvals, intents.c.approval_id == approvals.c.id)
        joined = joined.join(signals, approvals.c.signal_id == signals.c.id)
        counted = select(func.count()).select_from(joined).where(*_opened(account, since), *decided)
        return (await self.connection.execute(counted)).scalar_one()

    async def of_approval(self, approval: ApprovalId) -> Sequence[Intent]:
        """Oldest first."""
        return await self._select(intents.c.approval_id == approval)

    async def withdraw(self, approval: ApprovalId) -> bool:
        mine = intents.c.approval_id == approval
        claimed = or_(intents.c.state != IntentState.NEW, intents.c.sent_at.is_not(None))
        if await self._select(mine, claimed):
            return False
        await self.connection.execute(delete(intents).where(mine))
        return True

    async def count_unfinished(self) -> dict[IntentState, int]:
        state = intents.c.state
        query = select(state, func.count()).where(state.in_(UNFINISHED)).group_by(state)
        return dict(await fetch(self.connection, lambda *pair: pair, query))

    async def _in_states(self, account: AccountId, *states: IntentState) -> Sequence[Intent]:
        return await self._select(intents.c.account_id == account, intents.c.state.in_(states))

    async def _select(self, *conditions: ColumnElement[bool]) -> Sequence[Intent]:
        return await fetch(self.connection, Intent, _SELECT.where(*conditions))


def _opened(account: AccountId, since: datetime) -> Sequence[ColumnElement[bool]]:
    """Openings of `since` or later that may have come about."""
    return (
        intents.c.account_id == account,
        intents.c.kind == IntentKind.OPEN,
        intents.c.state.not_in((IntentState.REFUSED, IntentState.EXPIRED)),
        intents.c.created_at >= since,
    )


def _next_of(account: AccountId, now: datetime) -> ColumnElement[Any]:
    """What goes first: whatever reduces or corrects exposure; of that the symbol tried longest ago, for one
    that cannot be read must not stand before all others; of that the oldest."""
    mine, alike = intents.alias(), intents.alias()
    tried = select(func.max(alike.c.sent_at)).where(_is_due(alike, account, now))
    of_symbol = tried.where(alike.c.symbol == mine.c.symbol).correlate(mine).scalar_subquery()
    turn = func.coalesce(of_symbol, mine.c.created_at)
    return (
        select(mine.c.id)
        .where(_is_due(mine, account, now))
        .order_by(mine.c.kind == IntentKind.OPEN, turn, mine.c.created_at, mine.c.id)
        .limit(1)
        .scalar_subquery()
    )


def _is_due(mine: FromClause, account: AccountId, now: datetime) -> ColumnElement[bool]:
    """To be sent, and not resting."""
    until = mine.c.not_before
    rested = until.is_(None) | (until <= now) | (until > now + LONGEST_REST)
    return and_(mine.c.account_id == account, mine.c.state == IntentState.NEW, rested)


def _is_sending(account: AccountId) -> ColumnElement[bool]:
    other = intents.alias()
    return exists().where(other.c.account_id == account, other.c.state == IntentState.SENDING)


def _is_newest(epoch: int) -> ColumnElement[bool]:
    return select(func.max(hosts.c.epoch)).scalar_subquery() == epoch
