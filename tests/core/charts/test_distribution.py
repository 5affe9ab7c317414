"""Bars of a distribution: every value in one of them, zero in the middle, axes round."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts.distribution import axis_of, bounds, count_axis, distribution_of

ANY = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=80)


@given(ANY)
def test_every_value_is_in_one_bar_and_on_its_side_of_zero(values: list[float]) -> None:
    spread = distribution_of(values)
    assert sum(each.below for each in spread.bins) == sum(value < 0 for value in values)
    assert sum(each.zero for each in spread.bins) == values.count(0)
    assert sum(each.above for each in spread.bins) == sum(value > 0 for value in values)


@given(ANY)
def test_bars_are_few_and_without_gaps_and_zero_is_among_them(values: list[float]) -> None:
    spread = distribution_of(values)
    numbers = [each.number for each in spread.bins]
    assert all(after - before == 1 for before, after in pairwise(numbers))
    assert numbers[0] <= -2 < 2 <= numbers[-1]
    assert len(numbers) <= 28


@given(ANY)
def test_a_value_stands_within_half_a_step_of_its_bar_unless_it_is_far_out(values: list[float]) -> None:
    spread = distribution_of(values)
    for value in values:
        off = abs(spread.place(value) - value / spread.step)
        beyond = spread.beyond_low if value < 0 else spread.beyond_high
        assert beyond or off <= 0.5 + 1e-9


@given(ANY, st.floats(0.5, 12))
def test_names_of_the_axis_keep_their_distance(values: list[float], apart: float) -> None:
    spread = distribution_of(values)
    places = [number for number, _ in axis_of(spread, apart)]
    assert all(after - before >= apart or 0 in (before, after) for before, after in pairwise(places))
    assert set(places) <= {each.number for each in spread.bins}


def test_one_value_far_out_leaves_the_others_their_room_and_is_counted_at_the_end() -> None:
    spread = distribution_of([*(0.1 * number for number in range(-10, 20)), 500.0])
    assert spread.step <= 0.5
    assert spread.beyond_high
    assert not spread.beyond_low
    assert spread.bins[-1].above >= 1
    assert axis_of(spread, 3)[-1][1].startswith("≥")


def test_a_tenth_far_out_is_shown_as_it_is() -> None:
    assert bounds(sorted([0.0] * 9 + [30.0])) == (0, 30)
    assert bounds([0.0] * 99 + [30.0]) == (0, 1)


def test_the_axis_is_named_from_zero_in_round_steps() -> None:
    names = [name for _, name in axis_of(distribution_of([-1.2, 0.0, 2.9]), 4)]
    assert names == ["-1.0", "0.0", "1.0", "2.0"]


@pytest.mark.parametrize(
    ("highest", "named"), [(1, [1]), (3, [1, 2, 3]), (12, [5, 10]), (810, [200, 400, 600, 800])]
)
def test_counts_are_named_in_whole_round_numbers(highest: int, named: list[int]) -> None:
    assert count_axis(highest) == named
