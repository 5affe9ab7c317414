"""When symbols trade: sessions by weekday, breaks, weekends, and the gap that a closed market leaves."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.paper.market.calendar import MINUTE_MS, WEEK_MINUTES, Together, Week, week
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.market import Market
from core.paper.market.plan import MarketPlan

MONDAY = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp()) // 60
DAY = 1_440
symbols = st.sampled_from(list(INSTRUMENTS))
minutes = st.integers(MONDAY - 3 * WEEK_MINUTES, MONDAY + 3 * WEEK_MINUTES)


def _at(text: str) -> int:
    """The minute of `Tue 09:30` in the week of Monday, 16 November 2026."""
    day, clock = text.split()
    hours, minute = clock.split(":")
    place = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    return MONDAY + place * DAY + int(hours) * 60 + int(minute)


@pytest.mark.parametrize(
    ("symbol", "last_closed", "first_open"),
    [
        ("EURUSD", "Mon 00:04", "Mon 00:05"),
        ("EURJPY", "Mon 00:04", "Mon 00:05"),
        ("XAUUSD", "Wed 00:59", "Wed 01:00"),
        ("US30", "Tue 23:29", "Tue 23:30"),
        ("DE40", "Thu 08:59", "Thu 09:00"),
        ("AAPL", "Mon 16:29", "Mon 16:30"),
        ("USOIL", "Fri 00:59", "Fri 01:00"),
    ],
)
def test_sessions_begin_at_their_minute(symbol: str, last_closed: str, first_open: str) -> None:
    market = Market(MarketPlan(seed=3, always_open=False)).symbols[symbol]
    assert market.open_at(_at(first_open))
    assert not market.open_at(_at(last_closed))
    assert market.next_open(_at(last_closed)) == _at(first_open)


@pytest.mark.parametrize(
    ("symbol", "last_open", "reopens"),
    [
        ("EURUSD", "Fri 23:54", 2 * DAY + 11),
        ("XAUUSD", "Fri 23:54", 2 * DAY + 66),
        ("US30", "Wed 23:14", 16),
        ("DE40", "Mon 22:59", 10 * 60 + 1),
        ("AAPL", "Fri 22:59", 2 * DAY + 17 * 60 + 31),
    ],
)
def test_sessions_end_at_their_minute(symbol: str, last_open: str, reopens: int) -> None:
    market = Market(MarketPlan(seed=3, always_open=False)).symbols[symbol]
    end = _at(last_open)
    assert market.open_at(end)
    assert not market.open_at(end + 1)
    assert market.next_open(end + 1) == end + reopens


def test_crypto_never_closes() -> None:
    market = Market(MarketPlan(seed=3, always_open=False))
    assert all(market.symbols["BTCUSD"].open_at(minute) for minute in range(MONDAY, MONDAY + WEEK_MINUTES, 7))


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_a_market_that_is_always_open_has_neither_breaks_nor_weekends(symbol: str) -> None:
    market = Market(MarketPlan(seed=3, always_open=True)).symbols[symbol]
    assert market.open_at(np.arange(MONDAY, MONDAY + WEEK_MINUTES, dtype=np.uint64)).all()


@given(symbol=symbols, minute=minutes)
@settings(max_examples=100, deadline=None)
def test_last_and_next_are_the_nearest_open_minutes(symbol: str, minute: int) -> None:
    hours = Market(MarketPlan(seed=3, always_open=False)).symbols[symbol].course.hours
    before, after = hours.last_open(minute), hours.next_open(minute)
    assert before is not None
    assert after is not None
    assert before <= minute <= after
    inside = np.arange(before, after + 1, dtype=np.uint64)
    expected = np.isin(inside, [before, after])
    assert (hours.open_at(inside) == expected).all()


@given(symbol=symbols, first=minutes, count=st.integers(1, 3_000))
@settings(max_examples=30, deadline=None)
def test_an_array_of_minutes_is_answered_like_each_of_them(symbol: str, first: int, count: int) -> None:
    hours = Market(MarketPlan(seed=3, always_open=False)).symbols[symbol].course.hours
    answers = hours.open_at(np.arange(first, first + count, dtype=np.uint64))
    assert answers.tolist() == [hours.open_at(minute) for minute in range(first, first + count)]


def test_two_that_trade_together_wait_for_one_another() -> None:
    day, evening = week(("Mon-Fri 09:00-18:00",)), week(("Tue 16:00-22:00", "Fri 17:00-20:00"))
    both = Together(day, evening)
    assert both.next_open(_at("Mon 10:00")) == _at("Tue 16:00")
    assert both.next_open(_at("Tue 18:00")) == _at("Fri 17:00")
    assert both.last_open(_at("Fri 12:00")) == _at("Tue 17:59")
    assert [both.open_at(_at(time)) for time in ("Mon 10:00", "Tue 17:00", "Tue 19:00")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "sessions", [(), ("Mon-Fri 09:00",), ("Mon 18:00-09:00",), ("Moon 09:00-18:00",), ("Mon 09:00-24:01",)]
)
def test_hours_that_say_nothing_are_refused(sessions: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        Week(sessions)


@pytest.mark.parametrize("symbol", ["EURUSD", "XAUUSD", "DE40", "EURGBP"])
def test_the_price_stands_over_the_weekend_and_monday_opens_with_a_gap(symbol: str) -> None:
    market = Market(MarketPlan(seed=3, always_open=False)).symbols[symbol]
    gaps, steps = [], []
    for weeks in range(12):
        monday = market.next_open(MONDAY + weeks * WEEK_MINUTES)
        assert monday is not None
        friday = market.quote(monday * MINUTE_MS - 1)
        saturday = market.quote(monday * MINUTE_MS - DAY * MINUTE_MS)
        assert friday == saturday
        opened = market.quote((monday + 1) * MINUTE_MS - 1)
        first = next(market.ticks(monday * MINUTE_MS - 1, (monday + 1) * MINUTE_MS))
        gaps.append(abs(first.bid - friday.bid))
        steps.append(abs(opened.bid - first.bid))
    assert np.median(gaps) > 5 * np.median(steps)
