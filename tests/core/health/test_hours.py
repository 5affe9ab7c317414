"""The week of the currency market, in winter and in summer, and lengths of time in words."""

from datetime import datetime, timedelta

import pytest

from core.health.hours import closed_since
from core.health.spoken import spoken


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        ("2026-11-20T21:54Z", None),
        ("2026-11-20T21:55Z", "2026-11-20T22:00Z"),
        ("2026-11-22T23:14Z", "2026-11-20T22:00Z"),
        ("2026-11-22T23:15Z", None),
        ("2026-11-23T22:30Z", "2026-11-23T22:00Z"),
        ("2026-11-23T23:15Z", None),
        ("2026-07-17T20:54Z", None),
        ("2026-07-19T22:14Z", "2026-07-17T21:00Z"),
        ("2026-07-19T22:15Z", None),
        ("2026-03-08T22:14Z", "2026-03-06T22:00Z"),
        ("2026-03-08T22:15Z", None),
    ],
)
def test_closed_since(now: str, closed: str | None) -> None:
    """The last weekend is the one on which New York changes its clocks: an hour shorter."""
    expected = datetime.fromisoformat(closed) if closed else None
    assert closed_since(datetime.fromisoformat(now)) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (0.9, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (750, "12 min 30 s"),
        (3600, "1 h"),
        (11_111, "3 h 5 min"),
        (86_460, "1 d"),
        (187_200, "2 d 4 h"),
    ],
)
def test_spoken(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words
