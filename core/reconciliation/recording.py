"""What a cycle has concluded, written in one transaction: a second one of the same reading writes nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from core.following import following
from core.model.accounts import Account
from core.model.divergences import Divergence, DivergenceKind, LogRow
from core.model.ids import TradeId, intent_of
from core.model.mt5 import MT5Position
from core.model.trades import Intent, IntentKind, IntentState, Trade, TradeState
from core.ports import Tx
from core.reconciliation.busy import busy_positions
from core.reconciliation.closing import Closing
from core.reconciliation.divergence import ambiguity, closed, differences, missing, stranger
from core.reconciliation.reading import Reading
from core.reconciliation.telling import (
    refresh_card_of,
    tell_changed,
    tell_closed,
    tell_ended,
    tell_found,
    tell_late,
)
from core.trading.expecting import trade_of
from core.trading.netting import nets
from core.trading.plans import advance, after_close

READS_BEFORE_MISSING = 2
_UNSETTLED = frozenset({IntentState.SENDING, IntentState.UNKNOWN, IntentState.PLACED, IntentState.NEW})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a cycle leaves to the next one: so many trades were `matched`.

    The next reading has to bear out that `absent` (rows of strangers) are gone, and that `back` (positions
    that were over) are there. `settled`: the same reading again would have nothing to add.
    """

    matched: int
    absent: frozenset[int]
    back: frozenset[int]
    settled: bool


NOTHING_RECORDED = Recorded(0, frozenset(), frozenset(), settled=False)


async def record(tx: Tx, reading: Reading, before: Recorded) -> Recorded:
    """Write it all; `before` is what the cycle before has left."""
    for trade_id, closing in reading.closings.items():
        trade = await _still_open(tx, trade_id)
        if trade is not None:
            with following(str(trade.signal_id or "")):
                await _close(tx, reading, trade, closing)
    await _remember_identities(tx, reading)
    back = await _back(tx, reading)
    strangers = await _strangers(tx, reading, back - before.back)
    found = [*await _missing(tx, reading), *strangers, *_differences(reading)]
    busy = await busy_positions(tx, reading)
    lasting = await tx.reconciliation.lasting(reading.account.id)
    first_absent = await _end(tx, reading, lasting, found, busy, before.absent)
    await _add_and_refresh(tx, reading, lasting, [d for d in found if d.position not in busy])
    open_ends = (
        busy,
        first_absent,
        _untold(reading, strangers),
        reading.matching.missing,
        reading.closings,
        _unexplained(found),
    )
    return Recorded(
        matched=sum(len(reading.nets[pair.trade.id].shares) for pair in reading.matching.pairs),
        absent=first_absent,
        back=back,
        settled=not any(open_ends),
    )


def _untold(reading: Reading, strangers: Iterable[Divergence]) -> set[int]:
    """Positions without a trade that may yet be told of: flickers, and those whose order is on its way."""
    unmatched = {position.identifier for position in reading.matching.unmatched}
    return unmatched - {stranger.position for stranger in strangers}


def _unexplained(found: Iterable[Divergence]) -> list[Divergence]:
    """Volumes that differ without a deal that says why, which may be listed later."""
    return [d for d in found if d.kind is DivergenceKind.VOLUME and "by" not in d.facts]


# Closings


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
    await tx.reconciliation.record([closed(trade, closing)], reading.at, ended=True)
    await tell_closed(tx, reading, trade, closing)
    await refresh_card_of(tx, reading.at, reading.account, trade)
    await after_close(tx, reading.at, reading.account, ended)


async def _still_open(tx: Tx, trade_id: TradeId) -> Trade | None:
    trade = await tx.trades.get(trade_id)
    return trade if trade is not None and trade.state is TradeState.OPEN else None


# Trades


async def _remember_identities(tx: Tx, reading: Reading) -> None:
    """A trade that was found is not missing, and is known by its position's own identifier from now on."""
    for pair in reading.matching.pairs:
        identifier, shares = pair.position.identifier, reading.nets[pair.trade.id].shares
        strayed = [share for share in shares if share.position != identifier or share.missing_reads]
        if not strayed:
            continue
        holders = await tx.trades.on_position(reading.account.id, identifier)
        if {holder.id for holder in holders if not holder.shared} - {share.id for share in shares}:
            continue
        for share in strayed:
            if (trade := await _still_open(tx, share.id)) is not None:
                await tx.trades.update(replace(trade, position=identifier, missing_reads=0))


