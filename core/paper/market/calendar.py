"""When a symbol trades: a week of sessions, minute by minute. Times are the broker's wall clock."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

MINUTE_MS = 60_000
DAY_MINUTES = 1_440
WEEK_MINUTES = 7 * DAY_MINUTES
_LEAD = 4 * DAY_MINUTES  # minute 0 of 1970 was a Thursday's first; a week begins on Sunday
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")

_Seeker = Callable[[int], int | None]

ALWAYS = ("Sun-Sat 00:00-24:00",)


class Hours(Protocol):
    """When there are quotes, by minutes of the epoch."""

    def open_at(self, minute: Any) -> Any:
        """Whether a minute is inside a session; of an array of minutes, an array of truths."""

    def last_open(self, minute: int) -> int | None:
        """This minute, or the last one before it with a session; None if there was none yet."""

    def next_open(self, minute: int) -> int | None:
        """This minute, or the first one after it with a session; None if there will be none."""


class Week:
    """The minutes of a week in which a symbol trades, as a table of bytes from Sunday on."""

    def __init__(self, sessions: tuple[str, ...]) -> None:
        """Sessions as `Mon-Fri 09:00-23:00` or `Fri 00:00-23:55`. Raises ValueError for none."""
        table = bytearray(WEEK_MINUTES)
        for session in sessions:
            for begin, end in _spans(session):
                table[begin:end] = b"\1" * (end - begin)
        if not any(table):
            raise ValueError("a symbol without a session never trades")
        self._table = bytes(table)

    def open_at(self, minute: Any) -> Any:
        place = (minute + _LEAD) % WEEK_MINUTES
        if isinstance(place, int):
            return bool(self._table[place])
        import numpy as np

        return np.frombuffer(self._table, dtype=np.bool_)[place]

    def last_open(self, minute: int) -> int:
        place = (minute + _LEAD) % WEEK_MINUTES
        found = self._table.rfind(1, 0, place + 1)
        return minute - place + (found if found >= 0 else self._table.rfind(1) - WEEK_MINUTES)

    def next_open(self, minute: int) -> int:
        place = (minute + _LEAD) % WEEK_MINUTES
        found = self._table.find(1, place)
        return minute - place + (found if found >= 0 else self._table.find(1) + WEEK_MINUTES)


class Together:
    """When two symbols trade at once."""

    def __init__(self, first: Hours, second: Hours) -> None:
        self._first, self._second = first, second

    def open_at(self, minute: Any) -> Any:
        return self._first.open_at(minute) & self._second.open_at(minute)

    def last_open(self, minute: int) -> int | None:
        return _agreed(minute, (self._first.last_open, self._second.last_open), min)

    def next_open(self, minute: int) -> int | None:
        return _agreed(minute, (self._first.next_open, self._second.next_open), max)


def _agreed(minute: int, seekers: tuple[_Seeker, _Seeker], further: Callable[[int, int], int]) -> int | None:
    """The first minute that both find, each going on from where the other stopped."""
    while True:
        one, two = (seek(minute) for seek in seekers)
        if one is None or two is None or one == two:
            return one if one == two else None
        minute = further(one, two)


@lru_cache
def week(sessions: tuple[str, ...]) -> Week:
    """The week of these sessions, made once."""
    return Week(sessions)


def _spans(session: str) -> list[tuple[int, int]]:
    days, _, hours = session.partition(" ")
    first, _, last = days.partition("-")
    opens, _, closes = hours.partition("-")
    begin, end = _clock(opens), _clock(closes)
    if not begin < end:
        raise ValueError(f"{session!r} ends before it begins")
    days_open = range(_DAYS.index(first), _DAYS.index(last or first) + 1)
    return [(day * DAY_MINUTES + begin, day * DAY_MINUTES + end) for day in days_open]


def _clock(text: str) -> int:
    """Minutes since midnight of `HH:MM`, up to 24:00."""
    hours, _, minutes = text.partition(":")
    clock = int(hours) * 60 + int(minutes)
    if not 0 <= clock <= DAY_MINUTES:
        raise ValueError(f"no time of day: {text!r}")
    return clock
