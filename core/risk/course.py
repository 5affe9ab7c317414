"""What the equity was between two looks, at the moments at which money was paid. Pure functions.

Only both ends were seen. The history tells what each deal has realized and when; a close makes money of what
floated, it moves no equity by itself, so what was won or lost on it is what both ends leave over, in the
measure of its size. What still floats has gone from the one end to the other evenly, for all we know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

_NOTHING = Decimal(0)


class Cause(Enum):
    """`PAID` in or out, also as credit; `LATE`: paid too, but the balance was without it at the look before.

    `BOOKED` is realized and nothing of it floated at that look; `CLOSED` is realized of what was open then;
    `OPENED` is of a position that is new and open at the end.
    """

    PAID = auto()
    LATE = auto()
    BOOKED = auto()
    CLOSED = auto()
    OPENED = auto()


@dataclass(frozen=True, slots=True)
class Flow:
    """What a deal has done to the balance, less where it is negative."""

    amount: Decimal
    at: datetime
    cause: Cause = Cause.PAID

    @property
    def is_paid(self) -> bool:
        return self.cause in (Cause.PAID, Cause.LATE)


@dataclass(frozen=True, slots=True)
class End:
    """What a look has seen; `floating` is the part of the equity that is not realized."""

    equity: Decimal
    at: datetime
    floating: Decimal = _NOTHING


class Course:
    """From one end to the other by way of the flows, in the order of their times."""

    def __init__(self, first: End, last: End, flows: Iterable[Flow]) -> None:
        self.flows = sorted(flows, key=lambda flow: (flow.at, flow.cause is not Cause.LATE))
        self._first, self._last = first, last
        self._begin = first.equity - _total(flow for flow in self.flows if flow.cause is Cause.LATE)
        known = _total(flow for flow in self.flows if flow.cause is not Cause.CLOSED)
        self._gained = last.equity - self._begin - known
        self._at_closes, self._closed = self._share_of_closes()

    def _share_of_closes(self) -> tuple[Decimal, Decimal]:
        """What of the gain was made on what was closed, and the size of all that; the rest floats."""
        closed = sum((abs(flow.amount) for flow in self.flows if flow.cause is Cause.CLOSED), _NOTHING)
        if not closed:
            return _NOTHING, closed
        if any(flow.cause is Cause.OPENED for flow in self.flows):
            return self._gained - self._last.floating, closed
        return self._gained * closed / (closed + abs(self._last.floating)), closed

    def at(self, moment: datetime) -> Decimal:
        """The equity at a moment, after the flows of before it."""
        return self._after(sum(flow.at < moment for flow in self.flows), moment)

    def before(self, number: int) -> Decimal:
        """The equity that a payment, by its place in `flows`, was paid into or out of.

        Where that cannot be (more was paid out, or nothing was left) everything was won or lost before it, or
        after it; 0 when neither can be.
        """
        flow, earlier = self.flows[number], self.flows[:number]
        paid = _total(each for each in earlier if each.is_paid)
        every = self._last.equity - _total(each for each in self.flows if each.is_paid)
        possible = (self._after(number, flow.at), every + paid, self._begin + paid)
        return next((base for base in possible if base > 0 and base + flow.amount >= 0), _NOTHING)

    def _after(self, count: int, moment: datetime) -> Decimal:
        """After so many flows. What is closed has brought its share of what was gained on all of it."""
        done = self.flows[:count]
        realized = _total(flow for flow in done if flow.cause is not Cause.CLOSED)
        closed = sum((abs(flow.amount) for flow in done if flow.cause is Cause.CLOSED), _NOTHING)
        on_closes = self._at_closes * closed / self._closed if self._closed else _NOTHING
        return self._begin + realized + on_closes + (self._gained - self._at_closes) * self._passed(moment)

    def _passed(self, moment: datetime) -> Decimal:
        """Which part of the time had passed, from 0 to 1."""
        span_s = (self._last.at - self._first.at).total_seconds()
        if span_s <= 0:
            return Decimal(1)
        return Decimal(min(max((moment - self._first.at).total_seconds() / span_s, 0.0), 1.0))


def _total(flows: Iterable[Flow]) -> Decimal:
    return sum((flow.amount for flow in flows), _NOTHING)


def payments(flows: Sequence[Flow]) -> list[int]:
    """The places of those among them that were paid."""
    return [number for number, flow in enumerate(flows) if flow.is_paid and flow.amount]
