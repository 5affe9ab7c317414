"""How values spread around zero: which bar each belongs to, and what the axis names. No drawing here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

_MOST_BINS = 26
_FINEST = 0.1
_LEAST_REACH = 1.0
_ROOM = 2
"""Bars beside zero that are shown though they be empty."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Values nearest to `number` steps: those below zero, exactly zero, and above it."""

    number: int
    below: int
    zero: int
    above: int

    @property
    def count(self) -> int:
        return self.below + self.zero + self.above


@dataclass(frozen=True, slots=True)
class Distribution:
    """Bars from the lowest to the highest. In the outermost are also the values far beyond it, if any."""

    step: float
    bins: Sequence[Bin]
    beyond_low: bool
    beyond_high: bool

    @property
    def first(self) -> int:
        return self.bins[0].number

    @property
    def last(self) -> int:
        return self.bins[-1].number

    @property
    def highest(self) -> int:
        return max(each.count for each in self.bins)

    def place(self, value: float) -> float:
        """Where a value stands, in steps from zero; one far beyond stands at the end."""
        return min(max(value / self.step, self.first), self.last)


def distribution_of(values: Sequence[float]) -> Distribution:
    """Of at least one finite value: at most 26 bars, in steps of 1, 2 or 5 times a power of ten."""
    low, high = bounds(sorted(values))
    step = round_step((high - low) / (_MOST_BINS - 2 * _ROOM), _FINEST)
    first, last = min(_nearest(low, step), -_ROOM), max(_nearest(high, step), _ROOM)
    numbers = [_nearest(value, step) for value in values]
    inside = Counter((min(max(n, first), last), _sign(v)) for n, v in zip(numbers, values, strict=True))
    bins = [Bin(n, *(inside[n, sign] for sign in (-1, 0, 1))) for n in range(first, last + 1)]
    return Distribution(step, bins, min(numbers) < first, max(numbers) > last)


def bounds(ordered: Sequence[float]) -> tuple[float, float]:
    """The range worth showing of ascending values: without those far out, which would squeeze all others.

    Far out are those more than three quartile ranges beyond the quartiles (Tukey), unless a tenth of all is.
    """
    tenth, lower, upper, ninth = (_at(ordered, share) for share in (0.1, 0.25, 0.75, 0.9))
    fence = 3 * (upper - lower)
    low = max(ordered[0], min(lower - fence, 1.5 * tenth, -_LEAST_REACH))
    high = min(ordered[-1], max(upper + fence, 1.5 * ninth, _LEAST_REACH))
    return min(low, 0.0), max(high, 0.0)


def round_step(rough: float, finest: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten times `finest` that is at least `rough`."""
    power = finest
    while True:
        for factor in (1, 2, 5):
            if power * factor >= rough:
                return power * factor
        power *= 10


def axis_of(spread: Distribution, apart: float) -> list[tuple[int, str]]:
    """Bars to name and their names, zero among them, at least `apart` bars from each other."""
    every = next(each for each in _spacings() if each >= apart)
    named = [n for n in range(spread.first, spread.last + 1) if n % every == 0]
    ends = {spread.first: spread.beyond_low, spread.last: spread.beyond_high}
    cut = {end: "≤" if end < 0 else "≥" for end, beyond in ends.items() if beyond}
    kept = [n for n in named if n not in cut and all(abs(n - end) >= apart or n == 0 for end in cut)]
    return [(n, cut.get(n, "") + _written(n * spread.step, spread.step)) for n in sorted([*kept, *cut])]


def count_axis(highest: int) -> list[int]:
    """Round whole numbers above 0 and up to `highest`, at most five."""
    step = int(round_step(highest / 5, 1))
    return list(range(step, highest + 1, step))


def _spacings() -> list[int]:
    return [factor * 10**power for power in range(4) for factor in (1, 2, 5)]


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _nearest(value: float, step: float) -> int:
    return floor(value / step + 0.5)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _written(value: float, step: float) -> str:
    return f"{value:.1f}" if step < 1 else f"{value:,.0f}"
