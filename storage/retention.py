"""What may be removed: of each kind of record the rows that are old, over and needed by nothing that is open.

Each condition stands in the statement that deletes, so that what has come to life since it was found stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    SelectBase,
    Subquery,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.approvals import ApprovalState
from core.model.events import NoticeKind
from core.model.records import Record
from core.model.trades import UNFINISHED, TradeState
from core.ports import Key
from storage.tables import (
    OutboxState,
    approvals,
    drawdown_alerts,
    events,
    files,
    group_messages,
    incidents,
    intents,
    liquidations,
    locks,
    marks,
    outbox,
    reconciliation_log,
    requests,
    sent_messages,
    signals,
    trades,
)

_OVER = (ApprovalState.REJECTED, ApprovalState.EXPIRED, ApprovalState.WITHDRAWN)
_ASKED_FOR = ("door.refused", "door.stranger", "health.build", "market.break_even")
"""Events by which the desk knows that it has done something once, or what it saw last."""
_NEVER = (*_ASKED_FOR, "consent.accepted")
_OPEN_TRADE = trades.c.state == TradeState.OPEN
_UNFINISHED = intents.c.state.in_(UNFINISHED)
_RUNNING = liquidations.c.finished_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlRetention:
    connection: AsyncConnection

    async def overdue(self, record: Record, before: datetime, limit: int) -> Sequence[Key]:
        rows = _ROWS[record]
        query = select(*rows.key).where(rows.at < before, *rows.over).order_by(rows.at).limit(limit)
        return [tuple(row) for row in await self.connection.execute(query)]

    async def remove(self, record: Record, before: datetime, keys: Sequence[Key]) -> int:
        rows = _ROWS[record]
        statement = delete(rows.table).where(_is_one_of(rows.key, keys), rows.at < before, *rows.over)
        return (await self.connection.execute(statement)).rowcount


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of `table` count as old by the column `at`, and may go when they are `over`."""

    table: Table
    at: Column[Any]
    over: tuple[ColumnElement[bool], ...] = ()

    @property
    def key(self) -> Sequence[Column[Any]]:
        return tuple(self.table.primary_key.columns)


def _is_one_of(key: Sequence[Column[Any]], wanted: Sequence[Key]) -> ColumnElement[bool]:
    if len(key) == 1:
        return key[0].in_([value for (value,) in wanted])
    return tuple_(*key).in_(wanted)


def _text(identity: ColumnElement[Any]) -> ColumnElement[str]:
    """An id as subjects and traces spell it, but without dashes: SQLite keeps a UUID without."""
    return func.replace(cast(identity, Text), "-", "")


def _is_none_of(name: Column[str], open_ids: SelectBase) -> ColumnElement[bool]:
    return func.replace(name, "-", "").not_in(open_ids)


def _open_cards() -> SelectBase:
    """Cards that wait for a tap, or of which an order is on its way or a trade open."""
    waiting = select(_text(approvals.c.id)).where(approvals.c.state == ApprovalState.PENDING)
    known = intents.c.approval_id.is_not(None)
    ordered = select(_text(intents.c.approval_id)).where(_UNFINISHED, known)
    trading = select(_text(intents.c.approval_id)).join(trades).where(_OPEN_TRADE, known)
    return waiting.union(ordered, trading)


def _open_traces() -> SelectBase:
    """Signals of which any of that is true."""
    waiting = select(_text(approvals.c.signal_id)).where(approvals.c.state == ApprovalState.PENDING)
    ordered = select(_text(intents.c.signal_id)).where(_UNFINISHED, intents.c.signal_id.is_not(None))
    trading = select(_text(trades.c.signal_id)).where(_OPEN_TRADE, trades.c.signal_id.is_not(None))
    return waiting.union(ordered, trading)


def _message_is_over(table: Table) -> ColumnElement[bool]:
    """A live status stays for ever: it is one for each person."""
    kind, subject = table.c.kind, table.c.subject
    running = select(_text(liquidations.c.id)).where(_RUNNING)
    lasting = select(_text(reconciliation_log.c.id)).where(reconciliation_log.c.ended_at.is_(None))
    return or_(
        and_(kind == NoticeKind.CARD, _is_none_of(subject, _open_cards())),
        and_(kind == NoticeKind.LIQUIDATION, _is_none_of(subject, running)),
        and_(kind == NoticeKind.DIVERGENCE, _is_none_of(subject, lasting)),
        and_(kind == NoticeKind.REQUEST, _is_none_of(subject, _open_requests())),
        and_(kind == NoticeKind.PANIC, _is_none_of(subject, _running_panics())),
    )


