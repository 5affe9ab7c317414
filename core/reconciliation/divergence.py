"""How what is held differs from what is expected, with the facts that a reader is told."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from core.model.divergences import Divergence, DivergenceKind, level_fact
from core.model.ids import AccountId
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position
from core.model.thresholds import Thresholds
from core.model.trades import Trade
from core.mt5 import contract as mt5
from core.reconciliation.closing import Closing
from core.reconciliation.matching import Ambiguous, Pair

_HANDS = {
    mt5.POSITION_REASON_CLIENT: "desktop",
    mt5.POSITION_REASON_MOBILE: "mobile",
    mt5.POSITION_REASON_WEB: "web",
}
_Levels = tuple[str, Decimal | None, Decimal | None]


def differences(
    pair: Pair,
    instrument: Instrument,
    thresholds: Thresholds,
    change: Closing | None = None,
    currency: str = "",
) -> Iterator[Divergence]:
    """The divergences of one pair: entry slippage, volume, stops.

    `change` explains another volume, with money in `currency`.
    """
    yield from _slippage(pair, instrument, thresholds)
    yield from _volume(pair, thresholds, change, currency)
    yield from _stops(pair, instrument, thresholds)


def differs_in_volume(pair: Pair, thresholds: Thresholds) -> bool:
    return abs(_percent_off(pair)) > thresholds.volume_percent


def _found(
    pair: Pair, kind: DivergenceKind, size: Decimal, unit: str, facts: dict[str, str], grade: str = ""
) -> Divergence:
    """Told of the position by which the trade is held."""
    whole = {"volume": str(pair.trade.volume), **facts}
    found = _of_trade(pair.trade, kind, size, unit, whole, grade)
    return replace(found, position=pair.position.identifier)


def _slippage(pair: Pair, instrument: Instrument, thresholds: Thresholds) -> Iterator[Divergence]:
    """A net position's own price is an average, also of what was closed and of what others added to it."""
    trade = pair.trade
    filled = trade.open_price if trade.shared else pair.position.price_open
    pips = instrument.pips((filled - trade.expected_price) * trade.side.sign)
    if abs(pips) > thresholds.slippage_pips:
        facts = {"expected": str(trade.expected_price), "filled": str(filled)}
        yield _found(pair, DivergenceKind.SLIPPAGE, pips, "pips", facts)


def _volume(
    pair: Pair, thresholds: Thresholds, change: Closing | None, currency: str
) -> Iterator[Divergence]:
    """Each step of a partial close is another one."""
    if not differs_in_volume(pair, thresholds):
        return
    held = str(_held(pair))
    facts = {"expected": str(pair.trade.volume), "held": held}
    if change is not None:
        facts |= {"by": change.reason, "price": str(change.price)}
        facts |= {"profit": f"{change.profit:.2f}", "currency": currency}
    rounded = _percent_off(pair).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    yield _found(pair, DivergenceKind.VOLUME, rounded, "%", facts, held)


def _percent_off(pair: Pair) -> Decimal:
    if not pair.trade.volume:  # a share that was closed whole, and whose deals are not listed yet
        return Decimal(100)
    return (_held(pair) - pair.trade.volume) / pair.trade.volume * 100


def _held(pair: Pair) -> Decimal:
    """Lots on the trade's side: nothing is left of it in a net position that was turned."""
    return pair.position.volume if pair.position.side is pair.trade.side else Decimal(0)


def _stops(pair: Pair, instrument: Instrument, thresholds: Thresholds) -> Iterator[Divergence]:
    """How far a level was moved makes no other divergence: one that trails the price moves all the time."""
    trade, position = pair.trade, pair.position
    levels: tuple[_Levels, ...] = (
        ("stop", trade.stop_loss, position.stop_loss),
        ("target", trade.take_profit, position.take_profit),
    )
    off = [level for level in levels if _is_off(level, instrument, thresholds)]
    if not off:
        return
    facts: dict[str, str] = {}
    for name, ours, theirs in off:
        facts |= {f"{name}_expected": _told(ours, instrument), f"{name}_held": _told(theirs, instrument)}
    size = max(_apart(ours, theirs, instrument) for _, ours, theirs in off)
    grade = "+".join(f"{name}:{_how(ours, theirs)}" for name, ours, theirs in off)
    yield _found(pair, DivergenceKind.STOPS, size, "pips", facts, grade)


def _told(level: Decimal | None, instrument: Instrument) -> str:
    """With all of the symbol's digits: 1.20000 beside 1.20808."""
    return level_fact(None if level is None else instrument.round_price(level))


def _is_off(level: _Levels, instrument: Instrument, thresholds: Thresholds) -> bool:
    _, ours, theirs = level
    one_is_missing = (ours is None) is not (theirs is None)
    return one_is_missing or _apart(ours, theirs, instrument) > thresholds.stops_pips


def _how(ours: Decimal | None, theirs: Decimal | None) -> str:
    if theirs is None:
        return "removed"
    return "added" if ours is None else "moved"


def _apart(ours: Decimal | None, theirs: Decimal | None, instrument: Instrument) -> Decimal:
    """The distance of two levels in pips, 0 unless both are set."""
    return Decimal(0) if ours is None or theirs is None else abs(instrument.pips(theirs - ours))


def stranger(account: AccountId, position: MT5Position) -> Divergence:
    """A position that no trade explains: opened by hand or by another program."""
    facts = {
        "side": position.side,
        "price": str(position.price_open),
        "by": _HANDS.get(position.reason, "program"),
        "stop": level_fact(position.stop_loss),
        "target": level_fact(position.take_profit),
    }
    if facts["by"] == "program":
        facts["magic"] = str(position.magic)
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
    return _of_trade(trade, DivergenceKind.MISSING, trade.volume, "lots", {"price": str(trade.open_price)})


def closed(trade: Trade, closing: Closing) -> Divergence:
    """A trade whose position was closed, by whom and with what result."""
    facts = {"reason": closing.reason, "price": str(closing.price), "profit": f"{closing.profit:.2f}"}
    grade = str(trade.id) if trade.shared else ""  # a net position closes as often as it has shares
    return _of_trade(trade, DivergenceKind.CLOSED, closing.volume, "lots", facts, grade)


def ambiguity(doubt: Ambiguous) -> Divergence:
    """A trade that several positions fit."""
    trade, candidates = doubt.trade, doubt.candidates
    facts = {
        "volume": str(trade.volume),
        "price": str(trade.open_price),
        "candidates": ", ".join(str(candidate.identifier) for candidate in candidates),
    }
    facts |= {str(candidate.identifier): _told_apart(candidate) for candidate in candidates}
    size = Decimal(len(candidates))
    return _of_trade(trade, DivergenceKind.AMBIGUOUS, size, "positions", facts)


def _told_apart(position: MT5Position) -> str:
    return f"{position.volume} at {position.price_open}, {position.opened_at:%H:%M:%S} UTC"


def _of_trade(
    trade: Trade, kind: DivergenceKind, size: Decimal, unit: str, facts: dict[str, str], grade: str = ""
) -> Divergence:
    whole = {"side": str(trade.side), **facts}
    return Divergence(
        trade.account_id, kind, trade.position, trade.symbol, size, unit, whole, trade.id, grade
    )
