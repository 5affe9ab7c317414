"""Matching against the rules as they are said, tried on all combinations of small books."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.ids import IntentId, comment_of, intent_of_comment, intent_of_magic, magic_of
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import Matching, match
from tests.core.reconciliation.books import NOW, POLICY, a_position, a_trade

Book = tuple[list[Trade], list[MT5Position]]
Books = st.SearchStrategy[Book]

# What is drawn: few values, at the bounds and beside them, the likely ones more than once.
NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8, 2**62 + 1, 2**62 + 2, 2**63 - 2, 2**63 - 1)
SYMBOLS = ("EURUSD", "EURUSD", "EURUSD.m", "eurusd.M", "eurusd", "XAUUSD")
SIDES = (Side.BUY, Side.BUY, Side.BUY, Side.SELL)
VOLUMES = tuple(map(Decimal, ("1", "1", "1.05", "0.95", "1.06")))
POINTS = (0, 0, 4, 10, 11, 14, 20, 21, -10, -11)
SECONDS = (0, 0, 2, 60, 61, 62, 300, 301, -60, -240)
OURS, TWIN, OTHERS = IntentId(101), IntentId(102), IntentId(2**47 + 5)
INTENTS = (None, None, OURS, TWIN, OTHERS)
MARKS = (
    (0, ""), (0, "by hand"), (0, ""), (7, ""), (magic_of(OURS), comment_of(OURS)), (magic_of(OURS), ""),
    (magic_of(TWIN), comment_of(OURS)), (0, comment_of(OURS)), (7, comment_of(TWIN) + " [sl]"),
    (0, comment_of(TWIN)[:9]), (magic_of(OTHERS), comment_of(OTHERS)), (magic_of(IntentId(103)), ""),
)  # fmt: skip


def one_of_each(*fields: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    """A value of each field, all told by one number: ten thousand books are to be drawn in seconds."""
    count = 1
    for field in fields:
        count *= len(field)
    return st.integers(0, count - 1).map(lambda number: list(_digits(number, fields)))


def _digits(number: int, fields: Sequence[Sequence[Any]]) -> Iterable[Any]:
    for field in fields:
        number, digit = divmod(number, len(field))
        yield field[digit]


def _trade(drawn: list[Any]) -> Trade:
    number, symbol, side, volume, points, seconds, intent = drawn
    return a_trade(
        number, intent, symbol=symbol, side=side, volume=volume,
        open_price=1 + points * Decimal("0.00001"), opened_at=NOW + timedelta(seconds=seconds),
    )  # fmt: skip


def _position(drawn: list[Any]) -> MT5Position:
    number, symbol, side, volume, points, seconds, (magic, comment) = drawn
    return a_position(
        number, symbol=symbol, side=side, volume=volume, magic=magic, comment=comment,
        price_open=1 + points * Decimal("0.00001"), opened_at=NOW + timedelta(seconds=seconds),
    )  # fmt: skip


def books(most: int, *fields: Sequence[Any], intents: Sequence[Any], marks: Sequence[Any]) -> Books:
    """Up to so many trades and positions, each number once on its side."""
    return st.tuples(
        st.lists(one_of_each(*fields, intents).map(_trade), max_size=most, unique_by=lambda t: t.position),
        st.lists(one_of_each(*fields, marks).map(_position), max_size=most, unique_by=lambda p: p.identifier),
    )


MIXED = books(4, NUMBERS, SYMBOLS, SIDES, VOLUMES, POINTS, SECONDS, intents=INTENTS, marks=MARKS)
CROWDED = books(
    5, range(1, 100), ("EURUSD", "EURUSD.m"), (Side.BUY,), (Decimal(1),), POINTS, SECONDS,
    intents=(None, OURS), marks=((0, ""),),
)  # fmt: skip
BOOKS = MIXED | CROWDED


# -- the rules


@dataclass(frozen=True)
class Outcome:
    """By the numbers of trades and positions."""

    pairs: set[tuple[int, int]]
    doubts: dict[int, set[int]]
    missing: set[int]
    unmatched: set[int]


def outcome_of(found: Matching) -> Outcome:
    return Outcome(
        {(pair.trade.position, pair.position.identifier) for pair in found.pairs},
        {doubt.trade.position: {p.identifier for p in doubt.candidates} for doubt in found.ambiguous},
        {trade.position for trade in found.missing},
        {position.identifier for position in found.unmatched},
    )


Candidate = tuple[Trade, MT5Position]


def by_brute_force(trades: Sequence[Trade], positions: Sequence[MT5Position]) -> Outcome:
    every = [(trade, position) for trade in trades for position in positions]
    joined = [(t, p) for t, p in every if t.position == p.identifier]
    doubtful: list[Candidate] = []
    for strength in (marked, alike):
        used = [*joined, *doubtful]
        free = [(t, p) for t, p in every if all(t is not u and p is not q for u, q in used)]
        pairs, rest = told_apart([(t, p) for t, p in free if strength(t, p, free)])
        joined += pairs
        doubtful += rest
    used = [*joined, *doubtful]
    return Outcome(
        {(t.position, p.identifier) for t, p in joined},
        {t.position: {p.identifier for u, p in doubtful if u is t} for t, _ in doubtful},
        {t.position for t in trades if all(t is not u for u, _ in used)},
        {p.identifier for p in positions if all(p is not q for _, q in used)},
    )


def marked(trade: Trade, position: MT5Position, free: Collection[Candidate]) -> bool:
    """By magic; by comment if no magic among those that are free names the trade's order, nor its own any."""
    wanted = trade.intent_id
    if wanted is None:
        return False
    if any(intent_of_magic(p.magic) == wanted for t, p in free if t is trade):
        return intent_of_magic(position.magic) == wanted
    return intent_of_magic(position.magic) is None and intent_of_comment(position.comment) == wanted


