"""The oracle: what an account's drawdown truly is, from equities and flows of money alone.

It shares no code with the guard and reads nothing through a terminal. An account's wealth is an index: it
changes by what trading and prices bring, as a share of the money that was there, and no payment moves it. The
drawdown is how far the index stands below its highest value.

When a payment and a loss fall between two looks, nobody who sees only the looks can tell which came first. So
the oracle computes by both orders and by what really happened, and objects only outside of all of them.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Flows(StrEnum):
    """What a payment does to the peak: `SCALED` keeps the drawdown's percent, `SUBTRACTED` its money."""

    SCALED = "scaled"
    SUBTRACTED = "subtracted"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money paid in (negative: out) and the equity just before it."""

    amount: float
    equity_before: float


@dataclass(slots=True)
class Line:
    """Equity and the peak that it is measured from, both moved by payments in one way of counting."""

    peak: float

    def pay(self, amount: float, equity_before: float, flows: Flows) -> None:
        if flows is Flows.SUBTRACTED:
            self.peak += amount
        elif equity_before > 0:
            self.peak *= max(equity_before + amount, 0.0) / equity_before

    def drawdown(self, equity: float) -> float:
        """In percent of the peak; 0 while there is none."""
        return max(1 - equity / self.peak, 0.0) * 100 if self.peak > 0 else 0.0


@dataclass(slots=True)
class Truth:
    """One account. `seen` has the peaks of moments at which the account could be read, `all` of every one.

    So a drawdown is at least `certain` percent for whoever looked when he could, and at most `possible`.
    """

    flows: Flows
    equity: float
    seen: list[Line] = field(default_factory=list)
    all: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rebase(self.equity)

    def rebase(self, equity: float) -> None:
        """Start again from here: what an owner's release means."""
        self.equity = equity
        self.seen = [Line(equity) for _ in range(3)]
        self.all = [Line(equity) for _ in range(3)]

    def observe(self, equity: float, payments: list[Payment], *, readable: bool) -> None:
        """A moment of a look, with the payments since the one before."""
        total = sum(payment.amount for payment in payments)
        for lines in (self.seen, self.all):
            for payment in payments:
                lines[0].pay(payment.amount, payment.equity_before, self.flows)
            if payments:
                lines[1].pay(total, self.equity, self.flows)
                lines[2].pay(total, equity - total, self.flows)
        for line in self.all:
            line.peak = max(line.peak, equity)
        if readable:
            for line in self.seen:
                line.peak = max(line.peak, equity)
        self.equity = equity

    @property
    def certain(self) -> float:
        return min(line.drawdown(self.equity) for line in self.seen)

    @property
    def possible(self) -> float:
        return max(line.drawdown(self.equity) for line in self.all)
