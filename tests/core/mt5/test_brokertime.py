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


def test_history_is_never_asked_from_zero() -> None:
    assert BrokerTime().to_seconds(datetime(1970, 1, 1, tzinfo=UTC)) == 1
