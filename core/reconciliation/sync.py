"""One reconciliation of one account: read, match, record, tell. A second run finds nothing new."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.alerts import alert_desk_and_trader, refresh_card
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.divergences import Divergence, DivergenceKind
from core.model.events import Event, Priority
from core.model.ids import IntentId, TradeId, intent_of_comment, intent_of_magic
from core.model.instruments import Instrument
from core.model.mt5 import MT5AccountSnapshot, MT5Position
from core.model.trades import Intent, IntentKind, IntentState, Trade, TradeState
from core.mt5.errors import NoData
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
from core.trading.expecting import trade_of
from core.trading.netting import nets

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
    instruments: Mapping[str, Instrument]
    closings: Mapping[TradeId, Closing]
    at: datetime


async def sync(desk: Desk, account: Account, thresholds: Thresholds) -> Matching:
    """Reconcile the account once.

    Raises TerminalError when the terminal cannot be read; then nothing is concluded or written.
    """
    reading = await _read(desk, account)
    async with desk.store.write() as tx:
        await _closures(tx, reading)
        await _remember_identities(tx, reading)
        found = [
            *await _missing(tx, reading),
            *await _strangers(tx, reading),
            *_differences(reading, thresholds),
        ]
        await _record(tx, reading, found)
        await _keep_snapshot(tx, reading)
    _show(desk, reading)
    desk.bell.ring(OUTBOX)
    return reading.matching


async def _read(desk: Desk, account: Account) -> Reading:
    """Trades first, then the terminal: a trade that is settled in between is not yet expected.

    What the history shows closed is closed, however much a position of somebody else is like it.
    """
    session = await desk.terminals.session(account.id)
    async with desk.store.read() as tx:
        trades = await tx.trades.open_of(account.id)
    snapshot = await session.snapshot()
    instruments = await _instruments(session, trades, snapshot)
    held = {position.identifier for position in snapshot.positions}
    closings = await _closings(session, [t for t in trades if t.position not in held], instruments)
    pips = {symbol: instrument.pip for symbol, instrument in instruments.items()}
    matching = match([t for t in trades if t.id not in closings], snapshot.positions, pips)
    return Reading(account, snapshot, matching, instruments, closings, desk.clock.now())


async def _instruments(
    session: Session, trades: Sequence[Trade], snapshot: MT5AccountSnapshot
) -> dict[str, Instrument]:
    """Contracts by symbol. A broker may have taken away a symbol in which nothing is held any more."""
    held = {position.symbol for position in snapshot.positions}
    found = {symbol: await session.instrument(symbol) for symbol in held}
    for symbol in {trade.symbol for trade in trades} - held:
        with suppress(NoData):
            found[symbol] = await session.instrument(symbol)
    return found


async def _closings(
    session: Session, gone: Sequence[Trade], instruments: Mapping[str, Instrument]
) -> dict[TradeId, Closing]:
    """How those of the trades ended whose deals tell it."""
    if not gone:
        return {}
    deals = await session.deals_since(min(trade.opened_at for trade in gone) - HISTORY_MARGIN)
    found = {trade.id: closing_of(trade, deals, instruments.get(trade.symbol)) for trade in gone}
    return {trade: closing for trade, closing in found.items() if closing is not None}


async def _closures(tx: Tx, reading: Reading) -> None:
    for trade_id, closing in reading.closings.items():
        trade = await _still_open(tx, trade_id)
        if trade is not None:
            await _close(tx, reading, trade, closing)


async def _still_open(tx: Tx, trade_id: TradeId) -> Trade | None:
    trade = await tx.trades.get(trade_id)
    return trade if trade is not None and trade.state is TradeState.OPEN else None


async def _remember_identities(tx: Tx, reading: Reading) -> None:
    """A trade that was found is not missing, and is known by its position's own identifier from now on."""
    for pair in reading.matching.pairs:
        identifier = pair.position.identifier
        if pair.trade.position == identifier and not pair.trade.missing_reads:
            continue
        trade = await _still_open(tx, pair.trade.id)
        holders = await tx.trades.on_position(pair.trade.account_id, identifier)
        if trade is not None and all(holder.id == trade.id for holder in holders):
            await tx.trades.update(replace(trade, position=identifier, missing_reads=0))


