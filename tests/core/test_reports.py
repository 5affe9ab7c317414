"""Performance and the course of equity, against the plainest way of saying the same."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.equity import EquityPoint, Payment
from core.model.results import Result
from core.results.equity import course_of, payments_of
from core.results.performance import deepest_fall, performance_of, reports_of
from core.results.sheet import COLUMNS, as_results_csv
from tests.core.results import NOON, D, a_result, a_trade

CENTS = st.integers(-100_000, 100_000).map(lambda cents: D(cents) / 100)
RISKS = st.one_of(st.none(), st.integers(1, 100_000).map(lambda cents: D(cents) / 100))


@st.composite
def results(draw: st.DrawFn) -> list[Result]:
    """In a mixed order, of two accounts and currencies, some without a result or a risk."""
    count = draw(st.integers(0, 25))
    made = []
    for number in range(count):
        profit = draw(st.one_of(st.none(), CENTS))
        trade = a_trade(number, None if profit is None else str(profit))
        source, account = draw(st.sampled_from(("alpha", "", "beta"))), draw(st.sampled_from(("one", "two")))
        currency = "USD" if account == "one" else "EUR"
        made.append(Result(trade, account, source, currency, draw(RISKS)))
    return draw(st.permutations(made))


@given(results())
def test_performance_is_what_counting_by_hand_gives(mixed: list[Result]) -> None:
    found = performance_of(mixed)
    known = [one for one in sorted(mixed, key=lambda one: one.trade.position) if one.profit is not None]
    profits = [Fraction(one.profit or 0) for one in known]
    assert (found.trades, found.unknown) == (len(known), len(mixed) - len(known))
    assert (found.wins, found.losses) == (
        len([p for p in profits if p > 0]),
        len([p for p in profits if p < 0]),
    )
    assert Fraction(found.net) == sum(profits)
    assert Fraction(found.gross_profit) - Fraction(found.gross_loss) == sum(profits)
    assert Fraction(found.best) == (max(profits) if profits else 0)
    assert Fraction(found.worst) == (min(profits) if profits else 0)
    totals = [Fraction(0), *accumulate(profits)]
    falls = [totals[i] - totals[j] for i in range(len(totals)) for j in range(i, len(totals))]
    assert Fraction(found.max_drawdown) == max(falls)
    if profits:
        mean_profit = sum(profits, Fraction()) / len(profits)
        assert abs(Fraction(found.expectancy) - mean_profit) <= Fraction(1, 200)
        assert abs(Fraction(found.win_rate) - Fraction(100 * found.wins, len(profits))) < Fraction(1, 10**6)
    losses = -sum(p for p in profits if p < 0)
    assert (found.profit_factor is None) == (losses == 0)
    with_risk = [one for one in known if one.risk]
    assert found.measured == len(with_risk)
    if with_risk:
        multiples = [Fraction(one.profit or 0) / Fraction(one.risk or 1) for one in with_risk]
        mean = sum(multiples, Fraction()) / len(multiples)
        assert found.average_r is not None
        assert abs(Fraction(found.average_r) - mean) <= Fraction(1, 100), "rounded twice, to a hundredth"


@given(results())
def test_each_trade_is_in_one_group_of_its_own_currency(mixed: list[Result]) -> None:
    reports = reports_of(mixed)
    assert len({report.currency for report in reports}) == len(reports)
    assert sum(report.whole.trades + report.whole.unknown for report in reports) == len(mixed)
    for report in reports:
        of_currency = [one for one in mixed if one.currency == report.currency]
        for groups in (report.sources, report.accounts):
            assert sum(group.performance.net for group in groups) == report.whole.net
            sizes = [group.performance.trades + group.performance.unknown for group in groups]
            assert sizes == sorted(sizes, reverse=True)
            assert sum(sizes) == len(of_currency)


def test_nothing_traded_divides_by_nothing() -> None:
    none = performance_of([])
    assert (none.trades, none.profit_factor, none.average_r) == (0, None, None)
    assert none.win_rate == none.expectancy == none.max_drawdown == 0
    assert reports_of([]) == []


def test_a_curve_that_only_falls_fell_from_its_start() -> None:
    assert deepest_fall([D(-3), D(1), D(-5), D(9)]) == 7


def test_a_result_tells_r_slippage_and_time() -> None:
    one = a_result(30)
    assert (one.r, one.slippage_pips) == (D("0.41"), D("0.30"))
    assert one.lasted == timedelta(hours=2, minutes=30)
    assert replace(one, risk=None).r is None
    assert replace(one, pip=None).slippage_pips is None
    assert a_result(1, None).r is None


def test_the_file_has_a_line_for_each_and_no_formula() -> None:
    body = as_results_csv([a_result(1, source="=cmd()"), a_result(2, None, risk=None)])
    lines = list(csv.DictReader(io.StringIO(body, newline="")))
    assert tuple(lines[0]) == COLUMNS
    assert (lines[0]["source"], lines[0]["r"], lines[0]["closed_by"]) == ("'=cmd()", "0.41", "take_profit")
    assert (lines[1]["profit"], lines[1]["r"], lines[1]["lasted_s"]) == ("", "", "7320.000")


# The course of equity


def points(*equities: str) -> list[EquityPoint]:
    return [
        EquityPoint(NOON + timedelta(minutes=minute), D(equity), D(equity))
        for minute, equity in enumerate(equities)
    ]


def test_the_drawdown_is_from_the_peak_so_far() -> None:
    course = course_of(points("100", "120", "90", "130", "117"), [])
    assert [round(each) for each in course.drawdowns] == [0, 0, 25, 0, 10]
    assert [course.peak, course.max_drawdown, course.gain] == [D(130), D(25), D(17)]
    assert course.widest_gap == timedelta(minutes=1)


@pytest.mark.parametrize("amount", ["100", "-40"])
def test_what_is_paid_is_no_gain_and_no_drawdown(amount: str) -> None:
    paid = Payment(NOON + timedelta(seconds=90), D(amount))
    course = course_of(points("100", "90", str(90 + D(amount)), str(90 + D(amount))), [paid])
    assert [round(each) for each in course.drawdowns] == [0, 10, 10, 10]
    assert course.gain == -10
    unknown = course_of(course.points, None)
    assert unknown.payments is None
    assert unknown.gain == D(amount) - 10


def test_payments_before_the_first_point_are_in_it_already() -> None:
    course = course_of(points("100", "100"), [Payment(NOON, D(100))])
    assert course.payments == []


@given(st.lists(st.integers(1, 10_000).map(Decimal), min_size=1, max_size=30))
def test_drawdowns_are_those_of_a_double_loop(equities: list[Decimal]) -> None:
    course = course_of(points(*map(str, equities)), [])
    for place, found in enumerate(course.drawdowns):
        peak = max(equities[: place + 1])
        assert abs(Fraction(found) - Fraction(100 * (peak - equities[place])) / Fraction(peak)) < Fraction(
            1, 10**6
        )


@given(
    st.lists(st.integers(100, 10_000).map(Decimal), min_size=2, max_size=10),
    st.integers(1, 9),
    st.integers(-99, 10_000).map(Decimal),
)
def test_an_account_emptied_and_filled_again_begins_anew(
    equities: list[Decimal], minute: int, amount: Decimal
) -> None:
    paid = Payment(NOON + timedelta(minutes=minute), amount)
    course = course_of(points(*map(str, equities)), [paid])
    assert all(0 <= each <= 100 for each in course.drawdowns)


def test_only_balance_operations_are_payments() -> None:
    assert payments_of([]) == []
