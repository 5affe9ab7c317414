"""Signals and how they were delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, desc, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import SignalId, SourceId
from core.model.signals import Signal
from core.ports import Delivery
from storage.rows import columns_of, fetch, fetch_one, insert_all, values_of
from storage.tables import signals

_SIGNAL = columns_of(signals, Signal)
_DELIVERY = columns_of(signals, Delivery)
_SELECT = select(*_SIGNAL)
_AGE = (signals.c.received_at, signals.c.id)


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

    async def _delivered(
        self, source: SourceId, condition: ColumnElement[bool]
    ) -> tuple[Signal, Delivery] | None:
        query = select(*_SIGNAL, *_DELIVERY).where(signals.c.source_id == source, condition)
        return await fetch_one(self.connection, _delivered, query)


def _delivered(*columns: Any) -> tuple[Signal, Delivery]:
    return Signal(*columns[: len(_SIGNAL)]), Delivery(*columns[len(_SIGNAL) :])
