"""The course of an account's equity: from its readings, and what was paid in or out. Pure functions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.model.equity import Course, EquityPoint, Payment
from core.model.mt5 import MT5Deal
from core.risk.flows import PAID

_NOTHING = Decimal(0)


def course_of(points: Sequence[EquityPoint], payments: Sequence[Payment] | None) -> Course:
    """Of at least one point in the order of time. A payment scales the peak, as the guard has it, so that the
    drawdown in percent stays as it was."""
    between = None
    if payments is not None:
        ordered = sorted(payments, key=lambda payment: payment.at)
        between = [one for one in ordered if points[0].at < one.at <= points[-1].at]
    return Course(points, _drawdowns(points, between or ()), between)


def payments_of(deals: Iterable[MT5Deal]) -> Sequence[Payment]:
    """What the history lists as paid in or out."""
    return [Payment(deal.at, deal.profit) for deal in deals if deal.type in PAID]


def _drawdowns(points: Sequence[EquityPoint], payments: Sequence[Payment]) -> list[Decimal]:
    peak, before, waiting = points[0].equity, points[0].equity, list(payments)
    found = []
    for point in points:
        while waiting and waiting[0].at <= point.at:
            amount = waiting.pop(0).amount
            peak = peak * (before + amount) / before if before > 0 and before + amount > 0 else point.equity
            before += amount
        peak, before = max(peak, point.equity), point.equity
        found.append((peak - point.equity) / peak * 100 if peak > 0 else _NOTHING)
    return found
