"""The equity between two looks, at the moments at which money was paid: what the deals tell is exact."""

from decimal import Decimal

import pytest

from core.risk.course import Cause, Course, End, Flow, payments
from tests.core.risk.samples import NOW, SECOND

HOUR = 3600
PAID, LATE, BOOKED, CLOSED, OPENED = Cause


def base(
    first: int, last: int, *deals: tuple[int, int, Cause], floating: int = 0, span_s: int = HOUR
) -> list[Decimal]:
    """Before each payment; deals by their second, what they booked, and why."""
    flows = [Flow(Decimal(amount), NOW + at_s * SECOND, cause) for at_s, amount, cause in deals]
    last_end = End(Decimal(last), NOW + span_s * SECOND, Decimal(floating))
    course = Course(End(Decimal(first), NOW), last_end, flows)
    return [course.before(number).quantize(Decimal("0.01")) for number in payments(course.flows)]


@pytest.mark.parametrize(
    ("deals", "first", "last", "floating", "expected"),
    [
        ([(10, -1500, BOOKED), (20, -7500, PAID)], 10_000, 1_000, 0, 8_500),
        ([(10, -1500, CLOSED), (20, -7500, PAID)], 10_000, 1_000, 0, 8_500),
        ([(10, -1500, CLOSED), (20, -7500, PAID)], 8_500, 1_000, 0, 8_500),  # it floated before
        ([(10, 700, CLOSED), (20, -7500, PAID)], 8_500, 3_200, 0, 10_700),  # it came back, and more
        ([(10, -500, CLOSED), (11, -1000, CLOSED), (20, 500, PAID)], 10_000, 9_000, 0, 8_500),
        ([(20, 10_000, PAID), (30, -2500, BOOKED)], 10_000, 17_500, 0, 10_000),
        ([(10, -1500, CLOSED), (1800, 5000, PAID), (10, 0, OPENED)], 10_000, 13_300, -200, 8_400),
        ([(10, 3000, CLOSED), (20, -5000, PAID)], 10_000, 5_000, -3_000, 10_000),  # of a hedge
        ([(1800, 5000, PAID)], 10_000, 14_000, -1_000, 9_500),  # evenly
    ],
)
def test_the_equity_that_money_was_paid_into(
    deals: list[tuple[int, int, Cause]], first: int, last: int, floating: int, expected: int
) -> None:
    assert base(first, last, *deals, floating=floating) == [expected]


def test_payments_are_taken_one_after_the_other() -> None:
    deals = [(30, 1000, PAID), (20, -600, BOOKED), (10, -5000, PAID), (30, 2000, PAID)]
    assert base(10_000, 7_400, *deals) == [10_000, 4_400, 5_400]


def test_a_late_payment_was_made_before_all_else() -> None:
    """The balance was without it at the first end already: of 10,000 then."""
    assert base(4_000, 3_500, (-300, -6_000, LATE), (1800, -500, PAID)) == [10_000, 4_000]


@pytest.mark.parametrize(
    ("first", "last", "paid", "expected"),
    [
        (4_000, 500, -5_000, 5_500),  # more than there was: it was won before
        (4_000, -500, -3_900, 4_000),  # nothing would have been left: it was lost after
        (1_000, 0, -1_000, 1_000),
        (0, 1_000, 1_000, 0),
        (-100, 900, 1_000, 0),
    ],
)
def test_where_the_middle_cannot_be_it_was_the_one_end_or_the_other(
    first: int, last: int, paid: int, expected: int
) -> None:
    assert base(first, last, (1800, paid, PAID)) == [expected]


def test_two_looks_of_one_moment() -> None:
    assert base(10_000, 4_000, (0, -5_000, PAID), span_s=0) == [9_000]
