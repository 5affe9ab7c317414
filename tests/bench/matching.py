"""Matching of large books, beside a plain double loop by the same rules, and how its time grows with them.

Three books of each size: all by identity, half of them without, all without. The positions that have lost
theirs stand a little off in price and time, as fills do. The collector of garbage rests while the clock runs.

The goal against the double loop is for likeness: where identity decides, the loop compares one number, and
making the pairs is most of what is left of the other way.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import inf, log
from pathlib import Path
from random import Random
from statistics import median

from core.model.ids import IntentId, intent_of_comment, intent_of_magic, magic_of
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import MatchPolicy, Pair, match
from tests.bench.rows import Row
from tests.core.reconciliation.books import NOW, a_position, a_trade

SYMBOLS = tuple(f"SYM{n:02}" for n in range(20))
PIP = Decimal("0.0001")
POLICY = MatchPolicy(pips=dict.fromkeys(SYMBOLS, PIP))
MIXES = {"all by identity": 0.0, "half of it lost": 0.5, "all of it lost": 1.0}
SMALL, MIDDLE, LARGE = 1_000, 5_000, 8_000
RUNS, NAIVE_RUNS = 25, 7


@dataclass(frozen=True, slots=True)
class Book:
    trades: list[Trade]
    positions: list[MT5Position]

    def matched(self) -> Sequence[Pair]:
        return match(self.trades, self.positions, POLICY).pairs

    def matched_naively(self) -> Sequence[Pair]:
        return by_double_loop(self.trades, self.positions, POLICY)


def a_book(size: int, lost: float) -> Book:
    """A day's trades over a thousand pips of each symbol, both lists in no order; `lost` is a share.

    As when they are read, what follows each other in a list does so in memory, and they share no numbers.
    """
    random = Random(size)
    trades = [_trade(number, random) for number in random.sample(range(1, size + 1), size)]
    positions = [_position(t, random, lost=random.random() < lost) for t in random.sample(trades, size)]
    return Book(trades, positions)


def _trade(number: int, random: Random) -> Trade:
    return a_trade(
        number, IntentId(number), symbol=random.choice(SYMBOLS), side=random.choice(list(Side)),
        volume=random.randint(1, 100) * Decimal("0.01"),
        open_price=1 + random.randrange(10_000) * PIP / 10,
        opened_at=NOW - timedelta(seconds=random.randrange(86_400)),
    )  # fmt: skip


def _position(trade: Trade, random: Random, *, lost: bool) -> MT5Position:
    return a_position(
        trade.position + lost * 1_000_000, symbol=trade.symbol, side=trade.side, volume=+trade.volume,
        price_open=trade.open_price + random.randint(-5, 5) * PIP / 10,
        opened_at=trade.opened_at - timedelta(milliseconds=random.randrange(2_000)),
        magic=0 if lost or trade.intent_id is None else magic_of(trade.intent_id),
    )  # fmt: skip


def by_double_loop(
    trades: Sequence[Trade], positions: Sequence[MT5Position], policy: MatchPolicy
) -> Sequence[Pair]:
    """The pairs, in no order: every trade that is left is looked at with every position that is left."""
    same = [Pair(t, p) for t in trades for p in positions if t.position == p.identifier]
    lost, rest = _left(trades, positions, same)
    named = {p.identifier: intent_of_magic(p.magic) or intent_of_comment(p.comment) for p in rest}
    marked = [Pair(t, p) for t in lost for p in rest if t.intent_id == named[p.identifier]]
    lost, rest = _left(lost, rest, marked)
    alike = [Pair(t, p) for t in lost for p in rest if _fits(t, p, policy)]
    return [*same, *marked, *_told_apart(alike, policy)]


def _left(
    trades: Sequence[Trade], positions: Sequence[MT5Position], pairs: Sequence[Pair]
) -> tuple[list[Trade], list[MT5Position]]:
    numbers = {pair.trade.position for pair in pairs}
    identifiers = {pair.position.identifier for pair in pairs}
    return (
        [trade for trade in trades if trade.position not in numbers],
        [position for position in positions if position.identifier not in identifiers],
    )


def _fits(trade: Trade, position: MT5Position, policy: MatchPolicy) -> bool:
    return (
        trade.symbol.casefold() == position.symbol.casefold()
        and trade.side is position.side
        and abs(position.price_open - trade.open_price) <= PIP * policy.price_pips
        and policy.alike(trade, position)
    )


def _told_apart(candidates: list[Pair], policy: MatchPolicy) -> list[Pair]:
    """Rivals are found by number: a loop over all candidates would be more naive than anybody is."""
    pairs: list[Pair] = []
    while clear := _clear(candidates, policy):
        pairs += clear
        trades = {pair.trade.position for pair in clear}
        positions = {pair.position.identifier for pair in clear}
        candidates = [
            pair
            for pair in candidates
            if pair.trade.position not in trades and pair.position.identifier not in positions
        ]
    return pairs


def _clear(candidates: list[Pair], policy: MatchPolicy) -> list[Pair]:
    rivals: dict[tuple[str, int], list[Pair]] = {}
    for pair in candidates:
        for end in _ends(pair):
            rivals.setdefault(end, []).append(pair)
    return [
        pair
        for pair in candidates
        if all(rival is pair or policy.tells(pair, rival) for end in _ends(pair) for rival in rivals[end])
    ]


def _ends(pair: Pair) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("trade", pair.trade.position), ("position", pair.position.identifier)


async def matching_rows(folder: Path) -> list[Row]:
    return [row for mix, lost in MIXES.items() for row in _mix_rows(mix, lost)]


def _mix_rows(mix: str, lost: float) -> list[Row]:
    """Raises if the two ways do not find the same pairs."""
    small, middle, large = (a_book(size, lost) for size in (SMALL, MIDDLE, LARGE))
    if set(_numbers(small.matched())) != set(_numbers(small.matched_naively())):
        raise RuntimeError(f"matching and the double loop differ: {mix}")
    [naive_ms], [small_ms] = _times_ms(NAIVE_RUNS, small.matched_naively), _times_ms(RUNS, small.matched)
    [middle_ms] = _times_ms(RUNS, middle.matched)
    ratio, likeness = min(naive_ms) / min(small_ms), lost == 1
    return [
        _best(f"match {SMALL:,} x {SMALL:,}, {mix}", small_ms, 3),
        Row("  times faster than the double loop", ratio, "x", NAIVE_RUNS, at_least=50 if likeness else -inf),
        _best(f"match {MIDDLE:,} x {MIDDLE:,}, {mix}", middle_ms, 20),
        _growth(small, large),
    ]


def _growth(small: Book, large: Book) -> Row:
    """In turns, so that both find the processor's caches full of the other, as after ten seconds' rest."""
    small_ms, large_ms = _times_ms(RUNS, small.matched, large.matched)
    n_log_n = LARGE * log(LARGE) / (SMALL * log(SMALL))
    growth = min(large_ms) / min(small_ms)
    return Row(f"  times as long for {LARGE:,} x {LARGE:,}", growth, "x", RUNS, at_most=round(n_log_n, 1))


def _numbers(pairs: Sequence[Pair]) -> Iterator[tuple[int, int]]:
    return ((pair.trade.position, pair.position.identifier) for pair in pairs)


def _best(what: str, times_ms: list[float], at_most: float) -> Row:
    return Row(f"{what} (median {median(times_ms):.2f} ms)", min(times_ms), "ms", len(times_ms), at_most)


def _times_ms(runs: int, *ways: Callable[[], Sequence[Pair]]) -> list[list[float]]:
    """Of each way, in turns. Time of the processor: the machine may be busy with something else."""
    with _without_collector():
        turns = [[_time_ms(way) for way in ways] for _ in range(runs)]
    return [list(times) for times in zip(*turns, strict=True)]


def _time_ms(way: Callable[[], Sequence[Pair]]) -> float:
    began = time.process_time()
    way()
    return (time.process_time() - began) * 1000


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
