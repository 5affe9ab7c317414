"""The oracle by hand: what a drawdown is, in sums that fit on a slip of paper."""

import pytest

from tests.sim.oracle import Flows, Payment, Truth
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
