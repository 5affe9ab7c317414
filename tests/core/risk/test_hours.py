"""Trading hours against an oracle that counts offsets by hand: New York, whose clocks move twice a year."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.model.policies import Hours
from core.risk.hours import closed

SUMMER = (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC))
"""When New York is four hours behind UTC instead of five (by the US rule of 2007)."""

moments = st.integers(0, 348 * 86_400).map(lambda s: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=s))
days = st.frozensets(st.integers(0, 6), min_size=1)
times = st.times(min_value=time(3), max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
"""Not between midnight and three, where an hour is skipped or comes twice; that has a test of its own."""


def local(moment: datetime) -> datetime:
    behind = 4 if SUMMER[0] <= moment < SUMMER[1] else 5
    return (moment - timedelta(hours=behind)).replace(tzinfo=None)


def is_open(hours: Hours, moment: datetime) -> bool:
    """By the wall clock, one window after the other."""
    here = local(moment)
    if here.date() in hours.blackout:
        return False
    for day in (here.date(), here.date() - timedelta(days=1)):
        ends = day if hours.closes > hours.opens else day + timedelta(days=1)
        begins = datetime.combine(day, hours.opens)
        if day.weekday() in hours.days and begins <= here < datetime.combine(ends, hours.closes):
            return True
    return False


@given(moments, days, times, times, st.frozensets(st.integers(-1, 3), max_size=3))
def test_it_is_open_when_the_wall_clock_says_so(
    moment: datetime, on: frozenset[int], opens: time, closes: time, dark: frozenset[int]
) -> None:
    blackout = frozenset(local(moment).date() + timedelta(days=ahead) for ahead in dark)
    hours = Hours(opens, closes, on, "America/New_York", blackout)
    found = closed(hours, moment)
    assert (found is None) == is_open(hours, moment)
    if found is None:
        return
    assert found.until is not None
    assert found.until > moment
    assert is_open(hours, found.until)
    assert not is_open(hours, found.until - timedelta(seconds=1))
    steps = int((found.until - moment) / timedelta(minutes=7))
    assert not any(is_open(hours, moment + step * timedelta(minutes=7)) for step in range(steps))


def test_a_time_that_is_skipped_counts_as_much_later() -> None:
    """On 8 March 2026 New York's clocks go from 02:00 to 03:00: half past two is half past three."""
    hours = Hours(time(2, 30), time(4), zone="America/New_York")
    found = closed(hours, datetime(2026, 3, 8, 6, tzinfo=UTC))
    assert found is not None
    assert found.until == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_of_them() -> None:
    """On 1 November 2026 there 01:30 is 05:30 and again 06:30 UTC."""
    hours = Hours(time(1, 30), time(4), zone="America/New_York")
    assert closed(hours, datetime(2026, 11, 1, 5, 29, tzinfo=UTC)) is not None
    assert closed(hours, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)) is None
    assert closed(hours, datetime(2026, 11, 1, 6, 10, tzinfo=UTC)) is None


def test_the_reason_has_the_window_and_the_next_opening() -> None:
    hours = Hours(time(8), time(17), frozenset(range(5)), blackout=frozenset({date(2026, 12, 25)}))
    evening = closed(hours, datetime(2026, 11, 23, 18, tzinfo=UTC))
    assert evening is not None
    assert evening.reason == (
        "entries are allowed Mon Tue Wed Thu Fri 08:00 to 17:00 UTC; entries again at Tue 24 Nov 08:00 UTC"
    )
    christmas = closed(hours, datetime(2026, 12, 25, 9, tzinfo=UTC))
    assert christmas is not None
    assert christmas.reason == "Fri 25 Dec is a blackout day; entries again at Mon 28 Dec 08:00 UTC"
