"""Which position is which trade: by identity first, by likeness only for what has lost its identity.

Pure functions over immutable values; the result does not depend on the order of the input.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import TypeVar

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

    def pips_of(self, symbol: str) -> dict[str, Decimal]:
        """By the broker's symbols that a trade's may stand for: itself, and what the account calls it.

        Where they differ, the smallest is what bounds a price.
        """
        own = symbol.casefold()
        meant = (own, self.symbols.get(own, own))
        return {name: self.pips[name] for name in meant if name in self.pips}

    def alike(self, trade: Trade, position: MT5Position) -> bool:
        """In time and volume; and no other program has marked the position of an order of ours."""
        return (
            (position.magic == 0 or trade.intent_id is None)
            and abs(position.opened_at - trade.opened_at) <= self.opened_within
            and (position.volume == trade.volume or self._near_in_volume(trade, position))
        )

    def _near_in_volume(self, trade: Trade, position: MT5Position) -> bool:
        return abs(position.volume - trade.volume) * 100 <= trade.volume * self.volume_percent

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


_identifier = attrgetter("identifier")
_kind = attrgetter("symbol", "side")
_number = attrgetter("position")
_price = attrgetter("price_open")
_number_of_trade = attrgetter("trade.position")


def match(
    trades: Iterable[Trade], positions: Iterable[MT5Position], policy: MatchPolicy = MatchPolicy()
) -> Matching:
    """Join trades to positions. No two trades have one `position`: those of a net position come as one.

    The identifier decides, then the magic, then the comment, whatever else differs. Only between trades that
    none of them joins and positions that name no order does likeness count. Whoever gives the trades of
    pairs the identifiers of their positions and matches again finds the same.
    """
    same, lost, rest = _by_identifier(sorted(trades, key=_number), positions)
    marked, unmarked, strangers = _by_mark(lost, rest)
    named = _Told.apart(marked, policy)
    alike = _Told.apart(_by_likeness(unmarked + named.lost, strangers, policy), policy)
    taken = named.taken | alike.taken
    return Matching(
        pairs=(*same, *sorted(named.pairs + alike.pairs, key=_number_of_trade)),
        unmatched=tuple(sorted((p for p in rest if p.identifier not in taken), key=_identifier)),
        missing=tuple(sorted(alike.lost, key=_number)),
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


_Choice = tuple[Trade, Sequence[MT5Position]]
"""A trade with the positions that may be its own."""


def _by_mark(
    trades: Iterable[Trade], positions: Iterable[MT5Position]
) -> tuple[list[_Choice], list[Trade], list[MT5Position]]:
    """By a magic, else by a comment beside a magic that names no order.

    With the trades that no position names and the positions that name no order.
    """
    by_magic: defaultdict[IntentId | None, list[MT5Position]] = defaultdict(list)
    by_comment: defaultdict[IntentId | None, list[MT5Position]] = defaultdict(list)
    for (magic, comment), some in _grouped(positions, attrgetter("magic", "comment")).items():
        if intent := intent_of_magic(magic):
            by_magic[intent] += some
        else:
            by_comment[intent_of_comment(comment)] += some
    strangers = by_comment.pop(None, [])
    bearers = {**by_comment, **by_magic}
    return (
        [(trade, bearers[trade.intent_id]) for trade in trades if trade.intent_id in bearers],
        [trade for trade in trades if trade.intent_id not in bearers],
        strangers,
    )


def _by_likeness(
    trades: Iterable[Trade], positions: Iterable[MT5Position], policy: MatchPolicy
) -> list[_Choice]:
    """Only what is of one symbol and side is compared."""
    held: defaultdict[tuple[str, Side], list[MT5Position]] = defaultdict(list)
    for (symbol, side), some in _grouped(positions, _kind).items():
        held[symbol.casefold(), side] += some
    choices: list[_Choice] = []
    for (symbol, side), expected in _grouped(trades, _kind).items():
        pips = policy.pips_of(symbol)
        there = [position for name in pips for position in held.get((name, side), ())]
        reach = min(pips.values(), default=Decimal(0)) * policy.price_pips
        choices += _near(expected, there, reach, policy)
    return choices


def _near(
    trades: Iterable[Trade], positions: Iterable[MT5Position], reach: Decimal, policy: MatchPolicy
) -> Iterator[_Choice]:
    """Of one side and instrument; only what is near in price is looked at."""
    by_price = sorted(positions, key=_price)
    prices = [position.price_open for position in by_price]
    for trade in trades:
        first = bisect_left(prices, trade.open_price - reach)
        last = bisect_right(prices, trade.open_price + reach, first)
        yield trade, [position for position in by_price[first:last] if policy.alike(trade, position)]


_Thing = TypeVar("_Thing")
_Key = TypeVar("_Key")


def _grouped(things: Iterable[_Thing], key: Callable[[_Thing], _Key]) -> dict[_Key, list[_Thing]]:
    groups: defaultdict[_Key, list[_Thing]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of choices: pairs, trades of which nobody can tell, and those to which nothing is left."""

    pairs: list[Pair]
    doubts: list[Ambiguous]
    lost: list[Trade]

    @classmethod
    def apart(cls, choices: Sequence[_Choice], policy: MatchPolicy) -> "_Told":
        """A position is told from all others that its trade may be, and its trade from all others.

        Once they are a pair they are nobody's rivals any more, so that more pairs may follow.
        """
        pairs: list[Pair] = []
        while clear := _clear(choices, policy):
            pairs += clear.values()
            taken = {pair.position.identifier for pair in clear.values()}
            choices = [
                (trade, [position for position in found if position.identifier not in taken])
                for place, (trade, found) in enumerate(choices)
                if place not in clear
            ]
        return cls(
            pairs,
            [Ambiguous(trade, tuple(sorted(found, key=_identifier))) for trade, found in choices if found],
            [trade for trade, found in choices if not found],
        )

    @property
    def taken(self) -> set[int]:
        """The identifiers of the positions that are paired or in doubt."""
        paired = {pair.position.identifier for pair in self.pairs}
        return paired | {position.identifier for doubt in self.doubts for position in doubt.candidates}


def _clear(choices: Sequence[_Choice], policy: MatchPolicy) -> dict[int, Pair]:
    """The pairs that stand out now, by the places of their choices."""
    claims: defaultdict[int, list[Trade]] = defaultdict(list)
    for trade, found in choices:
        for position in found:
            claims[position.identifier].append(trade)
    return {
        place: Pair(trade, position)
        for place, (trade, found) in enumerate(choices)
        for position in found
        if len(found) == 1 == len(claims[position.identifier])
        or _stands_out(Pair(trade, position), found, claims[position.identifier], policy)
    }


def _stands_out(
    pair: Pair, positions: Iterable[MT5Position], trades: Iterable[Trade], policy: MatchPolicy
) -> bool:
    of_trade = (Pair(pair.trade, position) for position in positions if position is not pair.position)
    of_position = (Pair(trade, pair.position) for trade in trades if trade is not pair.trade)
    return all(policy.tells(pair, rival) for rival in chain(of_trade, of_position))
