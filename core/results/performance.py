"""Performance: what closed trades have come to, as a whole and by source and account. Pure functions.

Money of two currencies is never added: there is one performance for each.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.model.results import Result

_NOTHING = Decimal(0)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Performance:
    """Of `trades` whose result is known, in one currency; `unknown` are closed without one.

    `gross_loss` and `max_drawdown` are positive. The drawdown is of the closed curve: the largest fall of
    the sum of results, in the order of closing, from its highest point (0 at the start). `average_r` is the
    mean result in multiples of the risk, of the `measured` trades that had a stop when they were sent.
    """

    trades: int
    wins: int
    losses: int
    gross_profit: Decimal
    gross_loss: Decimal
    best: Decimal
    worst: Decimal
    max_drawdown: Decimal
    average_r: Decimal | None
    measured: int
    unknown: int

    @property
    def net(self) -> Decimal:
        return self.gross_profit - self.gross_loss

    @property
    def win_rate(self) -> Decimal:
        """Percent of the trades; 0 without any."""
        return Decimal(100 * self.wins) / self.trades if self.trades else _NOTHING

    @property
    def profit_factor(self) -> Decimal | None:
        """Gross profit by gross loss; None without a loss."""
        return self.gross_profit / self.gross_loss if self.gross_loss else None

    @property
    def expectancy(self) -> Decimal:
        """The mean result, to a hundredth; 0 without any."""
        if not self.trades:
            return _NOTHING
        return (self.net / self.trades).quantize(_HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Group:
    """The trades in one currency that have a source, or an account, in common."""

    name: str
    performance: Performance


@dataclass(frozen=True, slots=True)
class Report:
    """All of one currency, and its groups: those with the most trades first, then by name."""

    currency: str
    whole: Performance
    sources: Sequence[Group]
    accounts: Sequence[Group]


def reports_of(results: Iterable[Result]) -> Sequence[Report]:
    """One for each currency, the one with the most trades first."""
    found = [_report(currency, theirs) for currency, theirs in _by(lambda one: one.currency, results)]
    return sorted(found, key=lambda report: (-_size(report.whole), report.currency))


def performance_of(results: Iterable[Result]) -> Performance:
    """Of results of one currency, in any order."""
    ordered = sorted(results, key=_closed)
    profits = [one.profit for one in ordered if one.profit is not None]
    measured = [one.r for one in ordered if one.r is not None]
    return Performance(
        trades=len(profits),
        wins=sum(profit > 0 for profit in profits),
        losses=sum(profit < 0 for profit in profits),
        gross_profit=sum((profit for profit in profits if profit > 0), _NOTHING),
        gross_loss=-sum((profit for profit in profits if profit < 0), _NOTHING),
        best=max(profits, default=_NOTHING),
        worst=min(profits, default=_NOTHING),
        max_drawdown=deepest_fall(profits),
        average_r=_mean(measured),
        measured=len(measured),
        unknown=len(ordered) - len(profits),
    )


def deepest_fall(profits: Iterable[Decimal]) -> Decimal:
    """The largest fall of the running sum from its highest point so far, which begins at 0."""
    total = peak = deepest = _NOTHING
    for profit in profits:
        total += profit
        peak = max(peak, total)
        deepest = max(deepest, peak - total)
    return deepest


def _report(currency: str, results: Sequence[Result]) -> Report:
    return Report(
        currency,
        performance_of(results),
        _groups(lambda one: one.source, results),
        _groups(lambda one: one.account, results),
    )


def _groups(key: Callable[[Result], str], results: Sequence[Result]) -> Sequence[Group]:
    groups = [Group(name, performance_of(theirs)) for name, theirs in _by(key, results)]
    return sorted(groups, key=lambda group: (-_size(group.performance), group.name))


def _by(key: Callable[[Result], str], results: Iterable[Result]) -> Iterable[tuple[str, Sequence[Result]]]:
    found: Mapping[str, list[Result]] = defaultdict(list)
    for one in results:
        found[key(one)].append(one)
    return found.items()


def _closed(result: Result) -> tuple[float, str]:
    """When it was closed; of one moment by its id, so that the curve is the same each time."""
    closed = result.trade.closed_at or result.trade.opened_at
    return closed.timestamp(), str(result.trade.id)


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    return (sum(values, _NOTHING) / len(values)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _size(performance: Performance) -> int:
    return performance.trades + performance.unknown
