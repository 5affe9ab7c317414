"""How far an instrument usually moves, from its minute bars."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from math import sqrt
from statistics import median

from core.model.mt5 import Bar

MINUTES = 120
LEAST_MINUTES = 20
SHORTEST, LONGEST = timedelta(seconds=15), timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)


def usual_minute(bars: Sequence[Bar]) -> float | None:
    """The median true range of minutes that are over, in percent of the price; None of too few.

    The true range counts from the close before, so jumps between minutes are in it; the median is blind to
    the odd wild minute.
    """
    ranges = [_true_range(before, bar) for before, bar in pairwise(bars[:-1]) if before.close > 0]
    return median(ranges) if len(ranges) >= LEAST_MINUTES else None


def _true_range(before: Bar, bar: Bar) -> float:
    return (max(bar.high, before.close) - min(bar.low, before.close)) / before.close * 100


def usual_move(minute: float, over: timedelta, spread: float) -> float:
    """The usual move within a time, in percent: with the square root of time, as of a random walk.

    Within seconds prices jump more than that says, hence not less than of 15 s, nor than the usual `spread`
    (in percent). In a rest nothing moves, but the jump after it is what is to be told: at most of 15 min.
    """
    return max(minute * sqrt(min(max(over, SHORTEST), LONGEST) / _MINUTE), spread)
