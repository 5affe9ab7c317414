"""An account at moments, and money paid in or out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """An account at one moment; money in its currency."""

    at: datetime
    equity: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Money paid in (above 0) or out."""

    at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Course:
    """At least one point, in the order of time, with the drawdown at each in percent of the peak so far.

    `payments` lie between the first and the last point; None when they are not known, and then they are taken
    for gain or loss.
    """

    points: Sequence[EquityPoint]
    drawdowns: Sequence[Decimal]
    payments: Sequence[Payment] | None

    @property
    def start(self) -> EquityPoint:
        return self.points[0]

    @property
    def end(self) -> EquityPoint:
        return self.points[-1]

    @property
    def peak(self) -> Decimal:
        """The highest equity that was seen."""
        return max(point.equity for point in self.points)

    @property
    def max_drawdown(self) -> Decimal:
        """In percent."""
        return max(self.drawdowns)

    @property
    def widest_gap(self) -> timedelta:
        """The longest time between two readings: what happened within is not seen."""
        times = [point.at for point in self.points]
        return max((after - before for before, after in pairwise(times)), default=timedelta())

    @property
    def paid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments or ()), Decimal(0))

    @property
    def gain(self) -> Decimal:
        """What is not paid in or out, as far as that is known."""
        return self.end.equity - self.start.equity - self.paid
