"""What the plan's scripted moves do to a price: a factor that ramps up at its time, and stays."""

from collections.abc import Iterable
from typing import Any

from core.paper.market.calendar import MINUTE_MS
from core.paper.market.plan import Shock


class Shocks:
    """The factor on one symbol's price: of each shock, or of its inverse where its power is -1."""

    def __init__(self, shocks: Iterable[tuple[Shock, int]], utc_offset_s: int) -> None:
        self._moves = tuple(_Move(shock, utc_offset_s, power) for shock, power in shocks)
        self.ramping = frozenset(minute for move in self._moves for minute in move.ramp)
        """The minutes in which a shock is under way: their extremes are known by their ticks alone."""

    def factor(self, time_ms: int) -> float:
        """What the shocks have multiplied the price by at a time."""
        factor = 1.0
        for move in self._moves:
            factor *= move.factor(time_ms)
        return factor

    def factors(self, minutes: Any) -> Any:
        """The factor at the start of each of an array of minutes; 1.0 without shocks."""
        if not self._moves:
            return 1.0
        import numpy as np

        changed = np.array(sorted({0, *self.ramping, *(minute + 1 for minute in self.ramping)}), np.uint64)
        known = np.array([self.factor(int(minute) * MINUTE_MS) for minute in changed])
        return known[np.searchsorted(changed, minutes, side="right") - 1]


class _Move:
    """One shock in broker time."""

    def __init__(self, shock: Shock, utc_offset_s: int, power: int) -> None:
        self._begin_ms = int((shock.at + utc_offset_s) * 1000)
        self._length_ms = shock.over_s * 1000
        self._percent = shock.percent
        self._power = power
        self.ramp = range(self._begin_ms // MINUTE_MS, int(self._begin_ms + self._length_ms) // MINUTE_MS + 1)

    def factor(self, time_ms: int) -> float:
        age_ms = time_ms - self._begin_ms
        if age_ms < 0:
            return 1.0
        done = min(1.0, age_ms / self._length_ms) if self._length_ms > 0 else 1.0
        moved = 1.0 + self._percent / 100 * done
        return moved if self._power > 0 else 1.0 / moved
