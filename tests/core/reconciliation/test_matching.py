"""Which position is which trade, case by case; `test_matching_brute_force` tries all rules at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from core.model.ids import IntentId, comment_of, magic_of
from core.model.instruments import Side
from core.model.mt5 import MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import Ambiguous, Matching, MatchPolicy, match
from tests.core.reconciliation.books import NOW, PIPS, POLICY, SECOND, a_position, a_trade

MINUTE = timedelta(minutes=1)
SEVEN, EIGHT = IntentId(7), IntentId(8)


def paired(
    trades: Sequence[Trade], positions: Sequence[MT5Position], policy: MatchPolicy = POLICY
) -> list[tuple[int, int]]:
    found = match(trades, positions, policy)
    return [(pair.trade.position, pair.position.identifier) for pair in found.pairs]


def stray(number: int, pips: str = "0", seconds: float = 0) -> MT5Position:
    """The position of `a_trade` without identity, so far off in price and time."""
    price, at = Decimal("1.1") + Decimal(pips) * PIPS["EURUSD"], NOW + seconds * SECOND
    return a_position(number, price_open=price, opened_at=at)


# -- identity


def test_the_identifier_decides_whatever_else_differs() -> None:
    changed = a_position(
        1, ticket=99, symbol="EURUSD.m", price_open=Decimal(2), volume=Decimal(9), side=Side.SELL,
        magic=magic_of(EIGHT), comment=comment_of(EIGHT),
    )  # fmt: skip
    lookalike = a_position(2)
    found = match([a_trade(1, SEVEN)], [lookalike, changed], POLICY)
    assert [pair.position for pair in found.pairs] == [changed]
    assert found.unmatched == (lookalike,)


def test_identifiers_of_64_bits_are_told_apart_to_the_last() -> None:
    largest = 2**63 - 1
    trades = [a_trade(largest), a_trade(largest - 1)]
    positions = [a_position(largest - 1), a_position(largest - 2)]
    assert paired(trades[1:], positions) == [(largest - 1, largest - 1)]
    assert paired(trades, positions) == [(largest - 1, largest - 1), (largest, largest - 2)]


def test_magics_of_63_bits_are_told_apart_to_the_last() -> None:
    intents = [IntentId(2**48 - n) for n in (1, 2)]
    trades = [a_trade(n, intent) for n, intent in enumerate(intents)]
    positions = [a_position(50 + n, magic=magic_of(intent)) for n, intent in enumerate(intents)]
    assert paired(trades, positions) == [(0, 50), (1, 51)]


@pytest.mark.parametrize(
    "marks",
    [{"magic": magic_of(SEVEN)}, {"comment": comment_of(SEVEN)},
     {"comment": f" {comment_of(SEVEN)} [sl 1.09000]"}, {"comment": comment_of(SEVEN).upper()},
     {"magic": 99, "comment": comment_of(SEVEN)}],
)  # fmt: skip
def test_magic_or_comment_name_the_trade_when_the_identifier_is_another(marks: dict[str, object]) -> None:
    """A fill whose position could not be read is known by its order; on netting accounts that differs."""
    slipped = a_position(50, price_open=Decimal("1.2"), **marks)
    assert paired([a_trade(1, SEVEN)], [slipped]) == [(1, 50)]


def test_the_magic_goes_before_the_comment() -> None:
    copied = a_position(50, comment=comment_of(SEVEN))
    real = a_position(51, magic=magic_of(SEVEN), price_open=Decimal("1.2"))
    found = match([a_trade(1, SEVEN)], [copied, real], POLICY)
    assert [pair.position for pair in found.pairs] == [real]
    assert found.unmatched == (copied,)


def test_beside_a_magic_of_ours_a_comment_names_nothing() -> None:
    both = a_position(50, magic=magic_of(EIGHT), comment=comment_of(SEVEN))
    assert paired([a_trade(1, SEVEN), a_trade(2, EIGHT)], [both]) == [(2, 50)]
    assert paired([a_trade(1, SEVEN)], [both]) == []


def test_a_comment_that_the_broker_has_cut_names_nobody_and_likeness_decides() -> None:
    cut = a_position(50, comment=comment_of(SEVEN)[:-1])
    assert paired([a_trade(1, SEVEN)], [cut]) == [(1, 50)]
    assert paired([a_trade(1, SEVEN)], [replace(cut, price_open=Decimal("1.2"))]) == []


@pytest.mark.parametrize("marks", [{"magic": magic_of(EIGHT)}, {"comment": comment_of(EIGHT)}])
def test_what_names_an_order_of_another_desk_is_never_taken_by_likeness(marks: dict[str, object]) -> None:
    theirs = a_position(2, **marks)
    found = match([a_trade(1, SEVEN), a_trade(3)], [theirs], POLICY)
    assert (found.pairs, found.ambiguous, found.unmatched) == ((), (), (theirs,))


def test_what_another_program_has_marked_is_no_order_of_ours_but_may_have_been_adopted() -> None:
    of_a_robot = a_position(2, magic=20_260)
    assert paired([a_trade(1, SEVEN)], [of_a_robot]) == []
    assert paired([a_trade(1, intent=None)], [of_a_robot]) == [(1, 2)]


def test_two_positions_of_one_order_are_a_persons_to_tell_apart() -> None:
    twice = tuple(a_position(n, magic=magic_of(SEVEN)) for n in (2, 3))
    found = match([a_trade(1, SEVEN)], twice[::-1], POLICY)
    assert found == Matching((), (), (), (Ambiguous(a_trade(1, SEVEN), twice),))
    known = match([a_trade(2, SEVEN)], twice, POLICY)
    assert (len(known.pairs), known.unmatched) == (1, twice[1:])


def test_two_of_one_order_tie_where_no_pip_size_is_known() -> None:
    twice = [a_position(n, symbol="US30", magic=magic_of(SEVEN)) for n in (2, 3)]
    [doubt] = match([a_trade(1, SEVEN)], twice, POLICY).ambiguous
    assert doubt.candidates == tuple(twice)


def test_a_trade_that_another_of_its_order_leaves_without_a_mark_is_looked_for_by_likeness() -> None:
    marked = a_position(50, magic=magic_of(SEVEN), opened_at=NOW + 2 * MINUTE)
    trades = [a_trade(1, SEVEN), a_trade(2, SEVEN, opened_at=NOW + 2 * MINUTE)]
    assert paired(trades, [marked, a_position(51)]) == [(1, 51), (2, 50)]


# -- likeness


@pytest.mark.parametrize(
    ("trade", "position", "fits"),
    [("EURUSD", "EURUSD.m", True), ("eurusd", "EurUsd.M", True), ("EURUSD.M", "EURUSD.m", True),
     ("EURUSD", "eurusd", True), ("EURUSD.m", "EURUSD", False), ("EURUSD", "XAUUSD", False),
     ("gold", "XAUUSD", True), ("XAUUSD", "GOLD", False)],
)  # fmt: skip
def test_a_trade_is_of_the_brokers_symbol_or_of_what_the_account_calls_so(
    trade: str, position: str, fits: bool
) -> None:
    names = {"EurUSD": "EURUSD.m", "GOLD": "xauusd"}
    policy = replace(POLICY, symbols=names, pips={**POLICY.pips, "Gold": PIPS["XAUUSD"]})
    assert bool(paired([a_trade(1, symbol=trade)], [a_position(2, symbol=position)], policy)) is fits


def test_of_two_symbols_that_a_trade_may_mean_neither_is_preferred() -> None:
    both = (a_position(2), a_position(3, symbol="EURUSD.m"))
    assert match([a_trade(1)], both, POLICY).ambiguous == (Ambiguous(a_trade(1), both),)


def test_of_two_sizes_of_a_pip_the_smaller_counts() -> None:
    policy = replace(POLICY, pips={"EURUSD": Decimal("0.001"), "EURUSD.m": Decimal("0.0001")})
    assert paired([a_trade(1)], [stray(2, "2")], policy) == [(1, 2)]
    assert paired([a_trade(1)], [stray(2, "3")], policy) == []


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"price_open": Decimal("1.10020")}, True),
        ({"price_open": Decimal("1.10021")}, False),
        ({"price_open": Decimal("1.1002000000000000001")}, False),
        ({"price_open": Decimal("1.09980")}, True),
        ({"price_open": Decimal("1.09979")}, False),
        ({"volume": Decimal("0.105")}, True),
        ({"volume": Decimal("0.106")}, False),
        ({"volume": Decimal("0.095")}, True),
        ({"volume": Decimal("0.094")}, False),
        ({"opened_at": NOW + 5 * MINUTE}, True),
        ({"opened_at": NOW - 5 * MINUTE}, True),
        ({"opened_at": NOW + 5 * MINUTE + SECOND / 1000}, False),
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
    found = match([a_trade(1)], [a_position(2)])
    assert (len(found.missing), len(found.unmatched)) == (1, 1)


def test_a_tolerance_of_ones_own() -> None:
    exact = MatchPolicy(Decimal(0), Decimal(0), timedelta(0), pips=PIPS)
    assert paired([a_trade(1)], [a_position(2)], exact)
    for other in (stray(2, "0.1"), stray(2, seconds=0.001), a_position(2, volume=Decimal("0.11"))):
        assert not paired([a_trade(1)], [other], exact)


# -- ties


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (("0", 0), ("1.1", 0), True),
        (("0", 0), ("1.0", 0), False),
        (("0", 0), ("0", 61), True),
        (("0", 0), ("0", 60), False),
        (("0.5", 0), ("-1.5", 0), False),
        (("0.5", 0), ("-1.6", 0), True),
        (("0", 2), ("1.5", 2), True),
        (("0", 2), ("1.5", 1), False),
        (("0.1", 0), ("0", 240), False),
        (("0", 0), ("0.5", 59), False),
        (("0", 0), ("0", 0), False),
    ],
)
def test_of_two_that_fit_the_nearer_is_taken_only_if_they_do_not_tie(
    first: tuple[str, float], second: tuple[str, float], told: bool
) -> None:
    near, far = stray(2, *first), stray(3, *second)
    found = match([a_trade(1)], [far, near], POLICY)
    if told:
        assert [pair.position for pair in found.pairs] == [near]
        assert (found.unmatched, found.ambiguous) == ((far,), ())
    else:
        assert found == Matching((), (), (), (Ambiguous(a_trade(1), (near, far)),))


@pytest.mark.parametrize(("seconds", "told"), [(60, False), (61, True)])
def test_of_two_trades_that_fit_one_position_the_nearer_has_it_if_they_do_not_tie(
    seconds: int, told: bool
) -> None:
    trades = (a_trade(1), a_trade(2, opened_at=NOW - seconds * SECOND))
    found = match(trades, [stray(3)], POLICY)
    if told:
        assert [pair.trade for pair in found.pairs] == [trades[0]]
        assert (found.missing, found.ambiguous) == (trades[1:], ())
    else:
        assert [doubt.trade for doubt in found.ambiguous] == list(trades)
        assert (found.pairs, found.missing) == ((), ())


def test_a_tie_ends_with_the_pair_that_one_of_its_sides_makes() -> None:
    """The second trade has the second position for itself, once the first has gone to its own."""
    first, second = a_trade(1), a_trade(2, opened_at=NOW + 100 * SECOND)
    own, shared = stray(11), stray(12, seconds=75)
    assert paired([second, first], [shared, own]) == [(1, 11), (2, 12)]
    assert len(match([second, first], [shared], POLICY).ambiguous) == 2


def test_margins_of_ones_own() -> None:
    narrow = replace(POLICY, tie_pips=Decimal(0))
    assert paired([a_trade(1)], [stray(2), stray(3, "0.1")], narrow) == [(1, 2)]
    wide = replace(POLICY, tie_pips=POLICY.price_pips, tie_within=POLICY.opened_within)
    assert paired([a_trade(1)], [stray(2), stray(3, "2", 300)], wide) == []


def test_a_chain_is_resolved_alike_in_every_order() -> None:
    trades = [a_trade(1), a_trade(2, opened_at=NOW + 70 * SECOND), a_trade(3, SEVEN)]
    positions = [stray(11), stray(12, seconds=140), stray(13, "1.5", 10)]
    outcomes = {
        match(some, others, POLICY) for some in permutations(trades) for others in permutations(positions)
    }
    assert len(outcomes) == 1


# -- many and none


def of_two_symbols(*numbers: int) -> list[Trade]:
    return [a_trade(n, symbol="EURUSD" if n % 2 else "XAUUSD", open_price=Decimal(n)) for n in numbers]


def test_all_are_in_the_order_of_their_numbers() -> None:
    """Whatever they are of: what is unchanged reads unchanged."""
    trades = of_two_symbols(3, 1, 4, 2)
    found = [
        a_position(10 - t.position, symbol=t.symbol, price_open=t.open_price, opened_at=t.opened_at)
        for t in trades
    ]  # fmt: skip
    twins = [replace(position, identifier=position.identifier + 20) for position in found]
    pairs, doubts = match(trades, found, POLICY).pairs, match(trades, found + twins, POLICY).ambiguous
    assert [pair.trade.position for pair in pairs] == [1, 2, 3, 4]
    assert [doubt.trade.position for doubt in doubts] == [1, 2, 3, 4]
    assert match(trades, [], POLICY).missing == tuple(of_two_symbols(1, 2, 3, 4))
    assert [p.identifier for p in match([], found, POLICY).unmatched] == [6, 7, 8, 9]


def test_a_thousand_that_lost_their_identity_find_each_other() -> None:
    spread = [Decimal("1.1") + n * Decimal("0.001") for n in range(1000)]
    trades = [a_trade(n + 1, open_price=price) for n, price in enumerate(spread)]
    positions = [a_position(n + 5001, price_open=price) for n, price in enumerate(spread)]
    found = match(trades, positions, POLICY)
    assert all(p.position.identifier == p.trade.position + 5000 for p in found.pairs)
    assert len(found.pairs) == 1000


def test_of_sixty_that_are_all_alike_none_is_taken() -> None:
    trades, positions = [a_trade(n) for n in range(60)], [a_position(100 + n) for n in range(60)]
    found = match(trades, positions, POLICY)
    assert (found.pairs, len(found.ambiguous)) == ((), 60)
    assert all(doubt.candidates == tuple(positions) for doubt in found.ambiguous)


def test_nothing_matches_nothing() -> None:
    assert match([], []) == Matching((), (), (), ())
    assert match([a_trade()], [], POLICY).missing == (a_trade(),)
    assert match([], [a_position()], POLICY).unmatched == (a_position(),)
