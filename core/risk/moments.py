"""Moments that must not be missed, by two clocks."""

from datetime import datetime, timedelta

from core.model.clock import Clock


class Moments:
    """When moments of the wall clock come: by that clock, which a crash outlives, or by the seconds that have
    passed since a moment was first asked for, if the clock was put back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due_s: dict[tuple[int, datetime], float] = {}

    def left_s(self, liquidation: int, until: datetime, longest: timedelta) -> float:
        """Seconds until then, at most `longest` from the first time of asking; not positive when it came."""
        now_s = self._clock.monotonic()
        by_wall_s = (until - self._clock.now()).total_seconds()
        first_s = now_s + min(by_wall_s, longest.total_seconds())
        return min(by_wall_s, self._due_s.setdefault((liquidation, until), first_s) - now_s)

    def forget(self, liquidation: int) -> None:
        """It is over."""
        self._due_s = {key: due_s for key, due_s in self._due_s.items() if key[0] != liquidation}
