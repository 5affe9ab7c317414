"""The simulated market: what a symbol costs, as a pure function of a plan, the symbol and the time.

No state and no history: whoever asks, in whatever process, gets the same quotes. Times are the broker's wall
clock dressed as UTC, as MetaTrader gives them.

A minute is the atom. Its open and close lie on a walk made of octaves of value noise, its wicks are hashed,
and its ticks travel open -> one extreme -> the other -> close, touching each exactly. So a bar of any
timeframe has precisely the highs and lows that were quoted, without visiting the ticks. The arithmetic is
plain `+ - * /` over whole numbers and doubles, so the same code serves one minute (int) or many (an array of
uint64), to the last bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import Any

from core.paper.market.calendar import ALWAYS, DAY_MINUTES, MINUTE_MS, week
from core.paper.market.instruments import INSTRUMENTS, Instrument
from core.paper.market.plan import MarketPlan, Shock

__all__ = ["DAY_MINUTES", "MINUTE_MS", "Market", "Minute", "Quote", "SymbolMarket", "mixed", "unit"]

_WORD = 0xFFFF_FFFF_FFFF_FFFF
# Wavelengths in minutes: about threefold, with no common measure, so that no rhythm shows.
_WAVES = (1, 3, 8, 23, 67, 199, 601, 1_801, 5_407, 16_217, 48_649, 145_949)
_QUICK = 199  # waves shorter than this carry the session's activity


@dataclass(frozen=True, slots=True)
class Quote:
    """Bid and ask of one tick; `time_msc` in broker time."""

    symbol: str
    time_msc: int
    bid: float
    ask: float


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute's bids before rounding, with the places of its extremes among its ticks."""

    start: int
    open: float
    high: float
    low: float
    close: float
    ticks: int
    spread: int
    waypoints: tuple[tuple[int, float], ...]
    seed: int


def mixed(word: Any, salt: int) -> Any:
    """64 well-mixed bits of a word (an int below 2**64, or an array of uint64) and a salt."""
    word = (word ^ salt) & _WORD
    word = ((word ^ (word >> 33)) * 0xFF51_AFD7_ED55_8CCD) & _WORD
    word = ((word ^ (word >> 29)) * 0xC4CE_B9FE_1A85_EC53) & _WORD
    return word ^ (word >> 32)


def unit(word: Any, salt: int) -> Any:
    """A hashed double in [0, 1)."""
    return (mixed(word, salt) >> 11) / 9_007_199_254_740_992.0


def _wave(minute: Any, length: int, salt: int) -> Any:
    """Value noise in (-1, 1): hashed heights at every `length` minutes, straight lines between."""
    shifted = minute + salt % length
    cell = shifted // length
    part = (shifted - cell * length) / (1.0 * length)
    left = unit(cell, salt)
    return 2.0 * (left + (unit(cell + 1, salt) - left) * part) - 1.0


