"""The broker's clock, learned from ticks."""

from datetime import UTC, datetime, timedelta

import pytest

from core.mt5.brokertime import BrokerTime

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def msc(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize("minutes", [0, 120, 180, -300, 345, 14 * 60])
def test_a_first_tick_near_a_whole_quarter_tells_the_offset(minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    time = BrokerTime()
    time.observe("EURUSD", msc(NOON + offset - timedelta(seconds=3)), NOON)
    assert (time.known, time.offset) == (True, offset)
    assert time.from_seconds((NOON + offset).timestamp()) == NOON
    assert time.to_seconds(NOON) == int((NOON + offset).timestamp())


@pytest.mark.parametrize("age", [timedelta(minutes=5), timedelta(hours=40)])
def test_an_old_tick_tells_nothing(age: timedelta) -> None:
    time = BrokerTime()
    time.observe("EURUSD", msc(NOON + timedelta(hours=2) - age), NOON)
    assert (time.known, time.offset) == (False, timedelta(0))


def test_a_tick_that_moves_proves_it_and_corrects_a_wrong_guess() -> None:
    time = BrokerTime()
    time.observe("EURUSD", msc(NOON - timedelta(hours=1)), NOON)
    assert time.offset == timedelta(hours=-1)
    for second in (10, 20):
        now = NOON + timedelta(hours=30, seconds=second)
        time.observe("EURUSD", msc(now + timedelta(hours=3)), now)
    assert time.offset == timedelta(hours=3)


def test_daylight_saving_is_noticed_and_a_stale_tick_does_not_undo_it() -> None:
    time = BrokerTime()
    for hours, minute in ((2, 0), (2, 1), (3, 2), (3, 3)):
        now = NOON + timedelta(minutes=minute)
        time.observe("EURUSD", msc(now + timedelta(hours=hours, seconds=-minute)), now)
    assert time.offset == timedelta(hours=3)
    time.observe("XAUUSD", msc(NOON), NOON + timedelta(minutes=3))
    assert time.offset == timedelta(hours=3)


class Broker:
    """A broker whose clock and ticks a test sets; `look` reads the last tick as a terminal shows it."""

    def __init__(self, now: datetime, offset_h: int) -> None:
        self.now = now
        self.offset = timedelta(hours=offset_h)
        self.tick = self.now + self.offset
        self.time = BrokerTime()

    def passes(self, *, ticking: bool, **span: float) -> None:
        self.now += timedelta(**span)
        if ticking:
            self.tick = self.now + self.offset

    def look(self, symbol: str = "EURUSD") -> timedelta | None:
        """The offset that is known after it."""
        self.time.observe(symbol, msc(self.tick), self.now)
        return self.time.offset if self.time.known else None


FRIDAY_NIGHT = datetime(2026, 10, 23, 20, 59, 30, tzinfo=UTC)
"""The clocks of Europe go back on the Sunday after it, at 1:00 UTC."""


@pytest.mark.parametrize(("summer_h", "winter_h"), [(3, 2), (2, 3), (0, 1), (-4, -5)])
def test_a_change_of_the_clocks_over_a_week_end_is_found_with_the_first_moving_ticks(
    summer_h: int, winter_h: int
) -> None:
    broker = Broker(FRIDAY_NIGHT, summer_h)
    for _ in range(3):
        broker.passes(ticking=True, seconds=10)
        assert broker.look() == timedelta(hours=summer_h)
    for _ in range(48):
        broker.passes(ticking=False, hours=1)
        assert broker.look() == timedelta(hours=summer_h), "a week-end does not undo what was proven"
    broker.offset = timedelta(hours=winter_h)
    broker.passes(ticking=True, minutes=40)
    broker.look()
    broker.passes(ticking=True, seconds=1)
    assert broker.look() == timedelta(hours=winter_h)


def test_a_tick_of_the_future_is_not_taken_for_a_fresh_one() -> None:
    broker = Broker(FRIDAY_NIGHT, 2)
    broker.look()
    broker.passes(ticking=True, seconds=1)
    broker.look()
    broker.offset = timedelta(hours=3)
    broker.passes(ticking=True, hours=48)
    broker.passes(ticking=False, minutes=5)
    assert broker.look() is None, "five minutes old by the new clock, 55 minutes ahead by the old one"


def test_fridays_last_tick_is_forgotten_as_a_guess_after_a_minute() -> None:
    broker = Broker(datetime(2026, 10, 24, 6, 59, 50, tzinfo=UTC), 0)
    broker.tick = datetime(2026, 10, 23, 23, 59, 58, tzinfo=UTC)
    assert broker.look() == timedelta(hours=-7)
    broker.passes(ticking=False, seconds=61)
    assert broker.look() is None
    broker.passes(ticking=False, minutes=14)
    assert broker.look() is None, "nor is it guessed from again"
    broker.offset = timedelta(hours=3)
    broker.passes(ticking=True, hours=40)
    assert broker.look() == timedelta(hours=3)


def test_a_guess_that_a_second_tick_bears_out_stays() -> None:
    broker = Broker(FRIDAY_NIGHT, 3)
    broker.look()
    broker.passes(ticking=True, minutes=5)
    broker.look()
    broker.passes(ticking=False, hours=30)
    assert broker.look() == timedelta(hours=3)


def test_two_symbols_that_closed_together_do_not_bear_each_other_out() -> None:
    broker = Broker(datetime(2026, 10, 24, 6, 59, 50, tzinfo=UTC), 0)
    broker.tick = datetime(2026, 10, 23, 23, 59, 58, tzinfo=UTC)
    for _ in range(2):
        broker.look("EURUSD")
        broker.look("GBPUSD")
        broker.passes(ticking=False, seconds=61)
    assert broker.look("GBPUSD") is None


def test_our_own_clock_may_be_half_a_minute_wrong() -> None:
    broker = Broker(FRIDAY_NIGHT, 3)
    broker.offset += timedelta(seconds=30)
    for _ in range(5):
        broker.passes(ticking=True, seconds=50)
        broker.look()
    assert broker.look() == timedelta(hours=3)


def test_the_newest_tick_is_never_of_the_future() -> None:
    broker = Broker(FRIDAY_NIGHT, 3)
    assert broker.time.newest is None
    broker.look()
    assert broker.time.newest == FRIDAY_NIGHT
    broker.tick -= timedelta(seconds=10)
    broker.look("GBPUSD")
    assert broker.time.newest == FRIDAY_NIGHT, "another symbol's is older"
    broker.tick += timedelta(seconds=30)
    broker.look()
    assert broker.time.newest == FRIDAY_NIGHT, "a clock that is ahead makes nothing fresher than now"


def test_history_is_never_asked_from_zero() -> None:
    assert BrokerTime().to_seconds(datetime(1970, 1, 1, tzinfo=UTC)) == 1
