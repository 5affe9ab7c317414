"""Signals and how they were delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam, case, cast, desc, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import SignalId, SourceId
from core.model.instruments import Side
from core.model.signals import Signal, SignalFilter, TrackRecord
from core.model.trades import IntentKind, TradeState
from core.ports import Delivery
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import approvals, intents, signals, trades

_SIGNAL = columns_of(signals, Signal)
_DELIVERY = columns_of(signals, Delivery)
_SELECT = select(*_SIGNAL)
_AGE = (signals.c.received_at, signals.c.id)
_HALF, _A_CENT = 0.5, 0.01
_LOOKED_THROUGH = 200
"""Signals of a source of which the newest closed ones are found: what is older tells little of it now."""


def _number(column: ColumnElement[Any]) -> ColumnElement[float]:
    """For a share or an average, where digits beyond a few do not matter."""
    return cast(column, Float)


_LATELY = (
    select(signals.c.id)
    .where(signals.c.source_id == bindparam("source"))
    .order_by(desc(signals.c.received_at))
    .limit(_LOOKED_THROUGH)
)
_RESULTS = (
    select(
        trades.c.signal_id,
        func.sum(_number(trades.c.profit)).label("money"),
        func.max(trades.c.closed_at).label("closed_at"),
    )
    .where(trades.c.state == TradeState.CLOSED, trades.c.profit.is_not(None), trades.c.signal_id.in_(_LATELY))
    .group_by(trades.c.signal_id, trades.c.account_id)
    .subquery()
)
"""By signal and account: the legs of a plan, and the parts of a close, are one result together."""
_CLOSED = (
    select(_RESULTS.c.signal_id, func.avg(case((_RESULTS.c.money > _A_CENT / 2, 1.0), else_=0.0)))
    .group_by(_RESULTS.c.signal_id)
    .order_by(desc(func.max(_RESULTS.c.closed_at)))
    .limit(bindparam("newest"))
)
_WORSE = (_number(intents.c.filled_price) - _number(intents.c.price)) / _number(intents.c.pip)
_SLIPPAGE = select(func.avg(case((intents.c.side == Side.BUY, _WORSE), else_=-_WORSE))).where(
    intents.c.signal_id.in_(bindparam("signals", expanding=True)),
    intents.c.kind == IntentKind.OPEN,
    intents.c.filled_price.is_not(None),
    intents.c.price.is_not(None),
    intents.c.pip.is_not(None),
)


@dataclass(frozen=True, slots=True)
class SqlSignals:
    connection: AsyncConnection

    async def add(self, signal: Signal, delivery: Delivery) -> None:
        conflict = f"{signal.source_name} has sent {signal.external_id} or {delivery.webhook_id} before"
        await insert_all(self.connection, signals, conflict, values_of(signal) | values_of(delivery))

    async def get(self, signal: SignalId) -> Signal | None:
        return await fetch_one(self.connection, Signal, _SELECT.where(signals.c.id == signal))

    async def by_webhook_id(self, source: SourceId, webhook_id: str) -> tuple[Signal, Delivery] | None:
        return await self._delivered(source, signals.c.webhook_id == webhook_id)

    async def by_external_id(self, source: SourceId, external_id: str) -> tuple[Signal, Delivery] | None:
        return await self._delivered(source, signals.c.external_id == external_id)

    async def recent(
        self, limit: int, source: SourceId | None = None, before: Signal | None = None
    ) -> Sequence[Signal]:
        newest = _SELECT.order_by(*(desc(column) for column in _AGE)).limit(limit)
        if source is not None:
            newest = newest.where(signals.c.source_id == source)
        if before is not None:
            newest = newest.where(tuple_(*_AGE) < (before.received_at, before.id))
        return await fetch(self.connection, Signal, newest)

    async def track_record(self, source: SourceId, newest: int) -> TrackRecord:
        """By the signals of which some trade is closed, its result known; one that won has made money on most
        accounts."""
        closed = (await self.connection.execute(_CLOSED, {"source": source, "newest": newest})).all()
        won = sum(float(share) > _HALF for _, share in closed)
        slippage = await self.connection.scalar(_SLIPPAGE, {"signals": [signal for signal, _ in closed]})
        pips = None if slippage is None else Decimal(str(slippage)).quantize(Decimal("0.1"))
        return TrackRecord(len(closed), won, pips)

    async def page(self, wanted: SignalFilter, limit: int, skip: int = 0) -> Sequence[Signal]:
        newest = _SELECT.where(*_of(wanted)).order_by(*(desc(column) for column in _AGE))
        return await fetch(self.connection, Signal, newest.limit(limit).offset(skip))

    async def count(self, wanted: SignalFilter) -> int:
        counted = select(func.count()).select_from(signals).where(*_of(wanted))
        return (await self.connection.execute(counted)).scalar_one()

    async def _delivered(
        self, source: SourceId, condition: ColumnElement[bool]
    ) -> tuple[Signal, Delivery] | None:
        query = select(*_SIGNAL, *_DELIVERY).where(signals.c.source_id == source, condition)
        return await fetch_one(self.connection, _delivered, query)


def _of(wanted: SignalFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.source is not None:
        yield signals.c.source_id == wanted.source
    theirs = [approvals.c.signal_id == signals.c.id]
    if wanted.state is not None:
        theirs.append(approvals.c.state == wanted.state)
    if wanted.person is not None:
        theirs.append(approvals.c.person_id == wanted.person)
    if len(theirs) > 1:
        yield exists().where(*theirs)


def _delivered(*columns: Any) -> tuple[Signal, Delivery]:
    return Signal(*columns[: len(_SIGNAL)]), Delivery(*columns[len(_SIGNAL) :])