async def _missing(tx: Tx, reading: Reading) -> list[Divergence]:
    """Trades that are gone without a deal that explains it, believed after two reads in a row."""
    found: list[Divergence] = []
    for gone in reading.matching.missing:
        trade = await _still_open(tx, gone.id)
        if trade is None:
            continue
        if trade.missing_reads < READS_BEFORE_MISSING:
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
    if not await tx.reconciliation.record([closed(trade, closing)], reading.at, ended=True):
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
    """Positions without a trade: ours that turned up late become trades, the rest is unmatched.

    One whose order is still on its way is neither: it becomes a trade with its settlement.
    """
    known = await tx.reconciliation.known_positions(reading.account.id)
    found: list[Divergence] = []
    for position in reading.matching.unmatched:
        if position.identifier in known or await _has_trade(tx, reading.account, position):
            continue
        intent = await _own_intent(tx, reading.account, position)
        if intent is None:
            found.append(stranger(reading.account.id, position))
        elif intent.state not in _UNSETTLED:
            await _adopt_late(tx, reading, position, intent)
    return found


async def _has_trade(tx: Tx, account: Account, position: MT5Position) -> bool:
    """Whether a trade was made of the position, since the trades were read too."""
    return bool(await tx.trades.on_position(account.id, position.identifier))


async def _own_intent(tx: Tx, account: Account, position: MT5Position) -> Intent | None:
    """The opening order that made the position, if this desk sent it to this account.

    A copier hands magic and comment on to other accounts; an order that has its trade made no second one.
    """
    named: IntentId | None = intent_of_magic(position.magic) or intent_of_comment(position.comment)
    intent = await tx.intents.get(named) if named is not None else None
    if intent is None or intent.account_id != account.id or intent.kind is not IntentKind.OPEN:
        return None
    return intent if await tx.trades.of_intent(intent.id) is None else None


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
    """Record what is new, end what is over, and alert each new one once.

    Of a position that the desk itself is changing nothing is concluded until that is settled and read again.
    """
    changing = await _changing(tx, reading)
    lasting = await tx.reconciliation.lasting(reading.account.id)
    keys = {divergence.key for divergence in found}
    over = [row for row in lasting if row.divergence.key not in keys]
    await tx.reconciliation.end([r.id for r in over if r.divergence.position not in changing], reading.at)
    known = {row.divergence.key for row in lasting}
    for divergence in found:
        if divergence.key in known or divergence.position in changing:
            continue
        if await tx.reconciliation.record([divergence], reading.at):
            await _tell(tx, reading, divergence)


async def _changing(tx: Tx, reading: Reading) -> set[int | None]:
    """Positions that an order on its way is for, and those whose trade was changed since it was read.

    On a netting account an opening is for the position of its symbol that is there.
    """
    account = reading.account.id
    under_way = [*await tx.intents.waiting(account), *await tx.intents.unresolved(account)]
    sent = [i for i in under_way if i.state in (IntentState.SENDING, IntentState.UNKNOWN)]
    expected = {trade.id: _levels(trade) for trade in await tx.trades.open_of(account)}
    pairs = reading.matching.pairs
    moved = {p.position.identifier for p in pairs if expected.get(p.trade.id) != _levels(p.trade)}
    added_to: set[int | None] = set()
    if nets(reading.snapshot.account):
        symbols = {intent.symbol for intent in sent if intent.kind is IntentKind.OPEN}
        added_to = {p.position.identifier for p in pairs if p.position.symbol in symbols}
    return moved | added_to | {number for intent in sent for number in (intent.position, intent.opposite)}


def _levels(trade: Trade) -> tuple[object, ...]:
    return trade.volume, trade.stop_loss, trade.take_profit


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
