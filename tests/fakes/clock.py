"""Clocks that tests set."""

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class StoppedClock:
    """A clock that a test sets."""

    time: datetime = field(default=datetime(2026, 11, 21, 3, tzinfo=UTC))

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing here sleeps, least of all {seconds} s")