def alike(trade: Trade, position: MT5Position, free: Collection[Candidate]) -> bool:
    names = {trade.symbol.lower(), "eurusd.m" if trade.symbol.lower() == "eurusd" else ""}
    return (
        intent_of_magic(position.magic) is None
        and intent_of_comment(position.comment) is None
        and (trade.intent_id is None or position.magic == 0)
        and position.symbol.lower() in names
        and trade.side == position.side
        and Fraction(95, 100) <= Fraction(position.volume) / Fraction(trade.volume) <= Fraction(105, 100)
        and price_off(trade, position) <= 2 * pip_of(position)
        and time_off(trade, position) <= timedelta(minutes=5)
    )


def pip_of(position: MT5Position) -> Fraction:
    return Fraction(1, 10) if position.symbol == "XAUUSD" else Fraction(1, 10_000)


def price_off(trade: Trade, position: MT5Position) -> Fraction:
    return abs(Fraction(trade.open_price) - Fraction(position.price_open))


def time_off(trade: Trade, position: MT5Position) -> timedelta:
    return max(trade.opened_at, position.opened_at) - min(trade.opened_at, position.opened_at)


def told_apart(candidates: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """One pair at a time, whichever stands out first; and what is left when none does."""
    for best in candidates:
        rivals = [other for other in candidates if other is not best and shares_an_end(best, other)]
        if all(beats(best, rival) for rival in rivals):
            rest = [other for other in candidates if not shares_an_end(best, other)]
            pairs, doubtful = told_apart(rest)
            return [best, *pairs], doubtful
    return [], candidates


def shares_an_end(one: Candidate, other: Candidate) -> bool:
    return one[0] is other[0] or one[1] is other[1]


def beats(best: Candidate, rival: Candidate) -> bool:
    nearer_by = price_off(*rival) - price_off(*best)
    sooner_by = time_off(*rival) - time_off(*best)
    if nearer_by < 0 or sooner_by < timedelta(0):
        return False
    return nearer_by > pip_of(rival[1]) or sooner_by > timedelta(minutes=1)


# -- the promises


@settings(max_examples=10_000, deadline=None)
@given(BOOKS)
def test_it_finds_what_brute_force_finds(book: Book) -> None:
    assert outcome_of(match(*book, POLICY)) == by_brute_force(*book)


@settings(max_examples=500, deadline=None)
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(book: Book, random: Random) -> None:
    trades, positions = book
    expected = match(trades, positions, POLICY)
    random.shuffle(trades)
    random.shuffle(positions)
    assert match(trades, positions, POLICY) == expected


@settings(max_examples=500, deadline=None)
@given(BOOKS)
def test_everything_stands_in_exactly_one_place(book: Book) -> None:
    found = match(*book, POLICY)
    trades = [pair.trade for pair in found.pairs] + [*found.missing, *(a.trade for a in found.ambiguous)]
    assert sorted(t.position for t in trades) == sorted(t.position for t in book[0])
    doubtful = {p.identifier for doubt in found.ambiguous for p in doubt.candidates}
    places = [pair.position.identifier for pair in found.pairs] + [p.identifier for p in found.unmatched]
    assert sorted([*places, *doubtful]) == sorted(p.identifier for p in book[1])


@settings(max_examples=500, deadline=None)
@given(BOOKS)
def test_who_learns_the_pairs_and_matches_again_finds_the_same(book: Book) -> None:
    """Otherwise a doubt would be told and end by itself ten seconds later."""
    found = match(*book, POLICY)
    learnt = [replace(pair.trade, position=pair.position.identifier) for pair in found.pairs]
    others = [*found.missing, *(doubt.trade for doubt in found.ambiguous)]
    taken = {trade.position for trade in learnt}
    again = match([*learnt, *(t for t in others if t.position not in taken)], book[1], POLICY)
    assert {pair.trade for pair in again.pairs} == set(learnt)
    assert (again.ambiguous, again.unmatched) == (found.ambiguous, found.unmatched)
