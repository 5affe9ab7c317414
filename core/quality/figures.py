"""Figures of a group of orders. Percentiles are nearest-rank: always a value that was seen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from core.model.fills import Fill
from core.model.trades import IntentState
from core.quality.measures import (
    HUNDREDTH,
    delay_from_signal,
    delay_from_tap,
    filled_lots,
    has_lapsed,
    is_waiting,
    slippage_pips,
    was_doubted,
)

MEDIAN, HIGH = 50, 95

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slippage:
    """Of the `measured` fills whose expected and real price are known; pips, positive is worse."""

    measured: int
    better: int
    median: Decimal
    p95: Decimal
    mean: Decimal
    worst: Decimal

    @property
    def better_share(self) -> Decimal:
        return _share(self.better, self.measured)


@dataclass(frozen=True, slots=True)
class Delay:
    """Of the `measured` market orders that were filled."""

    measured: int
    median: timedelta
    p95: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the `orders` that were tried, beside which some are `waiting` still and some pending ones `lapsed`.

    An order in doubt now is among those tried, and filled as far as is known. `doubted` were or are in doubt.
    Volumes are lots. All shares are of `orders`, from 0 to 1, and 0 without any.
    """

    orders: int
    waiting: int
    lapsed: int
    wanted: Decimal
    filled: Decimal
    whole: int
    partial: int
    refused: int
    doubted: int
    slippage: Slippage | None
    from_signal: Delay | None
    from_tap: Delay | None

    @property
    def fill_ratio(self) -> Decimal:
        """Lots filled of the lots wanted."""
        return _share(self.filled, self.wanted)

    @property
    def whole_share(self) -> Decimal:
        return _share(self.whole, self.orders)

    @property
    def partial_share(self) -> Decimal:
        return _share(self.partial, self.orders)

    @property
    def refused_share(self) -> Decimal:
        return _share(self.refused, self.orders)

    @property
    def doubted_share(self) -> Decimal:
        return _share(self.doubted, self.orders)


def figures_of(fills: Sequence[Fill]) -> Figures:
    waiting = sum(map(is_waiting, fills))
    lapsed = sum(map(has_lapsed, fills))
    tried = [fill for fill in fills if not is_waiting(fill) and not has_lapsed(fill)]
    states = [fill.state for fill in tried]
    return Figures(
        orders=len(tried),
        waiting=waiting,
        lapsed=lapsed,
        wanted=sum((fill.wanted for fill in tried), Decimal(0)),
        filled=sum(map(filled_lots, tried), Decimal(0)),
        whole=states.count(IntentState.FILLED),
        partial=states.count(IntentState.PARTIAL),
        refused=states.count(IntentState.REFUSED),
        doubted=sum(map(was_doubted, tried)),
        slippage=slippage_of(known(slippage_pips, tried)),
        from_signal=_delay_of(known(delay_from_signal, tried)),
        from_tap=_delay_of(known(delay_from_tap, tried)),
    )


def known(measure: Callable[[Fill], T | None], fills: Iterable[Fill]) -> list[T]:
    """What the measure says of those that it says something of."""
    return [value for value in map(measure, fills) if value is not None]


def slippage_of(pips: Sequence[Decimal]) -> Slippage | None:
    """None when nothing was measured. The mean is to a hundredth of a pip, as the others are."""
    if not pips:
        return None
    return Slippage(
        measured=len(pips),
        better=sum(value < 0 for value in pips),
        median=nearest_rank(sorted(pips), MEDIAN),
        p95=nearest_rank(sorted(pips), HIGH),
        mean=(sum(pips, Decimal(0)) / len(pips)).quantize(HUNDREDTH),
        worst=max(pips),
    )


def _delay_of(delays: Sequence[timedelta]) -> Delay | None:
    if not delays:
        return None
    ordered = sorted(delays)
    return Delay(len(ordered), nearest_rank(ordered, MEDIAN), nearest_rank(ordered, HIGH))


def nearest_rank(ordered: Sequence[T], percent: int) -> T:
    """The smallest of the ascending values that at least `percent` (1 to 100) of them do not exceed."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1]


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return Decimal(part) / Decimal(whole) if whole else Decimal(0)
