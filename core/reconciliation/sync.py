"""One reconciliation of one account: read, match, record, tell. A second run finds nothing new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.alerts import alert_desk_and_trader, refresh_card
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.divergences import Divergence, DivergenceKind
from core.model.events import Event, Priority
from core.model.ids import IntentId, intent_of_comment, intent_of_magic
from core.model.instruments import Instrument
from core.model.mt5 import MT5AccountSnapshot, MT5Deal, MT5Position
from core.model.trades import Intent, IntentState, Trade, TradeState
from core.mt5.session import Session
from core.ports import Tx
from core.reconciliation.divergence import (
    Closing,
    Thresholds,
    ambiguity,
    closed,
    closing_of,
    differences,
    missing,
    stranger,
)
from core.reconciliation.matching import Matching, match
from core.trading.settlement import trade_of

READS_BEFORE_MISSING = 2
HISTORY_MARGIN = timedelta(days=1)
SNAPSHOT_HEARTBEAT = timedelta(minutes=5)
_UNSETTLED = frozenset({IntentState.SENDING, IntentState.UNKNOWN, IntentState.PLACED, IntentState.NEW})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cycle read from the terminal, with the trades as they were before it."""

    account: Account
    snapshot: MT5AccountSnapshot
    matching: Matching
    instruments: dict[str, Instrument]
    deals: Sequence[MT5Deal]
    at: datetime


async def sync(desk: Desk, account: Account, thresholds: Thresholds) -> Matching:
    """Reconcile the account once.

    Raises TerminalError when the terminal cannot be read; then nothing is concluded or written.
    """
    reading = await _read(desk, account)
    async with desk.store.write() as tx:
        found = [
            *await _closures(tx, reading),
            *await _strangers(tx, reading),
            *_differences(reading, thresholds),
        ]
        await _record(tx, reading, found)
        await _keep_snapshot(tx, reading)
    _show(desk, reading)
    desk.bell.ring(OUTBOX)
    return reading.matching


async def _read(desk: Desk, account: Account) -> Reading:
    """Trades first, then the terminal: a trade that is settled in between is not yet expected."""
    session = await desk.terminals.session(account.id)
    async with desk.store.read() as tx:
        trades = await tx.trades.open_of(account.id)
    snapshot = await session.snapshot()
    symbols = {trade.symbol for trade in trades} | {p.symbol for p in snapshot.positions}
    instruments = {symbol: await session.instrument(symbol) for symbol in symbols}
    pips = {symbol: instrument.pip for symbol, instrument in instruments.items()}
    matching = match(trades, snapshot.positions, pips)
    deals = await _deals_of(session, matching.missing)
    return Reading(account, snapshot, matching, instruments, deals, desk.clock.now())


async def _deals_of(session: Session, gone: Sequence[Trade]) -> Sequence[MT5Deal]:
    if not gone:
        return ()
    return await session.deals_since(min(trade.opened_at for trade in gone) - HISTORY_MARGIN)


async def _closures(tx: Tx, reading: Reading) -> list[Divergence]:
    """Close the trades whose deals explain it; believe an unexplained disappearance after two reads."""
    found: list[Divergence] = []
    for gone in reading.matching.missing:
        trade = await tx.trades.get(gone.id)
        if trade is None or trade.state is TradeState.CLOSED:
            continue
        closing = closing_of(trade, reading.deals)
        if closing is not None:
            await _close(tx, reading, trade, closing)
        else:
            trade = replace(trade, missing_reads=trade.missing_reads + 1)
            await tx.trades.update(trade)
            if trade.missing_reads >= READS_BEFORE_MISSING:
                found.append(missing(trade))
    return found


async def _close(tx: Tx, reading: Reading, trade: Trade, closing: Closing) -> None:
    ended = replace(
        trade,
        state=TradeState.CLOSED,
        closed_at=closing.last.at,
        close_price=closing.price,
        close_reason=closing.reason,
        profit=closing.profit,
    )
    await tx.trades.update(ended)
    if not await tx.reconciliation.record(closed(trade, closing), reading.at, ended=True):
        return
    data = {
        "symbol": trade.symbol,
        "side": str(trade.side),
        "volume": str(closing.volume),
        "reason": str(closing.reason),
        "price": str(closing.price),
        "profit": str(closing.profit),
        "currency": reading.snapshot.account.currency,
    }
    await tx.events.append(_event(reading, "reconciliation.position_closed", trade.position, data, trade))
    await alert_desk_and_trader(tx, reading.at, reading.account, "position_closed", {**data}, Priority.NOTICE)
    await _refresh_card_of(tx, reading, trade)