class SymbolMarket:
    """One symbol under one plan. Holds constants only; every answer is computed."""

    def __init__(self, plan: MarketPlan, spec: Instrument) -> None:
        self.plan = plan
        self.spec = spec
        self._salt = mixed(int.from_bytes(spec.name.encode()[:8], "big"), plan.seed)
        self._salts = tuple(mixed(n, self._salt) for n in range(1, 8 + len(_WAVES)))
        self._scale: int = 10**spec.digits
        self._shocks = tuple(s for s in plan.shocks if s.symbol == spec.name)
        self.ramping = frozenset(
            minute for shock in self._shocks for minute in _ramp(shock, plan.utc_offset_s)
        )
        hours = week(ALWAYS if plan.always_open else spec.sessions)
        self.open_at, self.last_open, self.next_open = hours.open_at, hours.last_open, hours.next_open
        # A minute's usual move as a part of the price; 38 calibrates the waves to a day of `daily_move` %.
        self._step = spec.daily_move / 100 / 38.0
        self.minute = lru_cache(maxsize=64)(self._minute)
        self._day = _Day(-1, -1, 0.0, 0.0, 0.0)

    # -- the walk

    def activity(self, minute: Any) -> Any:
        """How lively a minute is, about 0.4 to 1.9: busiest at 16:00 broker time, and in spells."""
        hour = (minute % DAY_MINUTES) / 60.0
        session = 1.3 - abs((hour + 20.0) % 24.0 - 12.0) / 16.0
        return session * (1.0 + 0.35 * _wave(minute, 331, self._salts[0]))

    def level(self, minute: Any) -> Any:
        """The bid, not rounded and without shocks, at the start of a minute."""
        quick = sum(self._part(n, minute) for n, wave in enumerate(_WAVES) if wave < _QUICK)
        slow = sum(self._part(n, minute) for n, wave in enumerate(_WAVES) if wave >= _QUICK)
        return self.spec.price * (1.0 + self._step * (slow + quick * self.activity(minute)))

    def _part(self, n: int, minute: Any) -> Any:
        return _AMPLITUDES[n] * _wave(minute, _WAVES[n], self._salts[7 + n])

    def extremes(self, minute: Any, opened: Any, closed: Any) -> tuple[Any, Any]:
        """High and low of a minute: the body and a hashed wick on either side."""
        reach = self.spec.price * self._step * 1.6 * self.activity(minute)
        up, down = unit(minute, self._salts[1]), unit(minute, self._salts[2])
        top = (opened + closed + abs(opened - closed)) * 0.5
        bottom = (opened + closed - abs(opened - closed)) * 0.5
        return top + reach * up * up, bottom - reach * down * down

    def tick_count(self, minute: Any) -> Any:
        """Ticks in a minute, at most 150, as a double without fraction."""
        return 20.0 + (30.0 + 70.0 * unit(minute, self._salts[3])) * self.activity(minute) // 1.0

    def spread_points(self, minute: Any) -> Any:
        """Ask over bid in points, constant within a minute, as a double; widest in the first of a day."""
        since_midnight = minute % DAY_MINUTES
        rollover = (since_midnight < 12) * 3.0 * (1.0 - since_midnight / 12.0)
        return self.spec.spread * (0.8 + 0.5 * unit(minute, self._salts[4]) + rollover) // 1.0

    def _minute(self, start: int) -> Minute:
        opened, closed = self.level(start), self.level(start + 1)
        high, low = self.extremes(start, opened, closed)
        count, seed = int(self.tick_count(start)), mixed(start, self._salts[5])
        first = 1 + seed % (count // 2 - 1)
        second = count // 2 + (seed >> 20) % (count // 2 - 2)
        summits = (high, low) if seed >> 63 else (low, high)
        waypoints = ((0, opened), (first, summits[0]), (second, summits[1]), (count - 1, closed))
        spread = int(self.spread_points(start))
        return Minute(start, opened, high, low, closed, count, spread, waypoints, seed)

    # -- shocks

    def shocked(self, time_ms: int) -> float:
        """The factor that the plan's shocks have put on the price by a time."""
        factor = 1.0
        for shock in self._shocks:
            factor *= _factor(shock, time_ms, self.plan.utc_offset_s)
        return factor

    def factors(self, minutes: Any) -> Any:
        """The factor of the shocks at the start of each of an array of minutes; 1.0 without shocks."""
        if not self._shocks:
            return 1.0
        times = (minutes * MINUTE_MS).tolist()
        if self.shocked(times[0]) == self.shocked(times[-1]) and not self.ramping:
            return self.shocked(times[0])
        return minutes * 0.0 + [self.shocked(time_ms) for time_ms in times]

    # -- ticks and bars

    def points(self, bid: float) -> int:
        return max(1, floor(bid * self._scale + 0.5))

    def tick(self, minute: Minute, number: int) -> Quote:
        """The quote of the `number`-th tick of a minute."""
        time_ms = minute.start * MINUTE_MS + number * MINUTE_MS // minute.ticks
        bid = self.points(_travel(minute, number) * self.shocked(time_ms))
        spec = self.spec
        return Quote(spec.name, time_ms, spec.priced(bid), spec.priced(bid + minute.spread))

    def quote(self, time_ms: int) -> Quote:
        """The last tick at or before a time."""
        start = time_ms // MINUTE_MS
        minute = self.minute(self.last_open(start))
        if minute.start != start:
            return self.tick(minute, minute.ticks - 1)
        return self.tick(minute, _ticks_before(minute, time_ms + 1) - 1)

    def ticks(self, after_ms: int, until_ms: int) -> Iterator[Quote]:
        """Every tick later than `after_ms` and not later than `until_ms`, in order."""
        for start in range(after_ms // MINUTE_MS, until_ms // MINUTE_MS + 1):
            if self.open_at(start):
                minute = self.minute(start)
                first, end = (_ticks_before(minute, bound + 1) for bound in (after_ms, until_ms))
                for number in range(first, end):
                    yield self.tick(minute, number)

    def bounds(self, start: int) -> tuple[float, float, float] | None:
        """Highest bid, lowest bid and spread (a price difference) of a minute; None while closed."""
        if not self.open_at(start):
            return None
        minute = self.minute(start)
        spread = self.spec.priced(minute.spread)
        if start in self.ramping:
            bids = [self.tick(minute, n).bid for n in range(minute.ticks)]
            return max(bids), min(bids), spread
        factor, priced = self.shocked(start * MINUTE_MS), self.spec.priced
        return priced(self.points(minute.high * factor)), priced(self.points(minute.low * factor)), spread

    def day_so_far(self, time_ms: int) -> tuple[float, float, float]:
        """Open, high and low (bids) of the broker day up to a minute; remembered and carried forward."""
        now = time_ms // MINUTE_MS
        first = now - now % DAY_MINUTES
        day = self._day
        if day.first != first or day.done > now:
            opened = self.tick(self.minute(self.last_open(first)), 0).bid
            day = _Day(first, first, opened, opened, opened)
        high, low = day.high, day.low
        for minute in range(day.done, now):
            bounds = self.bounds(minute)
            if bounds:
                high, low = max(high, bounds[0]), min(low, bounds[1])
        self._day = _Day(first, now, day.open, high, low)
        bids = [tick.bid for tick in self.ticks(now * MINUTE_MS - 1, time_ms)]
        return day.open, max((high, *bids)), min((low, *bids))


@dataclass(frozen=True, slots=True)
class _Day:
    """What a broker day has come to by the end of the minute before `done`."""

    first: int
    done: int
    open: float
    high: float
    low: float


def _shock_begin_ms(shock: Shock, utc_offset_s: int) -> int:
    return int((shock.at + utc_offset_s) * 1000)


def _ramp(shock: Shock, utc_offset_s: int) -> range:
    """The minutes in which a shock is under way: their bars are known by their ticks alone."""
    begin = _shock_begin_ms(shock, utc_offset_s)
    return range(begin // MINUTE_MS, int(begin + shock.over_s * 1000) // MINUTE_MS + 1)


def _factor(shock: Shock, time_ms: int, utc_offset_s: int) -> float:
    age_ms = time_ms - _shock_begin_ms(shock, utc_offset_s)
    if age_ms < 0:
        return 1.0
    done = min(1.0, age_ms / (shock.over_s * 1000)) if shock.over_s > 0 else 1.0
    return 1.0 + shock.percent / 100 * done


def _ticks_before(minute: Minute, time_ms: int) -> int:
    """How many ticks of the minute are earlier than a time."""
    since = max(0, min(MINUTE_MS, time_ms - minute.start * MINUTE_MS))
    count = since * minute.ticks // MINUTE_MS
    while count < minute.ticks and count * MINUTE_MS // minute.ticks < since:
        count += 1
    return count


def _travel(minute: Minute, number: int) -> float:
    """The bid of a tick: on its leg between two waypoints, with a tremble that stays inside the extremes."""
    begin = minute.waypoints[0]
    for end in minute.waypoints[1:]:
        if number == end[0]:
            return end[1]
        if begin[0] < number < end[0]:
            share = (number - begin[0]) / (end[0] - begin[0])
            tremble = (unit(number, minute.seed) - 0.5) * (minute.high - minute.low) * 0.2
            bid = begin[1] + (end[1] - begin[1]) * share + tremble
            return float(min(minute.high, max(minute.low, bid)))
        begin = end
    return minute.open


_AMPLITUDES = tuple((wave**0.5) for wave in _WAVES)


class Market:
    """Every symbol of a broker under one plan."""

    def __init__(self, plan: MarketPlan) -> None:
        self.plan = plan
        self.symbols = {name: SymbolMarket(plan, spec) for name, spec in INSTRUMENTS.items()}

    def quote(self, symbol: str, time_ms: int) -> Quote:
        """The symbol's last tick at or before a time (broker ms)."""
        return self.symbols[symbol].quote(time_ms)
