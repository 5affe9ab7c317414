"""The oracle by hand: what a drawdown is, in sums that fit on a slip of paper."""

import pytest

from tests.sim.oracle import Flows, Payment, Reference, Truth
from tests.sim.script import written


def test_a_loss_is_a_share_of_the_highest_equity() -> None:
    truth = Truth(Flows.SCALED, 10_000.0)
    truth.observe(12_000.0, [], readable=True)
    truth.observe(9_000.0, [], readable=True)
    assert truth.certain == truth.possible == pytest.approx(25.0)


def test_a_peak_that_nobody_could_read_is_possible_and_not_certain() -> None:
    truth = Truth(Flows.SCALED, 10_000.0)
    truth.observe(12_000.0, [], readable=False)
    truth.observe(9_000.0, [], readable=True)
    assert truth.certain == pytest.approx(10.0)
    assert truth.possible == pytest.approx(25.0)


@pytest.mark.parametrize("amount", [-4_500.0, 9_000.0])
def test_scaled_no_payment_moves_the_percent(amount: float) -> None:
    truth = Truth(Flows.SCALED, 10_000.0)
    truth.observe(9_000.0, [], readable=True)
    truth.observe(9_000.0 + amount, [Payment(amount, 9_000.0)], readable=True)
    assert truth.certain == truth.possible == pytest.approx(10.0)


@pytest.mark.parametrize("amount", [-4_500.0, 9_000.0])
def test_subtracted_no_payment_moves_the_money(amount: float) -> None:
    truth = Truth(Flows.SUBTRACTED, 10_000.0)
    truth.observe(9_000.0 + amount, [Payment(amount, 9_000.0)], readable=True)
    assert truth.certain == truth.possible == pytest.approx(1_000.0 / (10_000.0 + amount) * 100)


def test_a_payment_and_a_loss_between_two_looks_leave_a_doubt() -> None:
    truth = Truth(Flows.SCALED, 10_000.0)
    truth.observe(6_000.0, [Payment(-3_000.0, 9_000.0)], readable=True)
    assert truth.certain == pytest.approx(10.0)
    assert truth.possible == pytest.approx(100 / 7)


def test_a_release_begins_anew() -> None:
    truth = Truth(Flows.SCALED, 10_000.0)
    truth.observe(5_000.0, [], readable=True)
    truth.rebase(5_000.0)
    assert truth.possible == 0


def test_a_seed_is_one_week() -> None:
    assert written(7, 3) == written(7, 3) != written(8, 3)


def a_day(reference: Reference) -> Truth:
    """10,000 at first, 12,000 and then 11,000 on the first day, 10,500 at midnight and 10,450 before it."""
    truth = Truth(Flows.SCALED, 10_000.0, reference)
    for equity in (12_000.0, 11_000.0, 10_450.0):
        truth.observe(equity, [], readable=True)
    truth.midnight(10_500.0, [])
    return truth


@pytest.mark.parametrize(
    ("reference", "percent"),
    [
        (Reference.PEAK, 2_550 / 120),
        (Reference.INITIAL, 5.5),
        (Reference.MIDNIGHT, 10.0),
        (Reference.DAY, 10.0),
    ],
)
def test_each_basis_has_its_reference(reference: Reference, percent: float) -> None:
    truth = a_day(reference)
    truth.observe(10_500.0, [], readable=True)
    truth.observe(9_450.0, [], readable=True)
    assert truth.possible == pytest.approx(percent)
    assert truth.certain == pytest.approx(min(percent, _since(truth)))


def _since(truth: Truth) -> float:
    """By what was known last before midnight, which is all that a reader has."""
    known = 10_500.0 if truth.reference is Reference.DAY else 10_450.0
    return (1 - 9_450.0 / known) * 100 if truth.reference.resets else 100.0


def test_the_days_peak_rises_and_the_midnight_does_not() -> None:
    day, midnight = a_day(Reference.DAY), a_day(Reference.MIDNIGHT)
    for truth in (day, midnight):
        for equity in (10_500.0, 14_000.0, 10_500.0):
            truth.observe(equity, [], readable=True)
    assert day.certain == day.possible == pytest.approx(25.0)
    assert midnight.possible == 0


def test_a_loss_of_yesterday_is_none_of_today() -> None:
    truth = Truth(Flows.SCALED, 10_000.0, Reference.MIDNIGHT)
    truth.observe(9_000.0, [], readable=True)
    assert truth.certain == pytest.approx(10.0)
    truth.midnight(9_000.0, [])
    truth.observe(9_000.0, [], readable=True)
    truth.observe(8_910.0, [], readable=True)
    assert truth.certain == truth.possible == pytest.approx(1.0)


def test_who_was_blind_at_midnight_may_begin_the_day_with_what_he_knew_or_with_what_he_sees() -> None:
    truth = Truth(Flows.SCALED, 10_000.0, Reference.MIDNIGHT)
    truth.observe(9_500.0, [], readable=False)
    truth.midnight(9_200.0, [])
    truth.observe(9_000.0, [], readable=True)
    assert truth.certain == 0
    assert truth.possible == pytest.approx(10.0)


def test_a_payment_before_midnight_scales_the_day_that_begins() -> None:
    truth = Truth(Flows.SCALED, 10_000.0, Reference.MIDNIGHT)
    truth.midnight(5_000.0, [Payment(-5_000.0, 10_000.0)])
    truth.observe(5_000.0, [], readable=True)
    truth.observe(4_500.0, [], readable=True)
    assert truth.certain == truth.possible == pytest.approx(10.0)
