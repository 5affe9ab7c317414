"""How a position differs from its trade, and by whom a position was closed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import AccountId, intent_of_magic
from core.model.instruments import Instrument
from core.model.mt5 import DealEntry, MT5Deal, MT5Position
from core.model.trades import CloseReason, Trade
from core.reconciliation.matching import Ambiguous, Pair

_OUT = (DealEntry.OUT, DealEntry.OUT_BY, DealEntry.INOUT)
_REASONS = {
    0: CloseReason.DESKTOP,
    1: CloseReason.MOBILE,
    2: CloseReason.WEB,
    4: CloseReason.STOP_LOSS,
    5: CloseReason.TAKE_PROFIT,
    6: CloseReason.STOP_OUT,
}
_REASON_EXPERT = 3
_PRICE_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Differences up to these are not worth telling: pips, percent, pips."""

    slippage_pips: Decimal = Decimal("5")
    volume_percent: Decimal = Decimal("10")
    stops_pips: Decimal = Decimal("10")


def differences(pair: Pair, instrument: Instrument, thresholds: Thresholds) -> Iterator[Divergence]:
    """The divergences of one pair: entry slippage, volume, stops."""
    yield from _slippage(pair, instrument, thresholds)
    yield from _volume(pair, thresholds)
    yield from _stops(pair, instrument, thresholds)


def _found(pair: Pair, kind: DivergenceKind, size: Decimal, unit: str, **facts: str) -> Divergence:
    trade = pair.trade
    return Divergence(
        trade.account_id, kind, pair.position.identifier, trade.symbol, size, unit, facts, trade.id
    )


def _slippage(pair: Pair, instrument: Instrument, thresholds: Thresholds) -> Iterator[Divergence]:
    trade, position = pair.trade, pair.position
    pips = instrument.pips((position.price_open - trade.expected_price) * trade.side.sign)
    if abs(pips) > thresholds.slippage_pips:
        facts = {"expected": str(trade.expected_price), "filled": str(position.price_open)}
        yield _found(pair, DivergenceKind.SLIPPAGE, pips, "pips", **facts)


def _volume(pair: Pair, thresholds: Thresholds) -> Iterator[Divergence]:
    trade, position = pair.trade, pair.position
    percent = (position.volume - trade.volume) / trade.volume * 100
    if abs(percent) > thresholds.volume_percent:
        rounded = percent.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        facts = {"expected": str(trade.volume), "held": str(position.volume)}
        yield _found(pair, DivergenceKind.VOLUME, rounded, "%", **facts)


def _stops(pair: Pair, instrument: Instrument, thresholds: Thresholds) -> Iterator[Divergence]:
    trade, position = pair.trade, pair.position
    levels = (
        ("stop", trade.stop_loss, position.stop_loss),
        ("target", trade.take_profit, position.take_profit),
    )
    moved = [level for level in levels if _apart(level[1], level[2], instrument) > thresholds.stops_pips]
    if not moved:
        return
    facts = {name: f"{_shown(ours)} → {_shown(theirs)}" for name, ours, theirs in moved}
    farthest = max(_apart(ours, theirs, instrument) for _, ours, theirs in moved)
    size = farthest if farthest.is_finite() else Decimal(0)
    yield _found(pair, DivergenceKind.STOPS, size, "pips", **facts)


def _apart(ours: Decimal | None, theirs: Decimal | None, instrument: Instrument) -> Decimal:
    """The distance of two levels in pips; infinite when only one of them is set."""
    if ours is None and theirs is None:
        return Decimal(0)
    if ours is None or theirs is None:
        return Decimal("Infinity")
    return abs(instrument.pips(theirs - ours))


def _shown(level: Decimal | None) -> str:
    return "none" if level is None else str(level)


def stranger(account: AccountId, position: MT5Position) -> Divergence:
    """A position that no trade explains: opened by hand or by another program."""
    facts = {
        "side": position.side,
        "price": str(position.price_open),
        "by": "another program" if position.reason == _REASON_EXPERT else "hand",
    }
    return Divergence(
        account,
        DivergenceKind.UNMATCHED,
        position.identifier,
        position.symbol,
        position.volume,
        "lots",
        facts,
    )


def missing(trade: Trade) -> Divergence:
    """A trade whose position is gone without a deal that explains it."""
    facts = {"side": trade.side, "price": str(trade.open_price)}
    return Divergence(
        trade.account_id,
        DivergenceKind.MISSING,
        trade.position,
        trade.symbol,
        trade.volume,
        "lots",
        facts,
        trade.id,
    )


def closed(trade: Trade, closing: "Closing") -> Divergence:
    """A trade whose position was closed, by whom and with what result."""
    facts = {"reason": closing.reason, "price": str(closing.price), "profit": str(closing.profit)}
    return Divergence(
        trade.account_id,
        DivergenceKind.CLOSED,
        trade.position,
        trade.symbol,
        closing.volume,
        "lots",
        facts,
        trade.id,
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a trade as its OUT deals tell it; `profit` includes commission, swap and fee."""

    reason: CloseReason
    volume: Decimal
    price: Decimal
    profit: Decimal
    last: MT5Deal


def closing_of(trade: Trade, deals: Sequence[MT5Deal], instrument: Instrument | None) -> Closing | None:
    """How the trade's position was closed; None while its deals do not add up to its volume.

    The price is the volume-weighted one of all OUT deals, at the symbol's digits if those are known.
    """
    own = [deal for deal in deals if deal.position_id == trade.position]
    out = sorted((deal for deal in own if deal.entry in _OUT), key=lambda deal: (deal.at, deal.ticket))
    volume = sum((deal.volume for deal in out), Decimal(0))
    opened = sum((deal.volume for deal in own if deal.entry is DealEntry.IN), Decimal(0)) or trade.volume
    if not out or volume < opened:
        return None
    price = sum((deal.price * deal.volume for deal in out), Decimal(0)) / volume
    profit = sum((deal.profit + deal.commission + deal.swap + deal.fee for deal in own), Decimal(0))
    rounded = instrument.round_price(price) if instrument else round(price, _PRICE_DECIMALS)
    return Closing(_reason(out[-1]), volume, rounded, profit, out[-1])


def _reason(deal: MT5Deal) -> CloseReason:
    if deal.reason == _REASON_EXPERT:
        ours = intent_of_magic(deal.magic) is not None
        return CloseReason.DESK if ours else CloseReason.OTHER_PROGRAM
    return _REASONS.get(deal.reason, CloseReason.UNEXPLAINED)


def ambiguity(doubt: Ambiguous) -> Divergence:
    """A trade that several positions fit."""
    trade = doubt.trade
    facts = {"candidates": ", ".join(str(p.identifier) for p in doubt.candidates)}
    size = Decimal(len(doubt.candidates))
    return Divergence(
        trade.account_id,
        DivergenceKind.AMBIGUOUS,
        trade.position,
        trade.symbol,
        size,
        "positions",
        facts,
        trade.id,
    )
