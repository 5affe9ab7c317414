"""Labels keep their distance, grids are round and named for a reader."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts.layout import price_grid, spread, time_grid

START = int(datetime(2026, 11, 19, 22, tzinfo=UTC).timestamp())


def times(count: int, minutes: int) -> list[int]:
    return [START + number * minutes * 60 for number in range(count)]


@given(st.lists(st.floats(0, 500), min_size=1, max_size=9).map(sorted))
def test_labels_never_overlap_and_stay_inside(wanted: list[float]) -> None:
    places = spread(wanted, 38, 20, 600)
    assert all(above - below > 37.999 for below, above in pairwise(places))
    assert places[0] > 19.999
    assert places[-1] < 600.001


def test_labels_with_room_stay_where_they_belong_and_a_close_pair_parts_evenly() -> None:
    assert spread([100, 200, 300], 38, 0, 600) == [100, 200, 300]
    assert spread([100, 100], 40, 0, 600) == [80, 120]


@given(st.floats(1e-4, 1e6), st.floats(1e-5, 0.5))
def test_a_price_grid_has_a_few_lines_within_the_range(low: float, share: float) -> None:
    high = low * (1 + share)
    prices = price_grid(low, high)
    assert 2 <= len(prices) <= 8
    assert all(low <= price <= high * (1 + 1e-12) for price in prices)


def test_a_price_grid_is_round() -> None:
    assert [f"{price:.5f}" for price in price_grid(1.0811, 1.0879)] == [
        *("1.08200", "1.08300", "1.08400", "1.08500", "1.08600", "1.08700"),
    ]


def test_hours_are_named_by_the_clock_and_midnight_by_its_day() -> None:
    names = [name for _, name in time_grid(times(48, 15), 4)]
    assert names == ["20 Nov", "02:00", "04:00", "06:00", "08:00"]


def test_days_and_months_are_named_as_such() -> None:
    names = [name for _, name in time_grid(times(20, 1440), 2)]
    assert names == ["21 Nov", "24 Nov", "27 Nov", "30 Nov", "3 Dec", "6 Dec"]
    assert time_grid(times(200, 1440), 20)[0][1] == "Dec 2026"


@given(st.lists(st.integers(1, 90 * 86400), min_size=1, max_size=250), st.floats(0.1, 100))
def test_any_times_have_few_names_that_keep_their_distance(gaps: list[int], apart: float) -> None:
    bars = [START + sum(gaps[:number]) for number in range(len(gaps))]
    named = [bar for bar, _ in time_grid(bars, apart)]
    assert len(named) <= 8
    assert all(right - left >= apart for left, right in pairwise(named))


@pytest.mark.parametrize("minutes", [1, 5, 15, 60, 240])
def test_a_name_stands_at_the_bar_that_has_its_time(minutes: int) -> None:
    for bar, name in time_grid(times(96, minutes), 12):
        at = datetime.fromtimestamp(START, UTC) + timedelta(minutes=minutes * bar)
        assert name in (f"{at:%H:%M}", f"{at.day} {at:%b}")
