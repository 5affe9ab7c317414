"""What people ask to be done with positions and orders, each step by compare-and-set."""

from dataclasses import dataclass

from sqlalchemy import desc, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.ids import IntentId
from core.model.requests import Request, RequestState
from storage.rows import columns_of, fetch_one, values_of
from storage.tables import requests

_COLUMNS = columns_of(requests, Request)
_SELECT = select(*_COLUMNS)
_NEWEST = _SELECT.order_by(desc(requests.c.id)).limit(1)


@dataclass(frozen=True, slots=True)
class SqlRequests:
    connection: AsyncConnection

    async def add(self, request: Request) -> Request:
        row = values_of(request)
        del row["id"]
        added = await self.connection.execute(insert(requests).values(row).returning(*_COLUMNS))
        return Request(*added.one())

    async def get(self, request: int) -> Request | None:
        return await fetch_one(self.connection, Request, _SELECT.where(requests.c.id == request))

    async def of_intent(self, intent: IntentId) -> Request | None:
        return await fetch_one(self.connection, Request, _NEWEST.where(requests.c.intent_id == intent))

    async def advance(self, changed: Request, expected: RequestState) -> bool:
        there = update(requests).where(requests.c.id == changed.id, requests.c.state == expected)
        return (await self.connection.execute(there.values(values_of(changed)))).rowcount == 1
