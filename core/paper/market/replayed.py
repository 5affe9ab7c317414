"""The course of a replayed symbol: inside each bar of the file the price goes from the open to one extreme,
the other, and the close, so that whatever is made of its minutes agrees with the file.

Prices are whole points in doubles until they leave, so one minute (int) and many (array) come out the same.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from core.paper.market.calendar import Hours
from core.paper.market.noise import mixed, unit
from core.paper.market.replay import Replay

_LEAST_TICKS, _MOST_TICKS = 4.0, 60_000.0
_WICK = 0.05  # of the bar's range, at most, beyond a minute's own ends
_TREMBLE = 0.15  # of the bar's range, from side to side


class ReplayHours:
    """Quotes are where bars are; before, between and after them the market is closed."""

    def __init__(self, replay: Replay) -> None:
        self._openings, self._period = replay.columns[0], replay.period

    def place(self, minute: Any) -> Any:
        """Which bar is the last that has begun by a minute; -1 before the first."""
        if isinstance(minute, int):
            return bisect_right(self._openings, minute) - 1
        import numpy as np

        return np.searchsorted(np.frombuffer(self._openings, np.int32), minute, side="right") - 1

    def open_at(self, minute: Any) -> Any:
        place = self.place(minute)
        if isinstance(minute, int):
            return place >= 0 and minute < self._openings[place] + self._period
        import numpy as np

        opening = np.frombuffer(self._openings, np.int32)[np.maximum(place, 0)]
        return (place >= 0) & (minute < opening + self._period)

    def last_open(self, minute: int) -> int | None:
        place = self.place(minute)
        return min(minute, self._openings[place] + self._period - 1) if place >= 0 else None

    def next_open(self, minute: int) -> int | None:
        if self.open_at(minute):
            return minute
        place = self.place(minute) + 1
        return self._openings[place] if place < len(self._openings) else None


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar of the file and the minute in it that is asked for; or an array of both.

    `begin` is when the minute begins, `first` and `second` when the price turns, `length` when the bar ends:
    in half minutes since it opened. `rising` (1.0 or 0.0) says that the low comes before the high.
    """

    open: Any
    high: Any
    low: Any
    close: Any
    ticks: Any
    begin: Any
    rising: Any
    first: Any
    second: Any
    length: int

    def at(self, half: Any, noise: Any) -> Any:
        """The price so many half minutes after the open; it turns at the extremes, in mid-minute."""
        one = self.high + (self.low - self.high) * self.rising
        other = self.high + self.low - one
        begun, turned = half > self.first, half > self.second
        since = begun * self.first + turned * (self.second - self.first)
        until = self.first + begun * (self.second - self.first) + turned * (self.length - self.second)
        source = self.open + begun * (one - self.open) + turned * (other - one)
        target = one + begun * (other - one) + turned * (self.close - other)
        inside = (half > 0) * (half < self.length)
        tremble = inside * ((noise - 0.5) * (self.high - self.low) * _TREMBLE // 1.0)
        return self.held(source + (target - source) * (half - since) // (until - since) + tremble)

    def held(self, price: Any) -> Any:
        """The price, kept between low and high."""
        return price + (self.low - price) * (price < self.low) + (self.high - price) * (price > self.high)


class Replayed:
    """Bars of a file as a course. `scale` is points per unit of price."""

    def __init__(self, replay: Replay, scale: int, seed: int) -> None:
        self._replay = replay
        self._scale = scale
        self._salts = tuple(mixed(n, seed) for n in range(1, 6))
        self.begins = replay.begins
        self._bars = ReplayHours(replay)
        self.hours: Hours = self._bars

    def ends(self, minute: Any) -> tuple[Any, Any]:
        opened, closed = self._ends(self._bar(minute), minute)
        return opened / self._scale, closed / self._scale

    def span(self, minute: Any) -> tuple[Any, Any, Any, Any]:
        bar = self._bar(minute)
        opened, closed = self._ends(bar, minute)
        top = opened + (closed - opened) * (closed > opened)
        bottom = opened + closed - top
        wick = (bar.high - bar.low) * _WICK
        high = bar.held(top + wick * unit(minute, self._salts[1]) // 1.0)
        low = bar.held(bottom - wick * unit(minute, self._salts[2]) // 1.0)
        lowest = bar.first * bar.rising + bar.second * (1 - bar.rising)
        highest = bar.first + bar.second - lowest
        high = high + (bar.high - high) * (highest == bar.begin + 1)
        low = low + (bar.low - low) * (lowest == bar.begin + 1)
        scale = self._scale
        return opened / scale, high / scale, low / scale, closed / scale

    def ticks(self, minute: Any) -> Any:
        bar, minutes = self._bar(minute), self._replay.period
        done = bar.begin // 2
        ticks = bar.ticks * (done + 1) // minutes - bar.ticks * done // minutes
        ticks = ticks + (_LEAST_TICKS - ticks) * (ticks < _LEAST_TICKS)
        return ticks + (_MOST_TICKS - ticks) * (ticks > _MOST_TICKS)

    def seed(self, minute: Any) -> Any:
        return mixed(minute, self._salts[3])

    def spread_points(self, minute: Any) -> Any:
        """The file's spread; 0.0 where it is not known."""
        return self._column(6, self._bars.place(minute))

    def _ends(self, bar: _Bar, minute: Any) -> tuple[Any, Any]:
        return (
            bar.at(bar.begin, unit(minute, self._salts[0])),
            bar.at(bar.begin + 2.0, unit(minute + 1, self._salts[0])),
        )

    def _bar(self, minute: Any) -> _Bar:
        place, period = self._bars.place(minute), self._replay.period
        opened, high, low, close, ticks = (self._column(n, place) for n in range(1, 6))
        opening = self._opening(place)
        seed = mixed(opening, self._salts[4])
        one, other = seed % period * 1.0, (seed >> 20) % period * 1.0
        earlier = one + (other - one) * (other < one)
        return _Bar(
            opened, high, low, close, ticks, (minute - opening) * 2.0, (close >= opened) * 1.0,
            first=2.0 * earlier + 1.0, second=2.0 * (one + other - earlier) + 1.0, length=2 * period,
        )  # fmt: skip

    def _opening(self, place: Any) -> Any:
        openings = self._replay.columns[0]
        if isinstance(place, int):
            return openings[place]
        import numpy as np

        return np.frombuffer(openings, np.int32)[place].astype(np.uint64)

    def _column(self, number: int, place: Any) -> Any:
        column = self._replay.columns[number]
        if isinstance(place, int):
            return float(column[place])
        import numpy as np

        return np.frombuffer(column, np.int32)[place].astype(np.float64)
