"""Where things go on the picture, in pixels from its bottom left corner. No drawing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

WIDTH, HEIGHT = 1200, 675
LEFT, BOTTOM, TOP = 24.0, 58.0, 596.0
PRICES_RIGHT = 1180.0
TAG_HEIGHT = 38.0
ROOM_AFTER_LAST_BAR = 64.0

_DIGIT_WIDTH = 14.2
_WIDEST_STEP = 40.0
_GRID_LINES = 7
_MOST_TIMES = 7
_DAY_S = 86400
_STEPS_S = tuple(60 * minutes for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 4320, 10080))
_MONDAY_S = 3 * _DAY_S  # the epoch was a Thursday


@dataclass(frozen=True, slots=True)
class Plane:
    """The area of the candles: which bar and which price is at which pixel."""

    bars: int
    low: float
    high: float
    right: float

    @property
    def step(self) -> float:
        """Pixels from a bar to the next; a few bars stay slim and to the right."""
        return min((self.right - LEFT) / self.bars, _WIDEST_STEP)

    def x(self, bar: float) -> float:
        """The middle of a bar, counted from 0."""
        return self.right - (self.bars - bar - 0.5) * self.step

    def y(self, price: float) -> float:
        return BOTTOM + (price - self.low) / (self.high - self.low) * (TOP - BOTTOM)


def plane_of(bars: int, prices: Sequence[float], right: float) -> Plane:
    """A plane that shows all `prices` with a margin above and below."""
    low, high = min(prices), max(prices)
    margin = (high - low) * 0.06 or abs(high) * 0.001 or 1.0
    return Plane(bars, low - margin, high + margin, right)


def text_width(text: str) -> float:
    """Roughly how wide a label is at the size of prices."""
    return len(text) * _DIGIT_WIDTH


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending places as near to the ascending `wanted` ones as a distance of `gap` allows.

    Within `low` and `high` if they fit; else the highest stay inside and the lowest run out.
    """
    upwards, downwards = _pushed_up(wanted, gap), _pushed_down(wanted, gap)
    middle = [(up + down) / 2 for up, down in zip(upwards, downwards, strict=True)]
    inside = _pushed_up([max(place, low) for place in middle], gap)
    return _pushed_down([min(place, high) for place in inside], gap)


def _pushed_up(places: Sequence[float], gap: float) -> list[float]:
    pushed: list[float] = []
    for place in places:
        pushed.append(max(place, pushed[-1] + gap) if pushed else place)
    return pushed


def _pushed_down(places: Sequence[float], gap: float) -> list[float]:
    return [-place for place in reversed(_pushed_up([-place for place in reversed(places)], gap))]


def price_grid(low: float, high: float) -> list[float]:
    """Round prices between `low` and `high`, about seven, in steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / _GRID_LINES
    power = 10.0 ** (len(f"{rough:.0f}") - 1) if rough >= 1 else _power_below_one(rough)
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = int(low // step) + 1
    return [number * step for number in range(first, int(high // step) + 1)]


def _power_below_one(value: float) -> float:
    """The power of ten at or below `value`, which is between 0 and 1."""
    return float("1e" + f"{value:e}".split("e")[1])


def time_grid(times: Sequence[int], apart: float) -> list[tuple[int, str]]:
    """Bars to name on the time axis and their names in UTC, from epoch seconds.

    Names are at least `apart` bars from each other and at the roundest times that leave a handful.
    """
    for step in _STEPS_S:
        bars = _starts([(at + _MONDAY_S) // step for at in times])
        if len(bars) <= _MOST_TIMES:
            return _thinned([(bar, _time_name(times, bar, step)) for bar in bars], apart)
    months = _starts([datetime.fromtimestamp(at, UTC).timetuple()[:2] for at in times])
    names = [(bar, f"{datetime.fromtimestamp(times[bar], UTC):%b %Y}") for bar in months]
    return _thinned(names, max(apart, len(times) / _MOST_TIMES))


def _starts(buckets: Sequence[object]) -> list[int]:
    """The bars at which a new bucket begins."""
    return [bar + 1 for bar, (before, here) in enumerate(pairwise(buckets)) if before != here]


def _time_name(times: Sequence[int], bar: int, step: int) -> str:
    """The day where one begins, else the time of day."""
    before, at = (datetime.fromtimestamp(times[number], UTC) for number in (bar - 1, bar))
    return f"{at:%H:%M}" if step < _DAY_S and at.date() == before.date() else f"{at.day} {at:%b}"


def _thinned(names: Sequence[tuple[int, str]], apart: float) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for bar, name in names:
        if not kept or bar - kept[-1][0] >= apart:
            kept.append((bar, name))
    return kept
