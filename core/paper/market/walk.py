"""The simulated course of a symbol's bid: where it stands when a minute begins and ends, and its extremes.

A walk is a sum of octaves of value noise; it goes on while the market is closed, so a week-end leaves a gap.
A cross has no walk of its own: its legs' prices make its price, so that nothing is to be gained by going
round.
"""

from functools import lru_cache
from operator import mul, truediv
from typing import Any, Protocol

from core.paper.market.calendar import DAY_MINUTES, Hours, Together
from core.paper.market.noise import mixed, unit, wave
from core.paper.market.specification import Instrument

_HISTORY = 16_436 * DAY_MINUTES  # begins with 2015
# Wavelengths in minutes: about threefold, with no common measure, so that no rhythm shows.
_WAVES = (1, 3, 8, 23, 67, 199, 601, 1_801, 5_407, 16_217, 48_649, 145_949)
_QUICK = 199  # waves shorter than this carry the session's activity
_DAY_OF_STEPS = 38.0  # calibrates the waves: so many usual minutes make a usual day


class Course(Protocol):
    """A symbol's bids before shocks, minute by minute: for one minute (int) or an array of uint64 in order.

    `begins` is the minute with which its history begins, `hours` when there are quotes.
    """

    begins: int
    hours: Hours

    def ends(self, minute: Any) -> tuple[Any, Any]:
        """The bids with which an open minute begins and ends, not rounded."""

    def span(self, minute: Any) -> tuple[Any, Any, Any, Any]:
        """Open, high, low and close of an open minute, not rounded."""

    def ticks(self, minute: Any) -> Any:
        """How many ticks an open minute has (at least four), as a double without fraction."""

    def seed(self, minute: Any) -> Any:
        """64 bits that choose the way of the ticks within a minute."""


class Walk:
    """The course of an instrument that has a market of its own."""

    begins = _HISTORY

    def __init__(self, spec: Instrument, seed: int, hours: Hours) -> None:
        self._spec = spec
        salt = mixed(int.from_bytes(spec.name.encode()[:8], "big"), seed)
        self._salts = tuple(mixed(n, salt) for n in range(1, 8 + len(_WAVES)))
        self._step = spec.daily_move / 100 / _DAY_OF_STEPS
        self._octaves = tuple(zip(_WAVES, (length**0.5 for length in _WAVES), self._salts[7:], strict=True))
        self._known_level = lru_cache(maxsize=256)(self._level)
        self.hours = hours

    def activity(self, minute: Any) -> Any:
        """How lively a minute is, about 0.4 to 1.9: most around the symbol's busiest hour, and in spells."""
        hour = (minute % DAY_MINUTES) / 60.0
        session = 1.3 - abs((hour + 36.0 - self._spec.busiest_hour) % 24.0 - 12.0) / 16.0
        return session * (1.0 + 0.35 * wave(minute, 331, self._salts[0]))

    def ends(self, minute: Any) -> tuple[Any, Any]:
        if isinstance(minute, int):
            return self._known_level(minute), self._known_level(minute + 1)
        import numpy as np

        levels = self._level(np.arange(minute[0], minute[-1] + 2, dtype=np.uint64))
        place = (minute - minute[0]).astype(np.intp)
        return levels.take(place), levels.take(place + 1)

    def span(self, minute: Any) -> tuple[Any, Any, Any, Any]:
        opened, closed = self.ends(minute)
        reach = self._spec.price * self._step * 1.6 * self.activity(minute)
        up, down = unit(minute, self._salts[1]), unit(minute, self._salts[2])
        top = (opened + closed + abs(opened - closed)) * 0.5
        bottom = (opened + closed - abs(opened - closed)) * 0.5
        return opened, top + reach * up * up, bottom - reach * down * down, closed

    def ticks(self, minute: Any) -> Any:
        return 20.0 + (30.0 + 70.0 * unit(minute, self._salts[3])) * self.activity(minute) // 1.0

    def seed(self, minute: Any) -> Any:
        return mixed(minute, self._salts[5])

    def _level(self, minute: Any) -> Any:
        quick = sum(height * wave(minute, n, salt) for n, height, salt in self._octaves if n < _QUICK)
        slow = sum(height * wave(minute, n, salt) for n, height, salt in self._octaves if n >= _QUICK)
        return self._spec.price * (1.0 + self._step * (slow + quick * self.activity(minute)))


class Cross(Walk):
    """The course of a pair whose price is its legs' product or quotient; it trades while both do."""

    def __init__(self, spec: Instrument, seed: int, legs: tuple[Course, Course], *, divided: bool) -> None:
        super().__init__(spec, seed, Together(*(leg.hours for leg in legs)))
        self._legs = legs
        self._join = truediv if divided else mul
        self.begins = max(leg.begins for leg in legs)

    def ends(self, minute: Any) -> tuple[Any, Any]:
        (first, first_end), (second, second_end) = (leg.ends(minute) for leg in self._legs)
        return self._join(first, second), self._join(first_end, second_end)
