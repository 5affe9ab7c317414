"""Which position is which trade: by identity first, by tolerance only for what has lost its identity.

Pure functions over immutable values; the result does not depend on the order of the input.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter

from core.model.ids import IntentId, intent_of_comment, intent_of_magic
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a position without identity may be from its trade, each bound included.

    Volume in percent of the trade's, opening price in pips, opening time either way.
    """

    volume_percent: Decimal = Decimal("5")
    price_pips: Decimal = Decimal("2")
    opened_within: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pair:
    trade: Trade
    position: MT5Position


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A trade that several positions fit, or that shares its only one with another: a person is asked."""

    trade: Trade
    candidates: tuple[MT5Position, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Every trade and every position stands in exactly one place; an ambiguous position in `ambiguous`."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[MT5Position, ...]
    missing: tuple[Trade, ...]
    ambiguous: tuple[Ambiguous, ...]


def match(
    trades: Iterable[Trade],
    positions: Iterable[MT5Position],
    pip_of: Mapping[str, Decimal],
    tolerance: Tolerance = Tolerance(),
) -> Matching:
    """Join trades to positions. `pip_of` gives a symbol's pip size; without one no price is near."""
    trades = sorted(trades, key=lambda trade: trade.position)
    positions = sorted(positions, key=lambda position: position.identifier)
    pairs = _by_identity(trades, positions)
    lost_trades = _without(trades, {pair.trade.id for pair in pairs})
    paired = {pair.position.identifier for pair in pairs}
    strangers = [p for p in positions if p.identifier not in paired and _intent_of(p) is None]
    near, ambiguous = _by_tolerance(lost_trades, strangers, pip_of, tolerance)
    taken = paired | {pair.position.identifier for pair in near}
    taken |= {p.identifier for doubt in ambiguous for p in doubt.candidates}
    doubtful = {doubt.trade.id for doubt in ambiguous}
    return Matching(
        pairs=(*pairs, *near),
        unmatched=tuple(p for p in positions if p.identifier not in taken),
        missing=tuple(_without(lost_trades, {pair.trade.id for pair in near} | doubtful)),
        ambiguous=ambiguous,
    )


def _intent_of(position: MT5Position) -> IntentId | None:
    return intent_of_magic(position.magic) or intent_of_comment(position.comment)


def _without(trades: Iterable[Trade], ids: set[object]) -> list[Trade]:
    return [trade for trade in trades if trade.id not in ids]


def _by_identity(trades: Sequence[Trade], positions: Sequence[MT5Position]) -> list[Pair]:
    """The identifier decides; a magic or comment that names the trade's intent comes after it."""
    held = {position.identifier: position for position in positions}
    pairs = [Pair(trade, held.pop(trade.position)) for trade in trades if trade.position in held]
    by_intent = {intent: p for p in reversed(held.values()) if (intent := _intent_of(p)) is not None}
    for trade in _without(trades, {pair.trade.id for pair in pairs}):
        position = by_intent.pop(trade.intent_id, None) if trade.intent_id is not None else None
        if position is not None:
            pairs.append(Pair(trade, position))
    return pairs


_Bucket = list[MT5Position]
_price_of = attrgetter("price_open")


def _by_tolerance(
    trades: Sequence[Trade],
    positions: Sequence[MT5Position],
    pip_of: Mapping[str, Decimal],
    tolerance: Tolerance,
) -> tuple[tuple[Pair, ...], tuple[Ambiguous, ...]]:
    """Pair what fits one to one; whatever fits more than one is ambiguous."""
    buckets: defaultdict[tuple[str, Side], _Bucket] = defaultdict(list)
    for position in sorted(positions, key=_price_of):
        buckets[position.symbol.casefold(), position.side].append(position)
    pips = {symbol.casefold(): pip for symbol, pip in pip_of.items()}
    fits = [(trade, _fitting(trade, buckets, pips, tolerance)) for trade in trades]
    claims = Counter(position.identifier for _, candidates in fits for position in candidates)
    pairs, ambiguous = [], []
    for trade, candidates in fits:
        if len(candidates) == 1 and claims[candidates[0].identifier] == 1:
            pairs.append(Pair(trade, candidates[0]))
        elif candidates:
            ambiguous.append(Ambiguous(trade, candidates))
    return tuple(pairs), tuple(ambiguous)


def _fitting(
    trade: Trade,
    buckets: Mapping[tuple[str, Side], _Bucket],
    pips: Mapping[str, Decimal],
    tolerance: Tolerance,
) -> tuple[MT5Position, ...]:
    """The positions that could be the trade's, by identifier; only those near in price are looked at."""
    symbol = trade.symbol.casefold()
    bucket, pip = buckets.get((symbol, trade.side)), pips.get(symbol)
    if bucket is None or pip is None:
        return ()
    reach = pip * tolerance.price_pips
    first = bisect_left(bucket, trade.open_price - reach, key=_price_of)
    last = bisect_right(bucket, trade.open_price + reach, key=_price_of)
    alike = (position for position in bucket[first:last] if _alike(trade, position, tolerance))
    return tuple(sorted(alike, key=attrgetter("identifier")))


def _alike(trade: Trade, position: MT5Position, tolerance: Tolerance) -> bool:
    volume_off = abs(position.volume - trade.volume) * 100
    return (
        volume_off <= trade.volume * tolerance.volume_percent
        and abs(position.opened_at - trade.opened_at) <= tolerance.opened_within
    )
