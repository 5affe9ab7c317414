"""Broker time: the terminal's timestamps are the server's wall clock dressed as UTC.

Nothing tells its offset, and daylight saving moves it twice a year (at week-ends, by rules of the broker's
own), so it is estimated from ticks:

- A tick that came while we watched is of this moment, and proves the offset.
- A first tick is believed when it lies close to a whole quarter of an hour; it may be Friday's last, so the
  guess is dropped unless a moving tick proves it within a minute.
- A tick of the future proves that the offset is no longer right: guessed anew, or unknown until one moves.

A proven offset stays through week-ends, when nothing ticks.
"""

from datetime import UTC, date, datetime, timedelta

_STEP_S = 900
_WATCHED_S = 60.0
_NEAR_S = 20.0
_MAX_OFFSET_S = 14 * 3600


class BrokerTime:
    """The estimate for one broker server. `known` is False until a tick has told; the offset is 0 then.

    `newest` is when the newest tick seen came, by the offset that was known when it was seen.
    """

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self.known = False
        self.newest: datetime | None = None
        self._guessed_at: datetime | None = None
        self._seen: dict[str, tuple[int, datetime]] = {}

    @property
    def proven(self) -> bool:
        """Whether a tick that moved has borne the offset out: a first one alone may be hours old."""
        return self.known and self._guessed_at is None

    def observe(self, symbol: str, time_msc: int, now: datetime) -> None:
        """Learn from a symbol's tick that was read at `now`."""
        seen_msc, seen_at = self._seen.get(symbol, (0, now))
        changed = time_msc > seen_msc
        watched = symbol in self._seen and (now - seen_at).total_seconds() <= _WATCHED_S
        self._seen[symbol] = (time_msc, now)
        ahead_s = time_msc / 1000 - now.timestamp()
        if changed and watched:
            self._prove(ahead_s, now)
        elif self.known:
            self._doubt(ahead_s, now, changed=changed and seen_msc > 0)
        if changed and not self.known:
            self._guess(ahead_s, now)
        self._note(time_msc, now)

    def from_seconds(self, stamp: float) -> datetime:
        """A terminal's timestamp (seconds) as aware UTC."""
        return datetime.fromtimestamp(stamp, UTC) - self.offset

    def to_seconds(self, moment: datetime) -> int:
        """A moment as the broker's clock counts it, at least 1 (the module leaves 0 undefined)."""
        return max(int((moment + self.offset).timestamp()), 1)

    def day(self, moment: datetime) -> date | None:
        """The broker's date at a moment, None while its time is unknown."""
        return (moment + self.offset).date() if self.known else None

    def _prove(self, ahead_s: float, now: datetime) -> None:
        if self._set(ahead_s, _WATCHED_S):
            self._guessed_at = None
        else:
            self._doubt(ahead_s, now, changed=True)

    def _guess(self, ahead_s: float, now: datetime) -> None:
        if self._set(ahead_s, _NEAR_S):
            self._guessed_at = now

    def _set(self, ahead_s: float, near_s: float) -> bool:
        """Take the nearest quarter of an hour, if the tick lies so near that it can be of this moment."""
        offset_s = round(ahead_s / _STEP_S) * _STEP_S
        if abs(ahead_s - offset_s) > near_s or abs(offset_s) > _MAX_OFFSET_S:
            return False
        self.offset = timedelta(seconds=offset_s)
        self.known = True
        return True

    def _doubt(self, ahead_s: float, now: datetime, *, changed: bool) -> None:
        """Forget an offset that puts a tick into the future, or a guess that nothing has borne out."""
        late_s = self.offset.total_seconds() - ahead_s
        guessed_s = (now - self._guessed_at).total_seconds() if self._guessed_at else 0.0
        if changed and abs(late_s) <= _NEAR_S:
            self._guessed_at = None
        elif late_s < -_WATCHED_S or guessed_s > _WATCHED_S:
            self.known, self.offset, self._guessed_at = False, timedelta(0), None

    def _note(self, time_msc: int, now: datetime) -> None:
        if self.known:
            at = min(self.from_seconds(time_msc / 1000), now)
            self.newest = max(at, self.newest or at)