async def _refresh_card_of(tx: Tx, reading: Reading, trade: Trade) -> None:
    intent = await tx.intents.get(trade.intent_id) if trade.intent_id is not None else None
    if intent is not None and intent.approval_id is not None:
        await refresh_card(tx, reading.at, intent.approval_id, reading.account.person_id)


async def _strangers(tx: Tx, reading: Reading) -> list[Divergence]:
    """Positions without a trade: ours that turned up late become trades, the rest is unmatched."""
    known = await tx.reconciliation.known_positions(reading.account.id)
    found: list[Divergence] = []
    for position in reading.matching.unmatched:
        intent = await _own_intent(tx, position)
        if intent is None:
            if position.identifier not in known:
                found.append(stranger(reading.account.id, position))
        elif intent.state not in _UNSETTLED and await _is_new(tx, reading.account, position):
            await _adopt_late(tx, reading, position, intent)
    return found


async def _own_intent(tx: Tx, position: MT5Position) -> Intent | None:
    """The intent that the position's magic or comment names, if this desk made it."""
    named: IntentId | None = intent_of_magic(position.magic) or intent_of_comment(position.comment)
    return await tx.intents.get(named) if named is not None else None


async def _is_new(tx: Tx, account: Account, position: MT5Position) -> bool:
    return await tx.trades.of_position(account.id, position.identifier) is None


async def _adopt_late(tx: Tx, reading: Reading, position: MT5Position, intent: Intent) -> None:
    """An order that was given up has been executed after all: expect it from now on, and tell."""
    trade = trade_of(intent, position)
    await tx.trades.add(trade)
    data = {"symbol": position.symbol, "volume": str(position.volume), "price": str(position.price_open)}
    await tx.events.append(_event(reading, "order.late", position.identifier, data, trade))
    await alert_desk_and_trader(tx, reading.at, reading.account, "order_late", {**data}, Priority.CRITICAL)


def _differences(reading: Reading, thresholds: Thresholds) -> list[Divergence]:
    found = [
        divergence
        for pair in reading.matching.pairs
        for divergence in differences(pair, reading.instruments[pair.position.symbol], thresholds)
    ]
    return found + [ambiguity(doubt) for doubt in reading.matching.ambiguous]


async def _record(tx: Tx, reading: Reading, found: Sequence[Divergence]) -> None:
    """Record what is new, end what is over, and alert each new one once."""
    lasting = await tx.reconciliation.lasting(reading.account.id)
    keys = {divergence.key for divergence in found}
    await tx.reconciliation.end([row.id for row in lasting if row.divergence.key not in keys], reading.at)
    known = {row.divergence.key for row in lasting}
    for divergence in found:
        if divergence.key not in known and await tx.reconciliation.record(divergence, reading.at):
            await _tell(tx, reading, divergence)


async def _tell(tx: Tx, reading: Reading, divergence: Divergence) -> None:
    data = {
        "kind": str(divergence.kind),
        "symbol": divergence.symbol,
        "position": str(divergence.position),
        "size": str(divergence.size),
        "unit": divergence.unit,
        **divergence.facts,
    }
    await tx.events.append(_event(reading, "reconciliation.divergence_detected", divergence.position, data))
    priority = Priority.CRITICAL if divergence.kind is DivergenceKind.MISSING else Priority.NOTICE
    await alert_desk_and_trader(tx, reading.at, reading.account, "divergence", {**data}, priority)


def _event(
    reading: Reading, name: str, position: int, data: dict[str, str], trade: Trade | None = None
) -> Event:
    trace = str(trade.signal_id) if trade and trade.signal_id else ""
    account = reading.account
    return Event(name, reading.at, str(position), {**data}, account.id, account.person_id, trace)


async def _keep_snapshot(tx: Tx, reading: Reading) -> None:
    """Store what was read when positions changed, and at a slower heartbeat."""
    latest = await tx.snapshots.latest(reading.account.id)
    if latest is None or _is_other(latest, reading.snapshot):
        await tx.snapshots.save(reading.account.id, reading.snapshot)


def _is_other(before: MT5AccountSnapshot, now: MT5AccountSnapshot) -> bool:
    return (
        now.account.read_at - before.account.read_at >= SNAPSHOT_HEARTBEAT
        or now.account.balance != before.account.balance
        or _held(before) != _held(now)
    )


def _held(snapshot: MT5AccountSnapshot) -> set[tuple[object, ...]]:
    return {(p.identifier, p.volume, p.stop_loss, p.take_profit) for p in snapshot.positions}


def _show(desk: Desk, reading: Reading) -> None:
    state = reading.snapshot.account
    kind = "PAPER" if reading.account.kind is TerminalKind.PAPER else state.kind
    desk.board.read(
        reading.account.id,
        state.read_at,
        kind,
        positions=len(reading.snapshot.positions),
        matched=len(reading.matching.pairs),
    )
