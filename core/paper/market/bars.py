"""Bars and ticks of a symbol's market as arrays, computed for many minutes at once.

A bar is made of whole minutes; the minute that is still forming counts with the ticks that it has had. Days,
weeks and months are made of days, and days that have passed are remembered in blocks.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from core.mt5 import contract as mt5
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS, WEEK_MINUTES
from core.paper.market.quotes import SymbolMarket, tick_row

Array = npt.NDArray[np.void]
RATES = np.dtype(list(mt5.RATES_FIELDS))
TICKS = np.dtype(list(mt5.TICKS_FIELDS))
_MONTH = 31 * DAY_MINUTES
_BLOCK_DAYS = 16
_BLOCK = _BLOCK_DAYS * DAY_MINUTES
_PRICES = ("open", "high", "low", "close")
_LONG = (mt5.TIMEFRAME_D1, mt5.TIMEFRAME_W1, mt5.TIMEFRAME_MN1)


def last(market: SymbolMarket, timeframe: int, now_ms: int, start: int, count: int) -> Array:
    """`count` bars up to the `start`-th before the one that is forming at `now_ms`."""
    rates = _back(market, timeframe, now_ms, start + count)
    return rates[: max(0, len(rates) - start)][-count:]


def until(market: SymbolMarket, timeframe: int, now_ms: int, date_ms: int, count: int) -> Array:
    """`count` bars up to the one at or before a date."""
    frame_end = (_opening(timeframe, date_ms // MINUTE_MS) + _minutes(timeframe)) * MINUTE_MS - 1
    rates = _back(market, timeframe, min(now_ms, frame_end), count + 1)
    return rates[rates["time"] * 1000 <= date_ms][-count:]


def between(
    market: SymbolMarket, timeframe: int, now_ms: int, dates_ms: tuple[int, int], count: int
) -> Array:
    """The last `count` of the bars that open between two dates, both included."""
    first_ms, last_ms = dates_ms
    end_ms = min(now_ms, last_ms + _minutes(timeframe) * MINUTE_MS)
    rates = _back(market, timeframe, end_ms, count + 1, since=first_ms // MINUTE_MS)
    return rates[(rates["time"] * 1000 >= first_ms) & (rates["time"] * 1000 <= last_ms)][-count:]


def ticks(market: SymbolMarket, first_ms: int, last_ms: int, count: int) -> Array:
    """The first `count` ticks from one time to another."""
    quotes = market.ticks(max(first_ms, market.course.begins * MINUTE_MS) - 1, last_ms)
    return np.array([tick_row(market.spec, quote) for quote in islice(quotes, count)], dtype=TICKS)


def no_ticks() -> Array:
    """What a market without last prices gives for trade ticks."""
    return np.empty(0, dtype=TICKS)


# -- timeframes


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


# -- bars


def _back(market: SymbolMarket, timeframe: int, end_ms: int, count: int, since: int = 0) -> Array:
    """At least `count` bars up to a time, if there are so many since a minute."""
    pieces: list[Array] = []
    floor = _opening(timeframe, max(since, market.course.begins))
    found, end = 0, end_ms // MINUTE_MS + 1
    while found < count and end > floor:
        reach = max((count - found) * _minutes(timeframe), DAY_MINUTES)
        begin = max(floor, _opening(timeframe, max(0, end - reach)))
        pieces.insert(0, _made(market, timeframe, begin, min(end_ms, end * MINUTE_MS - 1)))
        found, end = found + len(pieces[0]), begin
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=RATES)


def _made(market: SymbolMarket, timeframe: int, begin: int, end_ms: int) -> Array:
    """All bars from an opening minute up to a time."""
    if timeframe in _LONG:
        return _joined(_days(market, begin // DAY_MINUTES, end_ms), timeframe)
    blocks = range(begin // _BLOCK, end_ms // MINUTE_MS // _BLOCK + 1)
    pieces = [_block(market, timeframe, number, begin, end_ms) for number in blocks]
    return np.concatenate(pieces)


def _block(market: SymbolMarket, timeframe: int, number: int, begin: int, end_ms: int) -> Array:
    """The bars of one block of days, no longer than these."""
    first, last_ms = number * _BLOCK, (number + 1) * _BLOCK * MINUTE_MS - 1
    return _joined(_minute_bars(market, max(begin, first), min(end_ms, last_ms)), timeframe)


def _days(market: SymbolMarket, first: int, end_ms: int) -> Array:
    """Daily bars from a day of the epoch up to a time."""
    blocks = range(first // _BLOCK_DAYS, end_ms // MINUTE_MS // _BLOCK + 1)
    days = np.concatenate([_days_of_block(market, number, end_ms) for number in blocks])
    return days[days["time"] >= first * DAY_MINUTES * 60]


def _days_of_block(market: SymbolMarket, number: int, end_ms: int) -> Array:
    """The daily bars of a block up to a time; once all of them are over, they are kept."""
    if end_ms < (number + 1) * _BLOCK * MINUTE_MS - 1:
        return _block(market, mt5.TIMEFRAME_D1, number, 0, end_ms)
    if number not in market.days:
        market.days[number] = _block(market, mt5.TIMEFRAME_D1, number, 0, end_ms)
    days: Array = market.days[number]
    return days


def _minute_bars(market: SymbolMarket, begin: int, end_ms: int) -> Array:
    """M1 bars from a minute up to a time."""
    minutes = np.arange(begin, end_ms // MINUTE_MS + 1, dtype=np.uint64)
    minutes = minutes[market.open_at(minutes)]
    rates = np.zeros(len(minutes), dtype=RATES)
    if not len(minutes):
        return rates
    factors, scale = market.shocks.factors(minutes), 10**market.spec.digits
    rates["time"] = minutes.astype(np.int64) * 60
    for name, bids in zip(_PRICES, market.course.span(minutes), strict=True):
        rates[name] = np.maximum(1.0, np.floor(bids * factors * scale + 0.5)) / scale
    rates["tick_volume"] = market.course.ticks(minutes).astype(np.uint64)
    rates["spread"] = market.spread.points(minutes).astype(np.int32)
    for place in _known_by_ticks(market, minutes, end_ms):
        _redraw(market, rates[place : place + 1], end_ms)
    rates["real_volume"] = rates["tick_volume"] * market.spec.traded
    return rates


def _known_by_ticks(market: SymbolMarket, minutes: Any, end_ms: int) -> Iterator[int]:
    """Places of the minutes that no formula tells: shocks under way, and the one that is forming."""
    for minute in {*market.shocks.ramping, end_ms // MINUTE_MS}:
        place = int(np.searchsorted(minutes, minute))
        if place < len(minutes) and int(minutes[place]) == minute:
            yield place


def _redraw(market: SymbolMarket, rate: Array, end_ms: int) -> None:
    """Make a minute's bar of its ticks up to a time."""
    begin_ms = int(rate["time"][0]) * 1000
    bids = [tick.bid for tick in market.ticks(begin_ms - 1, min(end_ms, begin_ms + MINUTE_MS - 1))]
    rate["open"], rate["high"], rate["low"], rate["close"] = bids[0], max(bids), min(bids), bids[-1]
    rate["tick_volume"] = len(bids)


def _joined(rates: Array, timeframe: int) -> Array:
    """Longer bars of shorter ones."""
    if not len(rates):
        return rates
    openings = _openings(timeframe, rates["time"].astype(np.uint64) // 60)
    starts = np.flatnonzero(np.concatenate(([True], openings[1:] != openings[:-1])))
    joined = rates[starts]
    joined["time"] = openings[starts].astype(np.int64) * 60
    joined["high"] = np.maximum.reduceat(rates["high"], starts)
    joined["low"] = np.minimum.reduceat(rates["low"], starts)
    joined["close"] = rates["close"][np.append(starts[1:], len(rates)) - 1]
    for name in ("tick_volume", "real_volume"):
        joined[name] = np.add.reduceat(rates[name], starts)
    return joined
