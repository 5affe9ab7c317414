"""Calls that give bars and ticks as structured arrays. NumPy is imported when the first is asked for."""

from typing import TYPE_CHECKING, Any

from core.mt5 import contract as mt5
from core.paper.calls.dates import broker_msc
from core.paper.calls.numbers import whole
from core.paper.calls.symbols import known
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "copy_rates_from",
    "copy_rates_from_pos",
    "copy_rates_range",
    "copy_ticks_from",
    "copy_ticks_range",
]

if TYPE_CHECKING:
    from core.paper.market.bars import Array

MAX_BARS = 100_000
"""What one answer holds at most: the terminal's "max bars in chart"."""


def copy_rates_from(symbol: str, timeframe: int, date_from: Any, count: int, /) -> "Array | None":
    """The `count` bars that end with the one at or before a date, oldest first."""
    frame, number = whole(timeframe), whole(count)
    return TERMINAL.call("copy_rates_from", lambda: _rates_from(symbol, frame, date_from, number), symbol)


def copy_rates_from_pos(symbol: str, timeframe: int, start_pos: int, count: int, /) -> "Array | None":
    """`count` bars back from position `start_pos`; 0 is the bar that is forming. Oldest first."""
    frame, start, number = whole(timeframe), whole(start_pos), whole(count)
    return TERMINAL.call("copy_rates_from_pos", lambda: _rates_from_pos(symbol, frame, start, number), symbol)


def copy_rates_range(symbol: str, timeframe: int, date_from: Any, date_to: Any, /) -> "Array | None":
    """Bars that open between two dates, both included."""
    frame = whole(timeframe)
    return TERMINAL.call("copy_rates_range", lambda: _rates_range(symbol, frame, date_from, date_to), symbol)


def copy_ticks_from(symbol: str, date_from: Any, count: int, flags: int, /) -> "Array | None":
    """The first `count` ticks from a date on."""
    number, which = whole(count), whole(flags)
    return TERMINAL.call("copy_ticks_from", lambda: _ticks(symbol, date_from, None, number, which), symbol)


def copy_ticks_range(symbol: str, date_from: Any, date_to: Any, flags: int, /) -> "Array | None":
    """The ticks between two dates."""
    which = whole(flags)
    return TERMINAL.call(
        "copy_ticks_range", lambda: _ticks(symbol, date_from, date_to, MAX_BARS, which), symbol
    )


def _frame(timeframe: int) -> int:
    if timeframe not in _FRAMES:
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    return timeframe


def _counted(count: int) -> int:
    if count <= 0:
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    return min(count, MAX_BARS)


def _rates_from_pos(symbol: Any, timeframe: int, start: int, count: int) -> "Array":
    from core.paper.market import bars

    spec, frame, number = known(symbol), _frame(timeframe), _counted(count)
    if start < 0:
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    dealer = TERMINAL.dealer()
    return bars.last(dealer.market.symbols[spec.name], frame, dealer.time_msc, start, number)


def _rates_from(symbol: Any, timeframe: int, date_from: Any, count: int) -> "Array":
    from core.paper.market import bars

    spec, frame, number = known(symbol), _frame(timeframe), _counted(count)
    dealer, until = TERMINAL.dealer(), broker_msc("3rd", date_from)
    return bars.until(dealer.market.symbols[spec.name], frame, dealer.time_msc, until, number)


def _rates_range(symbol: Any, timeframe: int, date_from: Any, date_to: Any) -> "Array":
    from core.paper.market import bars

    spec, frame, dealer = known(symbol), _frame(timeframe), TERMINAL.dealer()
    first, last = broker_msc("3rd", date_from), broker_msc("4th", date_to)
    return bars.between(dealer.market.symbols[spec.name], frame, dealer.time_msc, (first, last), MAX_BARS)


def _ticks(symbol: Any, date_from: Any, date_to: Any, count: int, flags: int) -> "Array":
    from core.paper.market import bars

    spec, dealer = known(symbol), TERMINAL.dealer()
    first = broker_msc("2nd", date_from)
    last = dealer.time_msc if date_to is None else min(dealer.time_msc, broker_msc("3rd", date_to) + 999)
    quoted, traded = flags & mt5.COPY_TICKS_INFO, flags & mt5.COPY_TICKS_TRADE
    if not quoted and not traded:
        raise Failed(mt5.RES_E_INVALID_PARAMS)
    if not quoted and not spec.traded:
        return bars.no_ticks()
    return bars.ticks(dealer.market.symbols[spec.name], first, last, _counted(count))


_FRAMES = frozenset(value for name, value in mt5.CONSTANTS.items() if name.startswith("TIMEFRAME_"))
