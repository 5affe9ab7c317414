"""When a symbol trades: a week of sessions, minute by minute. Times are the broker's wall clock."""

from functools import lru_cache
from typing import Any

MINUTE_MS = 60_000
DAY_MINUTES = 1_440
WEEK_MINUTES = 7 * DAY_MINUTES
_LEAD = 4 * DAY_MINUTES  # minute 0 of 1970 was a Thursday's first; a week begins on Sunday
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")

ALWAYS = ("Sun-Sat 00:00-24:00",)


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
        """Whether a minute is inside a session; of an array of minutes, an array of truths."""
        place = (minute + _LEAD) % WEEK_MINUTES
        if isinstance(place, int):
            return bool(self._table[place])
        import numpy as np

        return np.frombuffer(self._table, dtype=np.bool_)[place]

    def last_open(self, minute: int) -> int:
        """This minute, or the last one before it with a session."""
        place = (minute + _LEAD) % WEEK_MINUTES
        found = self._table.rfind(1, 0, place + 1)
        return minute - place + (found if found >= 0 else self._table.rfind(1) - WEEK_MINUTES)

    def next_open(self, minute: int) -> int:
        """This minute, or the first one after it with a session."""
        place = (minute + _LEAD) % WEEK_MINUTES
        found = self._table.find(1, place)
        return minute - place + (found if found >= 0 else self._table.find(1) + WEEK_MINUTES)


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
