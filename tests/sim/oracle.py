"""The oracle: what an account's drawdown truly is, from equities and flows of money alone.

It shares no code with the guard and reads nothing through a terminal. An account's wealth is an index: it
changes by what trading and prices bring, as a share of the money that was there, and no payment moves it. The
drawdown is how far the index stands below a reference: its highest value, the day's highest, its first, or
the one at the broker's midnight.

When a payment and a loss fall between two looks, nobody who sees only the looks can tell which came first;
and who could not look at midnight has to take an equity from before it, or one from after. So the oracle
computes by each of these and by what really happened, and objects only outside of all of them.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Flows(StrEnum):
    """What a payment does to a reference: `SCALED` keeps the drawdown's percent, `SUBTRACTED` its money."""

    SCALED = "scaled"
    SUBTRACTED = "subtracted"


class Reference(StrEnum):
    """What a drawdown is measured from."""

    PEAK = "peak"
    DAY = "day"
    INITIAL = "initial"
    MIDNIGHT = "midnight"

    @property
    def rises(self) -> bool:
        """Whether it follows the equity upwards."""
        return self in (Reference.PEAK, Reference.DAY)

    @property
    def resets(self) -> bool:
        """Whether each day of the broker's begins with another."""
        return self in (Reference.DAY, Reference.MIDNIGHT)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money paid in (negative: out) and the equity just before it."""

    amount: float
    equity_before: float


@dataclass(slots=True)
class Line:
    """A reference and the equity that was known last, both moved by payments in one way of counting.

    A line that `awaits` has begun a day without knowing its equity, and takes the next that it is told.
    """

    reference: float
    known: float
    awaits: bool = False

    def pay(self, amount: float, equity_before: float, flows: Flows) -> None:
        if flows is Flows.SUBTRACTED:
            self.reference += amount
            self.known += amount
        elif equity_before > 0:
            share = max(equity_before + amount, 0.0) / equity_before
            self.reference *= share
            self.known *= share

    def look(self, equity: float, *, rises: bool) -> None:
        self.known = equity
        if self.awaits or (rises and equity > self.reference):
            self.reference, self.awaits = equity, False

    def drawdown(self, equity: float) -> float:
        """In percent of the reference; 0 while there is none."""
        return max(1 - equity / self.reference, 0.0) * 100 if self.reference > 0 else 0.0


@dataclass(slots=True)
class Truth:
    """One account by one reference. `seen` has the lines of whoever looked when he could, `every` of all
    moments.

    So a drawdown is at least `certain` percent for whoever looked when he could, and at most `possible`.
    """

    flows: Flows
    equity: float
    reference: Reference = Reference.PEAK
    seen: list[Line] = field(default_factory=list)
    every: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rebase(self.equity)

    def rebase(self, equity: float) -> None:
        """Start again from here: what an owner's release means."""
        self.equity = equity
        self.seen = [Line(equity, equity) for _ in range(4)]
        self.every = [Line(equity, equity) for _ in range(3)]

    def observe(self, equity: float, payments: list[Payment], *, readable: bool) -> None:
        """A moment of a look, with the payments since the one before."""
        for lines in (self.seen, self.every):
            self._pay(lines, equity, payments)
        for line in [*self.every, *(self.seen if readable else ())]:
            line.look(equity, rises=self.reference.rises)
        self.equity = equity

    def _pay(self, lines: list[Line], equity: float, payments: list[Payment]) -> None:
        """As it happened; or all of it just after the look before; or just before this one."""
        total = sum(payment.amount for payment in payments)
        before, after, *others = lines[1], lines[2], lines[0], *lines[3:]
        for payment in payments:
            for line in others:
                line.pay(payment.amount, payment.equity_before, self.flows)
        if payments:
            before.pay(total, self.equity, self.flows)
            after.pay(total, equity - total, self.flows)

    def midnight(self, equity: float, payments: list[Payment]) -> None:
        """The broker's day begins with this equity; whoever looks has only the one that he knew last, or
        takes the next one."""
        self.observe(equity, payments, readable=False)
        if not self.reference.resets:
            return
        for line in self.every:
            line.reference = equity
        for line in self.seen:
            line.reference = line.known
        self.seen[3].awaits = True

    @property
    def certain(self) -> float:
        return self.at_least(self.equity)

    def at_least(self, equity: float) -> float:
        """How much it would be for certain with this equity."""
        return min(line.drawdown(equity) for line in self._lines())

    @property
    def possible(self) -> float:
        return max(line.drawdown(self.equity) for line in self._lines())

    def _lines(self) -> list[Line]:
        return [*self.seen, *self.every]