def _open_requests() -> SelectBase:
    """Those of which an order is on its way."""
    return select(_text(requests.c.id)).join(intents, intents.c.id == requests.c.intent_id).where(_UNFINISHED)


def _request_is_over() -> ColumnElement[bool]:
    unfinished = select(intents.c.id).where(intents.c.id == requests.c.intent_id, _UNFINISHED)
    return ~unfinished.exists()


def _running_panics() -> SelectBase:
    return select(_text(liquidations.c.panic)).where(_RUNNING, liquidations.c.panic.is_not(None))


def _oldest_open() -> Subquery:
    """When the oldest thing began that is open on an account, of the accounts that have any."""
    begun = union_all(
        select(trades.c.account_id, trades.c.opened_at.label("began")).where(_OPEN_TRADE),
        select(intents.c.account_id, intents.c.created_at).where(_UNFINISHED),
        select(liquidations.c.account_id, liquidations.c.started_at).where(_RUNNING),
    ).subquery()
    oldest = func.min(begun.c.began).label("began")
    return select(begun.c.account_id, oldest).group_by(begun.c.account_id).subquery()


def _concerns_nothing_open() -> tuple[ColumnElement[bool], ...]:
    """Neither the trace of something open, nor of an account since its oldest open thing began."""
    oldest = _oldest_open()
    since = (oldest.c.account_id == events.c.account_id, oldest.c.began <= events.c.at)
    return _is_none_of(events.c.trace, _open_traces()), ~select(oldest.c.began).where(*since).exists()


def _position_is_not_open() -> ColumnElement[bool]:
    row = reconciliation_log.c
    there = (trades.c.account_id == row.account_id, trades.c.position == row.position)
    return ~select(trades.c.id).where(*there, _OPEN_TRADE).exists()


def _no(table: Table, column: str, of: Column[Any]) -> ColumnElement[bool]:
    return ~select(table.c[column]).where(table.c[column] == of).exists()


_ROWS: Mapping[Record, _Rows] = {
    Record.NOTICES: _Rows(
        outbox,
        outbox.c.created_at,
        (outbox.c.state.in_([OutboxState.DELIVERED, OutboxState.GIVEN_UP]),),
    ),
    Record.MESSAGES: _Rows(sent_messages, sent_messages.c.sent_at, (_message_is_over(sent_messages),)),
    Record.GROUP_MESSAGES: _Rows(
        group_messages, group_messages.c.sent_at, (_message_is_over(group_messages),)
    ),
    Record.REQUESTS: _Rows(requests, requests.c.until, (_request_is_over(),)),
    Record.PICTURES: _Rows(files, files.c.uploaded_at),
    Record.DRAWDOWN_ALERTS: _Rows(
        drawdown_alerts,
        drawdown_alerts.c.at,
        (drawdown_alerts.c.account_id.not_in(select(liquidations.c.account_id).where(_RUNNING)),),
    ),
    Record.MARKS: _Rows(marks, marks.c.ended_at),
    Record.INCIDENTS: _Rows(incidents, incidents.c.ended_at),
    Record.LOCKS: _Rows(locks, locks.c.released_at),
    Record.DIVERGENCES: _Rows(reconciliation_log, reconciliation_log.c.ended_at, (_position_is_not_open(),)),
    Record.APPROVALS: _Rows(
        approvals,
        approvals.c.expires_at,
        (approvals.c.state.in_(_OVER), _no(intents, "approval_id", approvals.c.id)),
    ),
    Record.SIGNALS: _Rows(
        signals,
        signals.c.received_at,
        tuple(_no(table, "signal_id", signals.c.id) for table in (approvals, intents, trades)),
    ),
    Record.EVENTS: _Rows(events, events.c.at, (events.c.name.not_in(_NEVER), *_concerns_nothing_open())),
}
