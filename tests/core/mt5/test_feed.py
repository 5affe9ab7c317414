"""The watched ticks: each of the symbol that was asked for."""

from datetime import UTC, datetime, timedelta

from core.mt5.calls import Answer
from core.mt5.feed import TICK, Feed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ticks(*ages_s: float) -> list[Answer]:
    """So many seconds old, of a broker two hours ahead."""
    times = (NOW + timedelta(hours=2, seconds=-age_s) for age_s in ages_s)
    return [Answer(TICK, {"time_msc": int(at.timestamp() * 1000)}, (1, "Success")) for at in times]


def test_a_tick_is_of_the_symbol_that_was_asked_for_whatever_is_watched_meanwhile() -> None:
    """A login chooses what to watch while a reading waits for it; taken for another's, an old tick moves."""
    feed = Feed(["EURUSD"])
    asked = feed.calls()
    feed.watch = ("USDJPY", "EURUSD")
    feed.learn(asked, ticks(9), NOW)
    feed.learn(feed.calls(), ticks(8, 9), NOW)
    assert feed.time.known
    assert not feed.time.proven
