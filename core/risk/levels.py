"""Levels of a limit: each is told once on the way down and once on the way back. Pure functions.

A level is a share of the limit (0.5 is half of it); 1 is the limit itself.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

_OF_LIMIT = Decimal("0.05")
_POINTS = Decimal("0.5")
_OF_LEVEL = Decimal("0.5")


class Verdict(StrEnum):
    CALM = "calm"
    WARNED = "warned"
    RECOVERED = "recovered"
    BREACHED = "breached"


def judge(
    share: Decimal, level: Decimal, steps: Iterable[Decimal], limit_percent: Decimal
) -> tuple[Decimal, Verdict]:
    """The new level and what is to be told when `share` of the limit is taken and `level` was told last."""
    now = reached(share, steps)
    if now > level:
        return now, Verdict.BREACHED if now >= 1 else Verdict.WARNED
    if now < level and share < level - wobble(level, limit_percent):
        return now, Verdict.RECOVERED
    return level, Verdict.CALM


def reached(share: Decimal, steps: Iterable[Decimal]) -> Decimal:
    """The highest level that `share` reaches, 0 for none."""
    return max((step for step in (*steps, Decimal(1)) if share >= step), default=Decimal(0))


def wobble(level: Decimal, limit_percent: Decimal) -> Decimal:
    """By how much of the limit the drawdown must be back below a level before it counts as recovered.

    A twentieth of the limit, but at least half a percent of the equity, which an open position makes up and
    loses again in minutes; and at most half of the level, so that every level can recover.
    """
    return min(max(_OF_LIMIT, _POINTS / limit_percent), level * _OF_LEVEL)
