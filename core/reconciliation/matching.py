"""Which position is which trade: by identity first, by tolerance only for what has lost its identity.

Pure functions over immutable values; the result does not depend on the order of the input.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.model.ids import IntentId, intent_of_comment, intent_of_magic
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a position without identity may be from its trade: volume in percent, price in pips."""

    volume_percent: Decimal = Decimal("5")
    price_pips: Decimal = Decimal("2")


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
    pip_of: dict[str, Decimal],
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
    by_identifier = {position.identifier: position for position in positions}
    by_intent = {intent: p for p in reversed(positions) if (intent := _intent_of(p)) is not None}
    pairs: list[Pair] = []
    for trade in trades:
        position = by_identifier.pop(trade.position, None)
        if position is not None:
            pairs.append(Pair(trade, position))
    known = {pair.position.identifier for pair in pairs}
    for trade in _without(trades, {pair.trade.id for pair in pairs}):
        position = by_intent.get(trade.intent_id) if trade.intent_id is not None else None
        if position is not None and position.identifier not in known:
            known.add(position.identifier)
            pairs.append(Pair(trade, position))
    return pairs


def _by_tolerance(
    trades: Sequence[Trade],
    positions: Sequence[MT5Position],
    pip_of: dict[str, Decimal],
    tolerance: Tolerance,
) -> tuple[tuple[Pair, ...], tuple[Ambiguous, ...]]:
    """Pair what fits one to one; whatever fits more than one is ambiguous."""
    buckets: defaultdict[tuple[str, Side], list[MT5Position]] = defaultdict(list)
    for position in positions:
        buckets[position.symbol.casefold(), position.side].append(position)
    fits = {
        trade: tuple(
            p for p in buckets[trade.symbol.casefold(), trade.side] if _near(trade, p, pip_of, tolerance)
        )
        for trade in trades
    }
    claims: defaultdict[int, int] = defaultdict(int)
    for candidates in fits.values():
        for position in candidates:
            claims[position.identifier] += 1
    pairs, ambiguous = [], []
    for trade, candidates in fits.items():
        if len(candidates) == 1 and claims[candidates[0].identifier] == 1:
            pairs.append(Pair(trade, candidates[0]))
        elif candidates:
            ambiguous.append(Ambiguous(trade, candidates))
    return tuple(pairs), tuple(ambiguous)


def _near(trade: Trade, position: MT5Position, pip_of: dict[str, Decimal], tolerance: Tolerance) -> bool:
    pip = pip_of.get(position.symbol)
    if pip is None:
        return False
    volume_off = abs(position.volume - trade.volume) * 100
    price_off = abs(position.price_open - trade.open_price)
    return volume_off <= trade.volume * tolerance.volume_percent and price_off <= pip * tolerance.price_pips
