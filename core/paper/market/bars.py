"""Bars and ticks of a symbol's market as arrays, computed for many minutes at once.

A bar is made of whole minutes; the minute that is still forming counts with the ticks that it has had.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.mt5 import contract as mt5
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS, WEEK_MINUTES
from core.paper.market.prices import Minute, SymbolMarket

Array = npt.NDArray[np.void]
RATES = np.dtype(list(mt5.RATES_FIELDS))
TICKS = np.dtype(list(mt5.TICKS_FIELDS))
_MONTH = 31 * DAY_MINUTES
_OLDEST = 366 * DAY_MINUTES  # one answer reaches back a year: half a second of arithmetic
_BEGINNING = 18_262 * DAY_MINUTES  # history begins with 2020


def last(market: SymbolMarket, timeframe: int, now_ms: int, start: int, count: int) -> Array:
    """`count` bars up to the `start`-th before the one that is forming at `now_ms`."""
    rates = _back(market, timeframe, now_ms, start + count)
    return rates[: max(0, len(rates) - start)][-count:]


def until(market: SymbolMarket, timeframe: int, now_ms: int, date_ms: int, count: int) -> Array:
    """`count` bars up to the one at or before a date."""
    end_ms = min(now_ms, date_ms)
    if end_ms == now_ms:
        return _back(market, timeframe, now_ms, count)[-count:]
    frame_end = (_opening(timeframe, end_ms // MINUTE_MS) + _minutes(timeframe)) * MINUTE_MS - 1
    rates = _back(market, timeframe, min(now_ms, frame_end), count + 1)
    return rates[rates["time"] * 1000 <= end_ms][-count:]


def between(market: SymbolMarket, timeframe: int, now_ms: int, first_ms: int, last_ms: int) -> Array:
    """The bars that open between two times, both included."""
    begin = _opening(timeframe, max(_BEGINNING, first_ms // MINUTE_MS, now_ms // MINUTE_MS - _OLDEST))
    end_ms = min(now_ms, last_ms + _minutes(timeframe) * MINUTE_MS)
    rates = _made(market, timeframe, begin, end_ms)
    return rates[(rates["time"] * 1000 >= first_ms) & (rates["time"] * 1000 <= last_ms)]


def ticks(market: SymbolMarket, first_ms: int, last_ms: int, count: int) -> Array:
    """The first `count` ticks from one time to another."""
    rows = []
    flags = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK
    for quote in market.ticks(max(first_ms, _BEGINNING * MINUTE_MS) - 1, last_ms):
        rows.append((quote.time_msc // 1000, quote.bid, quote.ask, 0.0, 0, quote.time_msc, flags, 0.0))
        if len(rows) == count:
            break
    return np.array(rows, dtype=TICKS)


def no_ticks() -> Array:
    """What a market without last prices gives for trade ticks."""
    return np.empty(0, dtype=TICKS)


def _minutes(timeframe: int) -> int:
    """Length of a bar in minutes; the longest possible for a month."""
    if timeframe == mt5.TIMEFRAME_MN1:
        return _MONTH
    if timeframe & 0x8000:
        return WEEK_MINUTES
    return (timeframe & 0x3FFF) * 60 if timeframe & 0x4000 else timeframe


def _openings(timeframe: int, minutes: Any) -> Any:
    """Opening minute of the bar that each of an array of minutes belongs to. Weeks open on Sunday."""
    if timeframe == mt5.TIMEFRAME_MN1:
        months = (minutes.astype(np.int64) // DAY_MINUTES).astype("datetime64[D]").astype("datetime64[M]")
        return months.astype("datetime64[D]").astype(np.int64).astype(np.uint64) * DAY_MINUTES
    length = _minutes(timeframe)
    lead = 4 * DAY_MINUTES if length == WEEK_MINUTES else 0
    return minutes - (minutes + lead) % length


def _opening(timeframe: int, minute: int) -> int:
    return int(_openings(timeframe, np.array([minute], dtype=np.uint64))[0])


def _back(market: SymbolMarket, timeframe: int, now_ms: int, count: int) -> Array:
    """At least `count` bars up to now, if there are so many; reaches back further over closed days."""
    now = now_ms // MINUTE_MS
    reach = count * _minutes(timeframe)
    while True:
        begin = _opening(timeframe, max(_BEGINNING, now - min(reach, _OLDEST)))
        rates = _made(market, timeframe, begin, now_ms)
        if len(rates) >= count or reach >= _OLDEST or begin <= _BEGINNING:
            return rates
        reach = reach * 3 // 2 + 2 * DAY_MINUTES


def _made(market: SymbolMarket, timeframe: int, begin: int, now_ms: int) -> Array:
    """All bars from an opening minute up to now."""
    minutes = np.arange(begin, now_ms // MINUTE_MS + 1, dtype=np.uint64)
    minutes = minutes[market.open_at(minutes)]
    if not len(minutes):
        return np.empty(0, dtype=RATES)
    columns = _minute_columns(market, minutes)
    _correct_forming(market, columns, int(minutes[-1]), now_ms)
    return _aggregated(_openings(timeframe, minutes), columns, 10**market.spec.digits)


def _minute_columns(market: SymbolMarket, minutes: Any) -> dict[str, Any]:
    """Open, high, low and close in points, ticks and spread of each minute."""
    opened, closed = market.level(minutes), market.level(minutes + 1)
    high, low = market.extremes(minutes, opened, closed)
    columns = {"open": opened, "high": high, "low": low, "close": closed}
    factors = market.factors(minutes)
    scale = 10**market.spec.digits
    points = {name: np.maximum(1.0, np.floor(bids * factors * scale + 0.5)) for name, bids in columns.items()}
    counts = market.tick_count(minutes)
    points |= {"tick_volume": np.floor(counts), "spread": market.spread_points(minutes)}
    for minute in market.ramping:
        place = int(np.searchsorted(minutes, minute))
        if place < len(minutes) and int(minutes[place]) == minute:
            _put(points, place, _seen(market, market.minute(minute), (minute + 1) * MINUTE_MS - 1))
    return points


def _correct_forming(market: SymbolMarket, columns: dict[str, Any], minute: int, now_ms: int) -> None:
    """The last minute as far as it has come."""
    if minute == now_ms // MINUTE_MS:
        _put(columns, -1, _seen(market, market.minute(minute), now_ms))


def _put(columns: dict[str, Any], place: int, values: dict[str, float]) -> None:
    for name, value in values.items():
        columns[name][place] = value


def _seen(market: SymbolMarket, minute: Minute, until_ms: int) -> dict[str, float]:
    """A minute's bar from its ticks, in points."""
    scale = 10**market.spec.digits
    bids = [round(tick.bid * scale) for tick in market.ticks(minute.start * MINUTE_MS - 1, until_ms)]
    return {
        "open": bids[0], "high": max(bids), "low": min(bids), "close": bids[-1], "tick_volume": len(bids),
    }  # fmt: skip


def _aggregated(openings: Any, columns: dict[str, Any], scale: int) -> Array:
    starts = np.flatnonzero(np.concatenate(([True], openings[1:] != openings[:-1])))
    ends = np.append(starts[1:], len(openings)) - 1
    rates = np.zeros(len(starts), dtype=RATES)
    rates["time"] = openings[starts].astype(np.int64) * 60
    rates["open"] = columns["open"][starts] / scale
    rates["high"] = np.maximum.reduceat(columns["high"], starts) / scale
    rates["low"] = np.minimum.reduceat(columns["low"], starts) / scale
    rates["close"] = columns["close"][ends] / scale
    rates["tick_volume"] = np.add.reduceat(columns["tick_volume"], starts).astype(np.uint64)
    rates["spread"] = columns["spread"][starts].astype(np.int32)
    return rates
