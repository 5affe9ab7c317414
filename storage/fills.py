"""Fills: opening orders with what is known of each elsewhere, in one query."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Text, case, cast, desc, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.fills import Fill
from core.model.ids import AccountId
from core.model.trades import IntentKind, IntentState, TradeState
from storage.tables import accounts, approvals, events, intents, signals, trades

_AT_ONCE = 250
_WAS_UNKNOWN = exists().where(
    events.c.subject == cast(intents.c.id, Text), events.c.name == f"order.{IntentState.UNKNOWN}"
)
# A fill whose volume the broker did not tell is one of all that was wanted.
_FILLED = case(
    (intents.c.state == IntentState.FILLED, func.coalesce(intents.c.filled_volume, intents.c.volume)),
    else_=intents.c.filled_volume,
)
_COLUMNS = {
    "intent_id": intents.c.id,
    "account_id": intents.c.account_id,
    "account": accounts.c.label,
    "person_id": accounts.c.person_id,
    "source": signals.c.source_name,
    "instrument": signals.c.instrument,
    "symbol": intents.c.symbol,
    "side": intents.c.side,
    "order_kind": intents.c.order_kind,
    "state": intents.c.state,
    "was_unknown": _WAS_UNKNOWN,
    "signalled_at": signals.c.received_at,
    "tapped_at": func.coalesce(approvals.c.decided_at, intents.c.created_at),
    "sent_at": intents.c.sent_at,
    "settled_at": intents.c.settled_at,
    "opened_at": trades.c.opened_at,
    "wanted": intents.c.volume,
    "filled": _FILLED,
    "expected": intents.c.price,
    "price": func.coalesce(intents.c.filled_price, trades.c.open_price),
    "pip": intents.c.pip,
    "profit": case((trades.c.state == TradeState.CLOSED, trades.c.profit)),
}
_FROM = (
    intents.join(accounts, accounts.c.id == intents.c.account_id)
    .join(signals, signals.c.id == intents.c.signal_id)
    .outerjoin(approvals, approvals.c.id == intents.c.approval_id)
    .outerjoin(trades, trades.c.intent_id == intents.c.id)
)
_SELECT = select(*(_COLUMNS[field.name] for field in fields(Fill))).select_from(_FROM)


@dataclass(frozen=True, slots=True)
class SqlFills:
    connection: AsyncConnection

    async def since(
        self, since: datetime, accounts: Collection[AccountId] | None, limit: int
    ) -> Sequence[Fill]:
        newest = (
            _SELECT.where(intents.c.kind == IntentKind.OPEN, intents.c.created_at >= since)
            .order_by(desc(intents.c.created_at), desc(intents.c.id))
            .limit(limit)
        )
        if accounts is not None:
            newest = newest.where(intents.c.account_id.in_(accounts))
        found: list[Fill] = []
        for part in (await self.connection.execute(newest)).partitions(_AT_ONCE):
            found += [Fill(*row) for row in part]
            await asyncio.sleep(0)  # thousands of rows in one go would hold everything else up
        return found[::-1]
