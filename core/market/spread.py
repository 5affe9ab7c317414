"""Spreads: what is usual of a symbol, and when one is far beyond it for some time."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from core.health.hours import CLOSES_AT, DAILY_REST, EARLY, LATE, new_york
from core.model.policies import MarketPolicy

EVERY = timedelta(seconds=5)
WINDOW = 720
LEAST = 30
LEARNED_UP_TO = Decimal(3)


class UsualSpread:
    """The rolling median of a symbol's spreads: a sample each five seconds, for an hour.

    It does not learn from what is wider than three times of it, so a blow-out does not become the usual by
    lasting; but what has been so for a whole hour is.
    """

    def __init__(self) -> None:
        self._learned: deque[Decimal] = deque(maxlen=WINDOW)
        self._refused: list[Decimal] = []
        self._sampled_at: datetime | None = None
        self.median: Decimal | None = None

    def learn(self, spread: Decimal, now: datetime) -> None:
        if self._sampled_at is not None and now - self._sampled_at < EVERY:
            return
        self._sampled_at = now
        if self.median and spread > self.median * LEARNED_UP_TO:
            self._refuse(spread)
        else:
            self._refused.clear()
            self._learned.append(spread)
        if len(self._learned) >= LEAST:
            self.median = median(self._learned)

    def _refuse(self, spread: Decimal) -> None:
        self._refused.append(spread)
        if len(self._refused) >= WINDOW:
            self._learned = deque(self._refused, maxlen=WINDOW)
            self._refused = []


@dataclass(frozen=True, slots=True)
class Wide:
    """A spread that has been beyond its limit for so long."""

    spread: Decimal
    usual: Decimal
    lasted: timedelta

    @property
    def times(self) -> Decimal:
        return self.spread / self.usual


class WideSpread:
    """Whether the spread of a symbol at one terminal is beyond its limit, for long enough.

    Over again when it has been under half of the excess for as long.
    """

    def __init__(self) -> None:
        self._wide_since: datetime | None = None
        self._calm_since: datetime | None = None

    def take(
        self, spread: Decimal, usual: Decimal, now: datetime, policy: MarketPolicy, *, lasting: bool
    ) -> Wide | None:
        """The danger, or None while there is none (any more)."""
        times = 1 + (policy.spread_times - 1) / 2 if lasting else policy.spread_times
        if spread > usual * times:
            self._wide_since, self._calm_since = self._wide_since or now, None
        else:
            self._wide_since, self._calm_since = None, self._calm_since or now
        enough = timedelta(seconds=policy.spread_s)
        wide_for = now - self._wide_since if self._wide_since else None
        calm_for = now - self._calm_since if self._calm_since else timedelta(0)
        told = calm_for < enough if lasting else wide_for is not None and wide_for >= enough
        return Wide(spread, usual, wide_for or timedelta(0)) if told else None

    def forget(self) -> None:
        """What was seen does not count: the window of the rollover."""
        self._wide_since = self._calm_since = None


def is_rollover(now: datetime, broker_offset: timedelta) -> bool:
    """Whether spreads are wide as a rule, for a short time: about 17:00 in New York, when the market's day
    ends, and about midnight by the broker's clock, which is ahead of UTC by `broker_offset`.
    """
    local = now.astimezone(new_york())
    closes = local.replace(hour=CLOSES_AT, minute=0, second=0, microsecond=0)
    if closes - EARLY <= local < closes + DAILY_REST + LATE:
        return True
    wall = now + broker_offset
    midnight = (wall + EARLY).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - EARLY <= wall < midnight + LATE


def spread_sentence(symbol: str, wide: Wide, policy: MarketPolicy, pip: Decimal) -> str:
    return (
        f"The spread of {symbol} is {wide.spread / pip:.1f} pips, {wide.times:.1f} times its usual"
        f" {wide.usual / pip:.1f}, for {wide.lasted.total_seconds():.0f} s;"
        f" the limit is {policy.spread_times:f} times for {policy.spread_s} s."
    )
