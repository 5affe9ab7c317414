"""Which position is which trade: by identity first, by likeness only for what has lost its identity.

Pure functions over immutable values; the result does not depend on the order of the input.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from core.model.ids import IntentId, intent_of_comment, intent_of_magic
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade


@dataclass(frozen=True, slots=True)
class Pair:
    trade: Trade
    position: MT5Position

    @property
    def price_off(self) -> Decimal:
        """How far the opening prices are apart."""
        return abs(self.position.price_open - self.trade.open_price)

    @property
    def time_off(self) -> timedelta:
        """How far the opening times are apart."""
        return abs(self.position.opened_at - self.trade.opened_at)


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """How far a position without identity may be from its trade, each bound included.

    Volume in percent of the trade's, opening price in pips, opening time either way. Of two that could be
    the same, one is told from the other if it is no farther off in price nor in time, and nearer by more than
    `tie_pips` or by more than `tie_within`; else they tie.

    `pips` are the sizes of pips by the broker's symbols: without one no price is near. `symbols` are the
    account's names, the broker's symbol by the desk's instrument. Both are kept without capitals.
    """

    volume_percent: Decimal = Decimal("5")
    price_pips: Decimal = Decimal("2")
    opened_within: timedelta = timedelta(minutes=5)
    tie_pips: Decimal = Decimal("1")
    tie_within: timedelta = timedelta(minutes=1)
    pips: Mapping[str, Decimal] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pips = {symbol.casefold(): pip for symbol, pip in self.pips.items()}
        symbols = {name.casefold(): symbol.casefold() for name, symbol in self.symbols.items()}
        object.__setattr__(self, "pips", pips)
        object.__setattr__(self, "symbols", symbols)

    def meant_by(self, symbol: str) -> set[str]:
        """The broker's symbols, without capitals, that a trade's may stand for: itself, or what it names."""
        folded = symbol.casefold()
        return {folded, self.symbols.get(folded, folded)}

    def alike(self, trade: Trade, position: MT5Position) -> bool:
        """In time and volume; and no other program has marked the position of an order of ours."""
        return (
            (position.magic == 0 or trade.intent_id is None)
            and abs(position.opened_at - trade.opened_at) <= self.opened_within
            and abs(position.volume - trade.volume) * 100 <= trade.volume * self.volume_percent
        )

    def tells(self, pair: Pair, rival: Pair) -> bool:
        """Whether the pair is so much nearer than its rival that they do not tie."""
        pip = self.pips.get(rival.position.symbol.casefold())
        nearer_by, sooner_by = rival.price_off - pair.price_off, rival.time_off - pair.time_off
        if pip is None or nearer_by < 0 or sooner_by < timedelta(0):
            return False
        return nearer_by > pip * self.tie_pips or sooner_by > self.tie_within


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A trade that several positions may be, or whose only one may be another's: a person is asked."""

    trade: Trade
    candidates: tuple[MT5Position, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Every trade and every position stands in exactly one place; an ambiguous position in `ambiguous`.

    All are in the order of the numbers of positions; of the pairs, those come first that the identifier made.
    """

    pairs: tuple[Pair, ...]
    unmatched: tuple[MT5Position, ...]
    missing: tuple[Trade, ...]
    ambiguous: tuple[Ambiguous, ...]


_number = attrgetter("position")
_number_of_trade = attrgetter("trade.position")
_identifier = attrgetter("identifier")
_kind = attrgetter("symbol", "side")
_price = attrgetter("price_open")
_trade_of = attrgetter("trade.id")
_position_of = attrgetter("position.identifier")

_Thing = TypeVar("_Thing")


def _grouped(things: Iterable[_Thing], key: Callable[[_Thing], Any]) -> dict[Any, list[_Thing]]:
    groups: defaultdict[Any, list[_Thing]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


def match(
    trades: Iterable[Trade], positions: Iterable[MT5Position], policy: MatchPolicy = MatchPolicy()
) -> Matching:
    """Join trades to positions. No two trades have one `position`: those of a net position come as one.

    The identifier decides, then the magic, then the comment, whatever else differs. Only between trades that
    none of them joins and positions that name no order does likeness count. Whoever gives the trades of
    pairs the identifiers of their positions and matches again finds the same.
    """
    same, lost, rest = _by_identifier(sorted(trades, key=_number), positions)
    marked, strangers = _by_mark(lost, rest)
    named = _Told.apart(marked, policy)
    lost, rest = named.others(lost, rest)
    alike = _Told.apart(_by_likeness(lost, strangers, policy), policy)
    lost, rest = alike.others(lost, rest)
    return Matching(
        pairs=(*same, *sorted(named.pairs + alike.pairs, key=_number_of_trade)),
        unmatched=tuple(sorted(rest, key=_identifier)),
        missing=tuple(lost),
        ambiguous=tuple(sorted(named.doubts + alike.doubts, key=_number_of_trade)),
    )


def _by_identifier(
    trades: Iterable[Trade], positions: Iterable[MT5Position]
) -> tuple[list[Pair], list[Trade], list[MT5Position]]:
    """Pairs, and the trades and positions that are left."""
    held = {position.identifier: position for position in positions}
    pairs: list[Pair] = []
    lost: list[Trade] = []
    for trade in trades:
        position = held.pop(trade.position, None)
        if position is None:
            lost.append(trade)
        else:
            pairs.append(Pair(trade, position))
    return pairs, lost, list(held.values())


def _by_mark(
    trades: Iterable[Trade], positions: Iterable[MT5Position]
) -> tuple[list[Pair], list[MT5Position]]:
    """What a magic joins, else a comment beside a magic that names no order; and positions that name none."""
    by_magic: defaultdict[IntentId | None, list[MT5Position]] = defaultdict(list)
    by_comment: defaultdict[IntentId | None, list[MT5Position]] = defaultdict(list)
    for (magic, comment), bearers in _grouped(positions, attrgetter("magic", "comment")).items():
        if intent := intent_of_magic(magic):
            by_magic[intent] += bearers
        else:
            by_comment[intent_of_comment(comment)] += bearers
    strangers = by_comment.pop(None, [])
    candidates = [
        Pair(trade, position)
        for trade in trades
        for position in by_magic.get(trade.intent_id) or by_comment.get(trade.intent_id) or ()
    ]
    return candidates, strangers


def _by_likeness(
    trades: Iterable[Trade], positions: Iterable[MT5Position], policy: MatchPolicy
) -> list[Pair]:
    """Only what is of one symbol and side is compared."""
    expected: defaultdict[tuple[str, Side], list[Trade]] = defaultdict(list)
    held: defaultdict[tuple[str, Side], list[MT5Position]] = defaultdict(list)
    for (symbol, side), asked in _grouped(trades, _kind).items():
        for name in policy.meant_by(symbol):
            expected[name, side] += asked
    for (symbol, side), there in _grouped(positions, _kind).items():
        held[symbol.casefold(), side] += there
    return [
        pair
        for symbol, side in expected.keys() & held.keys()
        if symbol in policy.pips
        for pair in _near(expected[symbol, side], held[symbol, side], policy.pips[symbol], policy)
    ]


def _near(
    trades: Iterable[Trade], positions: Iterable[MT5Position], pip: Decimal, policy: MatchPolicy
) -> Iterator[Pair]:
    """Those of one symbol and side that are near; only what is near in price is looked at."""
    by_price = sorted(positions, key=_price)
    prices = [position.price_open for position in by_price]
    reach = pip * policy.price_pips
    for trade in trades:
        first = bisect_left(prices, trade.open_price - reach)
        last = bisect_right(prices, trade.open_price + reach, first)
        for position in by_price[first:last]:
            if policy.alike(trade, position):
                yield Pair(trade, position)


@dataclass(frozen=True, slots=True)
class _Told:
    """Which candidates are pairs, and the trades of which nobody can tell."""

    pairs: list[Pair]
    doubts: list[Ambiguous]

    @classmethod
    def apart(cls, candidates: Sequence[Pair], policy: MatchPolicy) -> "_Told":
        """A pair is told from all other candidates of its trade and of its position.

        Once it is made they are its rivals no more, nor anybody's, so that more pairs may follow.
        """
        pairs: list[Pair] = []
        while clear := _unrivalled(candidates, policy):
            pairs += clear
            candidates = _still_free(candidates, clear)
        return cls(pairs, _doubts(candidates))

    def others(
        self, trades: Iterable[Trade], positions: Iterable[MT5Position]
    ) -> tuple[list[Trade], list[MT5Position]]:
        """Those of the trades and positions that are neither paired nor in doubt."""
        told = {pair.trade.id for pair in self.pairs} | {doubt.trade.id for doubt in self.doubts}
        taken = {pair.position.identifier for pair in self.pairs}
        taken |= {position.identifier for doubt in self.doubts for position in doubt.candidates}
        return (
            [trade for trade in trades if trade.id not in told],
            [position for position in positions if position.identifier not in taken],
        )


def _unrivalled(candidates: Sequence[Pair], policy: MatchPolicy) -> list[Pair]:
    of_trade, of_position = _grouped(candidates, _trade_of), _grouped(candidates, _position_of)
    return [
        pair
        for pair in candidates
        if _stands_out(pair, of_trade[pair.trade.id], policy)
        and _stands_out(pair, of_position[pair.position.identifier], policy)
    ]


def _stands_out(pair: Pair, among: Sequence[Pair], policy: MatchPolicy) -> bool:
    return len(among) == 1 or all(policy.tells(pair, rival) for rival in among if rival is not pair)


def _still_free(candidates: Sequence[Pair], pairs: Sequence[Pair]) -> list[Pair]:
    if len(pairs) == len(candidates):
        return []
    trades = {pair.trade.id for pair in pairs}
    positions = {pair.position.identifier for pair in pairs}
    return [
        pair
        for pair in candidates
        if pair.trade.id not in trades and pair.position.identifier not in positions
    ]


def _doubts(candidates: Iterable[Pair]) -> list[Ambiguous]:
    return [
        Ambiguous(pairs[0].trade, tuple(sorted((pair.position for pair in pairs), key=_identifier)))
        for pairs in _grouped(candidates, _trade_of).values()
    ]
