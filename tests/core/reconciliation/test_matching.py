"""Which position is which trade: against brute force, and case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.ids import IntentId, TradeId, comment_of, intent_of_comment, intent_of_magic, magic_of
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import Ambiguous, Matching, Pair, Tolerance, match
from tests.core.reconciliation.books import NOW, PIPS, a_position, a_trade

SYMBOLS = ("EURUSD", "eurusd", "XAUUSD")
MINUTE = timedelta(minutes=1)


def numbered(count: int) -> range:
    return range(1, count + 1)


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Trade], list[MT5Position]]:
    """A few trades and positions that collide: few numbers, prices and volumes to choose from."""
    symbols, sides = st.sampled_from(SYMBOLS), st.sampled_from(Side)
    prices = st.integers(-3, 3).map(lambda pips: Decimal("1.1") + pips * Decimal("0.00011"))
    volumes = st.sampled_from(["0.95", "1", "1.06"]).map(Decimal)
    minutes = st.integers(-6, 6).map(lambda n: NOW + n * MINUTE)
    intents = st.sampled_from([None, IntentId(101), IntentId(102), IntentId(103)])
    identifiers: list[int] = draw(st.permutations(numbered(8)))
    trades: list[Trade] = []
    intents_left = [IntentId(n) for n in (101, 102, 103)]
    for number in identifiers[: draw(st.integers(0, 4))]:
        sent_by_us = draw(st.booleans())
        intent = intents_left.pop() if intents_left and sent_by_us else None
        trades.append(
            a_trade(
                number, intent, symbol=draw(symbols), side=draw(sides), volume=draw(volumes),
                open_price=draw(prices), opened_at=draw(minutes),
            )
        )  # fmt: skip
    positions = []
    for number in draw(st.permutations(numbered(8)))[: draw(st.integers(0, 4))]:
        named, in_magic = draw(intents), draw(st.booleans())
        positions.append(
            a_position(
                number, symbol=draw(symbols), side=draw(sides), volume=draw(volumes),
                price_open=draw(prices), opened_at=draw(minutes),
                magic=magic_of(named) if named and in_magic else 7,
                comment=comment_of(named) if named and not in_magic else "by hand",
            )
        )  # fmt: skip
    return trades, positions


def by_brute_force(trades: Sequence[Trade], positions: Sequence[MT5Position]) -> Matching:
    """What the rules say, each read off all combinations, without an index or an order of events."""
    same = {(t.id, p.identifier) for t in trades for p in positions if t.position == p.identifier}
    with_trade, with_position = {t for t, _ in same}, {p for _, p in same}
    named = []
    for trade in trades:
        free = [p for p in positions if p.identifier not in with_position and _names(p) == trade.intent_id]
        if trade.intent_id is not None and trade.id not in with_trade and free:
            named.append((trade.id, min(p.identifier for p in free)))
    joined = same | set(named)
    lost = [t for t in trades if t.id not in {trade for trade, _ in joined}]
    free = [
        p for p in positions if p.identifier not in {q for _, q in joined} and _names(p) is None
    ]  # fmt: skip
    fits = {t.id: {p.identifier for p in free if _fits(t, p)} for t in lost}
    only = {
        (t, next(iter(found)))
        for t, found in fits.items()
        if len(found) == 1 and sum(bool(found & other) for other in fits.values()) == 1
    }
    doubtful = {t: found for t, found in fits.items() if found and t not in {trade for trade, _ in only}}
    taken = {p for _, p in joined | only} | {p for found in doubtful.values() for p in found}
    return _in_order(
        trades, positions, joined | only, doubtful,
        missing={t for t, found in fits.items() if not found},
        unmatched={p.identifier for p in positions} - taken,
    )  # fmt: skip


def _names(position: MT5Position) -> IntentId | None:
    return intent_of_magic(position.magic) or intent_of_comment(position.comment)


def _fits(trade: Trade, position: MT5Position) -> bool:
    return (
        trade.symbol.lower() == position.symbol.lower()
        and trade.side is position.side
        and Decimal("0.95") <= position.volume / trade.volume <= Decimal("1.05")
        and abs(position.price_open - trade.open_price)
        <= Decimal("0.0002") * (1000 if "X" in trade.symbol else 1)
        and abs(position.opened_at - trade.opened_at) <= 5 * MINUTE
    )


def _in_order(
    trades: Sequence[Trade],
    positions: Sequence[MT5Position],
    pairs: set[tuple[TradeId, int]],
    doubtful: Mapping[TradeId, set[int]],
    missing: set[TradeId],
    unmatched: set[int],
) -> Matching:
    def held(identifiers: set[int]) -> tuple[MT5Position, ...]:
        found = (p for p in positions if p.identifier in identifiers)
        return tuple(sorted(found, key=lambda p: p.identifier))

    by_id = {t.id: t for t in trades}
    return Matching(
        pairs=tuple(Pair(by_id[t], held({p})[0]) for t, p in pairs),
        unmatched=held(unmatched),
        missing=tuple(sorted((t for t in trades if t.id in missing), key=lambda t: t.position)),
        ambiguous=tuple(Ambiguous(by_id[t], held(found)) for t, found in doubtful.items()),
    )


def content(found: Matching) -> tuple[object, ...]:
    return set(found.pairs), found.unmatched, found.missing, set(found.ambiguous)


@settings(max_examples=600)
@given(books())
def test_it_finds_what_brute_force_finds(book: tuple[list[Trade], list[MT5Position]]) -> None:
    assert content(match(*book, PIPS)) == content(by_brute_force(*book))


@settings(max_examples=200)
@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    book: tuple[list[Trade], list[MT5Position]], random: Random
) -> None:
    trades, positions = book
    expected = match(trades, positions, PIPS)
    random.shuffle(trades)
    random.shuffle(positions)
    assert match(trades, positions, PIPS) == expected


@settings(max_examples=200)
@given(books())
def test_everything_stands_in_exactly_one_place(book: tuple[list[Trade], list[MT5Position]]) -> None:
    found = match(*book, PIPS)
    trades = [p.trade for p in found.pairs] + list(found.missing) + [a.trade for a in found.ambiguous]
    assert sorted(t.position for t in trades) == sorted(t.position for t in book[0])
    paired = [p.position.identifier for p in found.pairs]
    doubtful = {p.identifier for a in found.ambiguous for p in a.candidates}
    places = [*paired, *(p.identifier for p in found.unmatched), *doubtful]
    assert sorted(places) == sorted(p.identifier for p in book[1])


def paired(trades: Sequence[Trade], positions: Sequence[MT5Position]) -> list[tuple[int, int]]:
    found = match(trades, positions, PIPS)
    return [(pair.trade.position, pair.position.identifier) for pair in found.pairs]


def test_the_identifier_decides_whatever_else_differs() -> None:
    changed = a_position(
        1, ticket=99, symbol="EURUSD.m", price_open=Decimal(2), volume=Decimal(9), side=Side.SELL
    )  # fmt: skip
    lookalike = a_position(2)
    found = match([a_trade(1)], [lookalike, changed], PIPS)
    assert [pair.position for pair in found.pairs] == [changed]
    assert found.unmatched == (lookalike,)


@pytest.mark.parametrize(
    "marks", [{"magic": magic_of(IntentId(7))}, {"magic": 0, "comment": comment_of(IntentId(7))}]
)
def test_magic_or_comment_name_the_trade_when_the_identifier_is_another(marks: dict[str, object]) -> None:
    """A fill whose position could not be read is known by its order; on netting accounts that differs."""
    slipped = a_position(50, price_open=Decimal("1.2"), **marks)
    assert paired([a_trade(1, IntentId(7))], [slipped]) == [(1, 50)]


def test_a_position_that_names_another_order_is_never_taken_by_likeness() -> None:
    found = match([a_trade(1, IntentId(7))], [a_position(2, magic=magic_of(IntentId(8)))], PIPS)
    assert (len(found.missing), len(found.unmatched), found.pairs) == (1, 1, ())


def test_one_order_with_two_positions_has_its_trade_once() -> None:
    twice = [a_position(n, magic=magic_of(IntentId(7))) for n in (3, 2)]
    found = match([a_trade(1, IntentId(7))], twice, PIPS)
    assert [pair.position.identifier for pair in found.pairs] == [2]
    assert [position.identifier for position in found.unmatched] == [3]


def test_symbols_are_the_same_in_any_case() -> None:
    assert paired([a_trade(1, symbol="eurusd")], [a_position(2, symbol="EURUSD")]) == [(1, 2)]


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"price_open": Decimal("1.10020")}, True),
        ({"price_open": Decimal("1.10021")}, False),
        ({"price_open": Decimal("1.09980")}, True),
        ({"price_open": Decimal("1.09979")}, False),
        ({"volume": Decimal("0.105")}, True),
        ({"volume": Decimal("0.106")}, False),
        ({"volume": Decimal("0.095")}, True),
        ({"volume": Decimal("0.094")}, False),
        ({"opened_at": NOW + 5 * MINUTE}, True),
        ({"opened_at": NOW - 6 * MINUTE}, False),
        ({"side": Side.SELL}, False),
        ({"symbol": "GBPUSD"}, False),
    ],
)
def test_likeness_ends_where_it_says(changes: dict[str, object], fits: bool) -> None:
    assert bool(paired([a_trade(1)], [a_position(2, **changes)])) is fits


@pytest.mark.parametrize(
    ("symbol", "price", "off", "fits"),
    [("USDJPY", "150.000", "0.020", True), ("USDJPY", "150.000", "0.021", False),
     ("XAUUSD", "2650.00", "0.20", True), ("XAUUSD", "2650.00", "0.21", False)],
)  # fmt: skip
def test_pips_are_those_of_the_symbol(symbol: str, price: str, off: str, fits: bool) -> None:
    trade = a_trade(1, symbol=symbol, open_price=Decimal(price))
    position = a_position(2, symbol=symbol, price_open=Decimal(price) + Decimal(off))
    assert bool(paired([trade], [position])) is fits


def test_without_a_pip_size_nothing_is_near() -> None:
    found = match([a_trade(1)], [a_position(2)], {})
    assert (len(found.missing), len(found.unmatched)) == (1, 1)


def test_two_that_fit_one_trade_are_a_persons_to_tell_apart() -> None:
    twins = (a_position(2), a_position(3, price_open=Decimal("1.10001")))
    found = match([a_trade(1)], twins, PIPS)
    assert found.ambiguous == (Ambiguous(a_trade(1), twins),)
    assert (found.pairs, found.unmatched, found.missing) == ((), (), ())


def test_two_trades_that_fit_one_position_are_both_in_doubt() -> None:
    found = match([a_trade(1), a_trade(2)], [a_position(3)], PIPS)
    assert [doubt.trade.position for doubt in found.ambiguous] == [1, 2]
    assert (found.pairs, found.unmatched, found.missing) == ((), (), ())


def test_a_tolerance_of_ones_own() -> None:
    exact = Tolerance(Decimal(0), Decimal(0), timedelta(0))
    assert match([a_trade(1)], [a_position(2)], PIPS, exact).pairs
    moved = a_position(2, price_open=Decimal("1.10001"))
    assert not match([a_trade(1)], [moved], PIPS, exact).pairs


def test_a_thousand_that_lost_their_identity_find_each_other() -> None:
    spread = [Decimal("1.1") + n * Decimal("0.001") for n in range(1000)]
    trades = [a_trade(n + 1, open_price=price) for n, price in enumerate(spread)]
    positions = [a_position(n + 5001, price_open=price) for n, price in enumerate(spread)]
    found = match(trades, positions, PIPS)
    assert all(p.position.identifier == p.trade.position + 5000 for p in found.pairs)
    assert len(found.pairs) == 1000


def test_nothing_matches_nothing() -> None:
    assert match([], [], {}) == Matching((), (), (), ())
    assert match([replace(a_trade())], [], PIPS).missing == (a_trade(),)