async def _missing(tx: Tx, reading: Reading) -> list[Divergence]:
    """Trades that are gone without a deal that explains it, believed after two reads in a row."""
    found: list[Divergence] = []
    for gone in reading.matching.missing:
        reads = 0
        for share in reading.nets[gone.id].shares:
            trade = await _still_open(tx, share.id)
            if trade is None:
                continue
            reads = min(trade.missing_reads + 1, READS_BEFORE_MISSING)
            if reads != trade.missing_reads:
                await tx.trades.update(replace(trade, missing_reads=reads))
        if reads >= READS_BEFORE_MISSING:
            found.append(missing(gone))
    return found


async def _back(tx: Tx, reading: Reading) -> frozenset[int]:
    """Positions without a trade that were over already: an old list, shown once more, or there after all."""
    if not reading.matching.unmatched:
        return frozenset()
    over = await tx.reconciliation.known_positions(reading.account.id)
    return over & {position.identifier for position in reading.matching.unmatched}


async def _strangers(tx: Tx, reading: Reading, flickers: Collection[int]) -> list[Divergence]:
    """Positions without a trade: ours that turned up late become trades, the rest is unmatched.

    One whose order is still on its way is neither: it becomes a trade with its settlement.
    """
    found: list[Divergence] = []
    for position in reading.matching.unmatched:
        if position.identifier in flickers or await _has_trade(tx, reading.account, position):
            continue
        intent = await _own_intent(tx, reading.account, position)
        if intent is None:
            found.append(stranger(reading.account.id, position))
        elif intent.state not in _UNSETTLED:
            await _adopt_late(tx, reading, position, intent)
    return found


async def _has_trade(tx: Tx, account: Account, position: MT5Position) -> bool:
    """Whether the position has an open trade: one may have been made of it since the trades were read."""
    trades = await tx.trades.on_position(account.id, position.identifier)
    return any(trade.state is TradeState.OPEN for trade in trades)


async def _own_intent(tx: Tx, account: Account, position: MT5Position) -> Intent | None:
    """The opening order that made the position, if this desk sent it to this account.

    A copier hands magic and comment on to other accounts; an order that has its trade made no second one.
    """
    named = intent_of(position.magic, position.comment)
    intent = await tx.intents.get(named) if named is not None else None
    if intent is None or intent.account_id != account.id or intent.kind is not IntentKind.OPEN:
        return None
    return intent if await tx.trades.of_intent(intent.id) is None else None


async def _adopt_late(tx: Tx, reading: Reading, position: MT5Position, intent: Intent) -> None:
    """Expect it from now on."""
    trade = trade_of(intent, position, shared=nets(reading.snapshot.account))
    await tx.trades.add(trade)
    await tell_late(tx, reading, trade, position)
    await advance(tx, reading.at, reading.account, intent)


def _differences(reading: Reading) -> list[Divergence]:
    found = [
        divergence
        for pair in reading.matching.pairs
        for divergence in differences(
            pair,
            reading.instruments[pair.position.symbol],
            reading.thresholds(pair.position.symbol),
            reading.changes.get(pair.trade.id),
            reading.snapshot.account.currency,
        )
    ]
    return found + [ambiguity(doubt) for doubt in reading.matching.ambiguous]


# The log


async def _end(
    tx: Tx,
    reading: Reading,
    lasting: Iterable[LogRow],
    found: Iterable[Divergence],
    busy: Collection[int],
    absent: Collection[int],
) -> frozenset[int]:
    """End what is over. Returns the rows of strangers that this reading is the first not to show.

    One reading without a position is no proof that it is gone.
    """
    keys = {divergence.key for divergence in found}
    kept = {*busy, *(trade.position for trade in reading.matching.missing)}
    over = [r for r in lasting if r.divergence.key not in keys and r.divergence.position not in kept]
    held = {position.identifier for position in reading.snapshot.positions}
    first_absent = {
        row.id
        for row in over
        if row.divergence.kind is DivergenceKind.UNMATCHED
        and row.divergence.position not in held
        and row.id not in absent
    }
    ended = [row for row in over if row.id not in first_absent]
    if ended:
        await tx.reconciliation.end([row.id for row in ended], reading.at)
        await tell_ended(tx, reading, ended)
    return frozenset(first_absent)


async def _add_and_refresh(
    tx: Tx, reading: Reading, lasting: Iterable[LogRow], found: Sequence[Divergence]
) -> None:
    known = {row.divergence.key: row for row in lasting}
    fresh = await tx.reconciliation.record([d for d in found if d.key not in known], reading.at)
    if fresh:
        await tell_found(tx, reading, fresh)
    changed = {
        known[d.key].id: d for d in found if d.key in known and _shows_other(known[d.key].divergence, d)
    }
    for row, divergence in changed.items():
        await tx.reconciliation.refresh(row, divergence)
    if changed:
        await tell_changed(tx, reading, changed)


def _shows_other(recorded: Divergence, now: Divergence) -> bool:
    return (recorded.size, recorded.facts) != (now.size, now.facts)
