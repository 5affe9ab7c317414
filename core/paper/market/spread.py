"""How far the ask lies above the bid, in points; the same for all ticks of a minute."""

from typing import Any

from core.paper.market.calendar import DAY_MINUTES
from core.paper.market.noise import mixed, unit
from core.paper.market.replayed import Replayed
from core.paper.market.specification import Instrument

_ROLLOVER_MINUTES = 12
_NIGHT_MINUTES = 480


class UsualSpread:
    """The instrument's spread with some noise: wider in the Asian night, and widest as a day begins."""

    def __init__(self, spec: Instrument, seed: int) -> None:
        self._points, self._night = spec.spread, spec.night_spread
        self._salt = mixed(int.from_bytes(spec.name.encode()[:8], "big"), ~seed & 0xFFFF_FFFF)

    def points(self, minute: Any) -> Any:
        """Of a minute (int) or an array of them, as doubles without fraction."""
        age = minute % DAY_MINUTES
        rollover = (age < _ROLLOVER_MINUTES) * 3.0 * (1.0 - age / _ROLLOVER_MINUTES)
        night = (age < _NIGHT_MINUTES) * self._night * (1.0 - age / _NIGHT_MINUTES)
        return self._points * (0.8 + 0.5 * unit(minute, self._salt) + rollover + night) // 1.0


class ReplayedSpread:
    """The spread in a file of bars, and the usual one where the file has none."""

    def __init__(self, replayed: Replayed, usual: UsualSpread) -> None:
        self._replayed, self._usual = replayed, usual

    def points(self, minute: Any) -> Any:
        known = self._replayed.spread_points(minute)
        return known + self._usual.points(minute) * (known == 0)
