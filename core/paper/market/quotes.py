"""The simulated market: what a symbol costs, as a pure function of a plan, the symbol and the time.

No state and no history: whoever asks, in whatever process, gets the same quotes. Times are the broker's wall
clock dressed as UTC, as MetaTrader gives them.

A minute is the atom. Its open and close lie on the symbol's course, and its ticks travel open -> one extreme
-> the other -> close, touching each exactly. So a bar of any timeframe has precisely the highs and lows that
were quoted, without visiting the ticks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor
from typing import Any, Protocol

from core.mt5 import contract as mt5
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS
from core.paper.market.minutes import Minute, travelled
from core.paper.market.shocks import Shocks
from core.paper.market.specification import Instrument
from core.paper.market.walk import Course

_QUOTED = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK
_SOLD = mt5.TICK_FLAG_LAST | mt5.TICK_FLAG_VOLUME | mt5.TICK_FLAG_SELL


@dataclass(frozen=True, slots=True)
class Quote:
    """Bid and ask of one tick; `time_msc` in broker time."""

    symbol: str
    time_msc: int
    bid: float
    ask: float

    def price(self, order_type: int) -> float:
        """What an order of that type is filled at: the ask if it buys, the bid if it sells."""
        return self.ask if order_type % 2 == 0 else self.bid


def tick_row(spec: Instrument, quote: Quote) -> tuple[int, float, float, float, int, int, int, float]:
    """A tick in the order of the contract. On an exchange each tick is a trade of one lot at the bid."""
    lots = 1 if spec.traded else 0
    flags = _QUOTED | _SOLD if spec.traded else _QUOTED
    time_s, last = quote.time_msc // 1000, quote.bid * lots
    return time_s, quote.bid, quote.ask, last, lots, quote.time_msc, flags, float(lots)


@dataclass(frozen=True, slots=True)
class Day:
    """What a broker day has come to by the end of the minute before `done`: bids, and a count of ticks."""

    first: int
    done: int
    open: float
    high: float
    low: float
    ticks: int


class Spread(Protocol):
    """Ask over bid."""

    def points(self, minute: Any) -> Any:
        """In points, as a double without fraction, of a minute (or each of an array)."""


class SymbolMarket:
    """One symbol under one plan: a course of bids, shocks upon it, and a spread. Every answer is computed."""

    def __init__(self, spec: Instrument, course: Course, spread: Spread, shocks: Shocks) -> None:
        self.spec = spec
        self.course = course
        self.spread = spread
        self.shocks = shocks
        self.minute = lru_cache(maxsize=64)(self._minute)
        self._scale: int = 10**spec.digits
        self.days: dict[int, Any] = {}
        """Blocks of daily bars that are over, as `bars` remembers them."""
        self._quoted = (-1, Quote(spec.name, 0, 0.0, 0.0))
        self._day = Day(-1, -1, 0.0, 0.0, 0.0, 0)

    def open_at(self, minute: Any) -> Any:
        """Whether a minute of the epoch (or each of an array) is inside a session."""
        return self.course.hours.open_at(minute)

    def next_open(self, minute: int) -> int | None:
        """This minute, or the next with a session; None if there will be none."""
        return self.course.hours.next_open(minute)

    # -- ticks

    def quote(self, time_ms: int) -> Quote:
        """The last tick at or before a time; of a symbol that never had one, its first price, at time 0."""
        if time_ms != self._quoted[0]:
            self._quoted = time_ms, self._last_tick(time_ms)
        return self._quoted[1]

    def _last_tick(self, time_ms: int) -> Quote:
        now = time_ms // MINUTE_MS
        start = self.course.hours.last_open(now)
        if start is None:
            return replace(self._tick(self.minute(self.course.begins), 0), time_msc=0)
        minute = self.minute(start)
        return self._tick(minute, (minute.ticks_before(time_ms + 1) if start == now else minute.ticks) - 1)

    def ticks(self, after_ms: int, until_ms: int) -> Iterator[Quote]:
        """Every tick later than `after_ms` and not later than `until_ms`, in order."""
        for start in range(after_ms // MINUTE_MS, until_ms // MINUTE_MS + 1):
            if self.open_at(start):
                minute = self.minute(start)
                for number in range(minute.ticks_before(after_ms + 1), minute.ticks_before(until_ms + 1)):
                    yield self._tick(minute, number)

    def _tick(self, minute: Minute, number: int) -> Quote:
        time_ms, spec = minute.time_ms(number), self.spec
        bid = self._points(minute.bid(number) * self.shocks.factor(time_ms))
        return Quote(spec.name, time_ms, spec.priced(bid), spec.priced(bid + minute.spread))

    def _points(self, bid: float) -> int:
        return max(1, floor(bid * self._scale + 0.5))

    def _minute(self, start: int) -> Minute:
        course = self.course
        ticks, spread = int(course.ticks(start)), int(self.spread.points(start))
        return travelled(start, course.span(start), ticks, spread, course.seed(start))

    # -- minutes

    def bounds(self, start: int) -> tuple[float, float, float] | None:
        """Highest bid, lowest bid and spread (a price difference) of a minute; None while closed."""
        if not self.open_at(start):
            return None
        spread = self.spec.priced(int(self.spread.points(start)))
        if start in self.shocks.ramping:
            bids = [tick.bid for tick in self.ticks(start * MINUTE_MS - 1, (start + 1) * MINUTE_MS - 1)]
            return max(bids), min(bids), spread
        _, high, low, _ = self.course.span(start)
        factor, priced = self.shocks.factor(start * MINUTE_MS), self.spec.priced
        return priced(self._points(high * factor)), priced(self._points(low * factor)), spread

    def day_so_far(self, time_ms: int) -> Day:
        """The broker day up to a time at which it has been open; remembered and carried forward."""
        now = time_ms // MINUTE_MS
        day = self._day if self._day.first == now - now % DAY_MINUTES else self._opened_day(now)
        day = self._day = self._carried(day if day.done <= now else self._opened_day(now), now)
        bids = [tick.bid for tick in self.ticks(now * MINUTE_MS - 1, time_ms)]
        return replace(
            day, high=max((day.high, *bids)), low=min((day.low, *bids)), ticks=day.ticks + len(bids)
        )

    def _opened_day(self, now: int) -> Day:
        first = now - now % DAY_MINUTES
        opened = self._tick(self.minute(self.next_open(first) or first), 0).bid
        return Day(first, first, opened, opened, opened, 0)

    def _carried(self, day: Day, now: int) -> Day:
        """The day with the minutes up to `now`, which is not counted."""
        high, low, ticks = day.high, day.low, day.ticks
        for minute in range(day.done, now):
            bounds = self.bounds(minute)
            if bounds:
                high, low = max(high, bounds[0]), min(low, bounds[1])
                ticks += int(self.course.ticks(minute))
        return replace(day, done=now, high=high, low=low, ticks=ticks)
