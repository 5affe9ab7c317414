"""Broker time: the terminal's timestamps are the server's wall clock dressed as UTC.

Nothing tells its offset, so it is estimated from ticks. A tick that moved while we watched is of this
moment, and proves the offset; a first tick is believed when it lies close to a whole quarter of an hour.
"""

from datetime import UTC, datetime, timedelta

_STEP_S = 900
_WATCHED_S = 60.0
_NEAR_S = 20.0
_MAX_OFFSET_S = 14 * 3600


class BrokerTime:
    """The estimate for one broker server. `known` is False until a tick has told; the offset is 0 then."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self.known = False
        self._seen: dict[str, tuple[int, datetime]] = {}

    def observe(self, symbol: str, time_msc: int, now: datetime) -> None:
        """Learn from a symbol's tick that was read at `now`."""
        seen_msc, seen_at = self._seen.get(symbol, (time_msc, now))
        self._seen[symbol] = (time_msc, now)
        ahead_s = time_msc / 1000 - now.timestamp()
        offset_s = round(ahead_s / _STEP_S) * _STEP_S
        moved = time_msc > seen_msc and (now - seen_at).total_seconds() <= _WATCHED_S
        near_s = _WATCHED_S if moved else _NEAR_S
        if abs(ahead_s - offset_s) <= near_s and abs(offset_s) <= _MAX_OFFSET_S and (moved or not self.known):
            self.offset = timedelta(seconds=offset_s)
            self.known = True

    def from_seconds(self, stamp: float) -> datetime:
        """A terminal's timestamp (seconds) as aware UTC."""
        return datetime.fromtimestamp(stamp, UTC) - self.offset

    def to_seconds(self, moment: datetime) -> int:
        """A moment as the broker's clock counts it, at least 1 (the module leaves 0 undefined)."""
        return max(int((moment + self.offset).timestamp()), 1)
