"""Events and notices of what a reconciliation has found."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.alerts import alert_desk_and_trader, refresh_card, refresh_divergences
from core.board import LastSeen
from core.model.accounts import Account
from core.model.divergences import DivergenceKind, LogRow
from core.model.events import Event, Json, Priority
from core.model.ids import TradeId
from core.model.mt5 import MT5Position
from core.model.trades import CloseReason, Trade
from core.ports import Tx
from core.reconciliation.closing import Closing
from core.reconciliation.reading import Reading

_RINGS = (CloseReason.STOP_OUT, CloseReason.UNEXPLAINED)
"""What nobody has wished for: told at once, quiet hours or not."""


async def tell_synced(tx: Tx, at: datetime, account: Account, seen: LastSeen) -> None:
    """Reconciliation sees an account anew: see `Scheduler`, which knows when that is worth a row."""
    data: Json = {"positions": seen.positions, "matched": seen.matched}
    await tx.events.append(_of_account("reconciliation.sync_complete", at, account, data))


async def tell_unread(tx: Tx, at: datetime, account: Account, error: str) -> None:
    data: Json = {"error": error}
    await tx.events.append(_of_account("reconciliation.sync_error", at, account, data))


async def tell_found(tx: Tx, reading: Reading, rows: Sequence[LogRow]) -> None:
    """A message for each row; one that is missing at the broker rings."""
    await tx.events.append(*(_of_row(reading, "reconciliation.divergence_detected", row) for row in rows))
    for priority in (Priority.CRITICAL, Priority.NOTICE):
        ids = [row.id for row in rows if _priority(row) is priority]
        await refresh_divergences(tx, reading.at, reading.account, ids, priority)


async def tell_changed(tx: Tx, reading: Reading, rows: Iterable[int]) -> None:
    """The messages of these rows of the log show the present size, without ringing."""
    await refresh_divergences(tx, reading.at, reading.account, rows, Priority.DIGEST)


async def tell_ended(tx: Tx, reading: Reading, rows: Sequence[LogRow]) -> None:
    await tx.events.append(*(_of_row(reading, "reconciliation.divergence_ended", row) for row in rows))
    await tell_changed(tx, reading, [row.id for row in rows])


def _priority(row: LogRow) -> Priority:
    missing = row.divergence.kind is DivergenceKind.MISSING
    return Priority.CRITICAL if missing else Priority.NOTICE


def _of_row(reading: Reading, name: str, row: LogRow) -> Event:
    divergence = row.divergence
    data: Json = {
        "kind": str(divergence.kind),
        "symbol": divergence.symbol,
        "size": str(divergence.size),
        "unit": divergence.unit,
        **divergence.facts,
    }
    return _event(reading, name, divergence.position, data, _trace(reading, divergence.trade_id))


def _trace(reading: Reading, trade: TradeId | None) -> str:
    net = reading.nets.get(trade) if trade is not None else None
    return str(net.whole.signal_id or "") if net is not None else ""


async def tell_closed(tx: Tx, reading: Reading, trade: Trade, closing: Closing) -> None:
    costs = closing.costs
    data: Json = {
        "symbol": trade.symbol,
        "side": str(trade.side),
        "volume": str(closing.volume),
        "reason": str(closing.reason),
        "price": str(closing.price),
        "profit": f"{closing.profit:.2f}",
        "commission": f"{costs.commission:.2f}",
        "swap": f"{costs.swap:.2f}",
        "fee": f"{costs.fee:.2f}",
        "currency": reading.snapshot.account.currency,
    }
    facts, trace = data | {"opened_at": trade.opened_at.isoformat()}, str(trade.signal_id or "")
    await tx.events.append(_event(reading, "reconciliation.position_closed", trade.position, facts, trace))
    priority = Priority.CRITICAL if closing.reason in _RINGS else Priority.NOTICE
    await alert_desk_and_trader(tx, reading.at, reading.account, "position_closed", data, priority)


async def refresh_card_of(tx: Tx, at: datetime, account: Account, trade: Trade) -> None:
    """The card that the trade came from shows its end."""
    intent = await tx.intents.get(trade.intent_id) if trade.intent_id is not None else None
    if intent is not None and intent.approval_id is not None:
        await refresh_card(tx, at, intent.approval_id, account.person_id)


async def tell_late(tx: Tx, reading: Reading, trade: Trade, position: MT5Position) -> None:
    """An order that had been given up has been executed after all."""
    data: Json = {
        "symbol": position.symbol,
        "volume": str(position.volume),
        "price": str(position.price_open),
    }
    trace = str(trade.signal_id or "")
    await tx.events.append(_event(reading, "order.late", position.identifier, data, trace))
    await alert_desk_and_trader(tx, reading.at, reading.account, "order_late", data, Priority.CRITICAL)


def _of_account(name: str, at: datetime, account: Account, data: Json) -> Event:
    return Event(name, at, account.label, data, account.id, account.person_id)


def _event(reading: Reading, name: str, position: int, data: Json, trace: str) -> Event:
    account = reading.account
    return Event(name, reading.at, str(position), data, account.id, account.person_id, trace)
