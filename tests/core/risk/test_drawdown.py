"""Drawdown from the peak, judged by numbers alone: against a trader who keeps two purses."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.accounts import RiskPolicy
from core.model.risk import DrawdownState
from core.risk.drawdown import HYSTERESIS, Verdict, assess, begin, rebase
from tests.core.risk.samples import ACCOUNT, NOW, SECOND, a_flow, a_reading, a_state

POLICY = RiskPolicy()
MONEY = st.decimals(-9_000, 9_000, places=2)


def follow(start: DrawdownState, *equities: str, policy: RiskPolicy = POLICY) -> list[Verdict]:
    """The verdicts of one reading after another."""
    verdicts = []
    for equity in equities:
        found = assess(start, a_reading(equity), (), policy)
        start = found.state
        verdicts.append(found.verdict)
    return verdicts


@settings(max_examples=300)
@given(st.lists(st.tuples(MONEY, st.lists(MONEY, max_size=3)), max_size=30))
def test_payments_never_count_as_gain_or_loss(steps: list[tuple[Decimal, list[Decimal]]]) -> None:
    """The oracle's trader keeps what was earned by trading in one purse and what was paid in in another."""
    state = begin(ACCOUNT, a_reading("10000"), ())
    earned, best, paid = Decimal(0), Decimal(0), Decimal(10_000)
    ticket = 0
    for gain, payments in steps:
        earned += gain
        paid += sum(payments, Decimal(0))
        best = max(best, earned)
        flows = [a_flow(amount, ticket := ticket + 1) for amount in payments]
        before = state
        state = assess(state, a_reading(paid + earned), flows, POLICY).state
        assert state.drawdown == best - earned
        assert state.peak == paid + best
        assert state.peak >= before.peak + sum(amount for amount in payments if amount < 0)


@given(st.lists(MONEY, max_size=5), st.decimals(1, 50_000, places=2))
def test_an_account_that_does_not_trade_is_calm_whatever_is_paid(
    payments: list[Decimal], equity: Decimal
) -> None:
    state = begin(ACCOUNT, a_reading(equity), ())
    for ticket, amount in enumerate(payments):
        equity += amount
        found = assess(state, a_reading(equity), [a_flow(amount, ticket)], POLICY)
        state = found.state
        assert found.verdict is Verdict.CALM
        assert (state.drawdown, state.peak) == (Decimal(0), equity)


def test_the_first_sight_is_the_peak_and_its_payments_are_in_it() -> None:
    flows = [a_flow("8000", 1, NOW - 3 * SECOND), a_flow("2000", 2, NOW - 2 * SECOND)]
    state = begin(ACCOUNT, a_reading("9500"), flows)
    assert (state.peak, state.equity, state.level) == (Decimal(9500), Decimal(9500), Decimal(0))
    assert state.flows_until == NOW - 2 * SECOND


def test_payments_are_known_by_the_newest_of_them() -> None:
    state = a_state("10000", "10000")
    flows = [a_flow("-1000", 2, NOW + 5 * SECOND), a_flow("500", 3, NOW + 4 * SECOND)]
    after = assess(state, a_reading("9500"), flows, POLICY).state
    assert (after.peak, after.flows_until) == (Decimal(9500), NOW + 5 * SECOND)
    late = assess(after, a_reading("9400"), [a_flow("-100", 4, NOW)], POLICY).state
    assert (late.peak, late.flows_until) == (Decimal(9400), NOW + 5 * SECOND)


@pytest.mark.parametrize(
    ("paid", "equity", "drawdown"),
    [("-5000", "4000", "1000"), ("5000", "14000", "1000"), ("-5000", "5200", "0"), ("5000", "16000", "0")],
)
def test_a_payment_together_with_a_loss_or_a_gain(paid: str, equity: str, drawdown: str) -> None:
    found = assess(a_state("10000", "10000"), a_reading(equity), [a_flow(paid)], POLICY)
    assert found.state.drawdown == Decimal(drawdown)


def test_credit_is_not_the_traders_money() -> None:
    state = begin(ACCOUNT, a_reading("11000", credit="1000"), ())
    assert state.peak == Decimal(10_000)
    taken_back = assess(state, a_reading("10000", credit="0"), (), POLICY)
    assert taken_back.verdict is Verdict.CALM
    assert taken_back.state.drawdown == 0
    granted = assess(state, a_reading("13000", credit="3000"), (), POLICY)
    assert granted.state.peak == Decimal(10_000)


@pytest.mark.parametrize(
    ("equity", "verdict"),
    [
        ("9000.01", Verdict.CALM),
        ("9000", Verdict.WARNED),
        ("8000.01", Verdict.WARNED),
        ("8000.00", Verdict.BREACHED),
        ("1", Verdict.BREACHED),
        ("0", Verdict.BREACHED),
        ("-2500", Verdict.BREACHED),
    ],
)
def test_a_level_begins_exactly_where_it_is(equity: str, verdict: Verdict) -> None:
    assert follow(a_state("10000"), equity) == [verdict]


@pytest.mark.parametrize("equity", ["80005", "80001", "80000.01"])
def test_a_limit_is_not_reached_by_rounding(equity: str) -> None:
    """19.995 % shows as 20.00 %, and is not 20 %."""
    assert follow(a_state("100000"), equity) == [Verdict.WARNED]


def test_each_level_is_told_once_on_the_way_down() -> None:
    equities = ["9000", "8900", "8500", "8400", "8200", "8100", "8000", "7000"]
    assert follow(a_state("10000"), *equities) == [
        Verdict.WARNED, Verdict.CALM, Verdict.WARNED, Verdict.CALM,
        Verdict.WARNED, Verdict.CALM, Verdict.BREACHED, Verdict.CALM,
    ]  # fmt: skip


def test_a_fall_through_several_levels_is_told_by_the_last() -> None:
    found = assess(a_state("10000"), a_reading("8100"), (), POLICY)
    assert (found.verdict, found.state.level) == (Verdict.WARNED, Decimal("0.9"))


def test_a_wobble_around_a_level_is_told_once() -> None:
    """5 % of the limit is 1 % of the peak: until 9,100 it is the same warning."""
    assert follow(a_state("10000"), "9000", "9001", "8999", "9100", "8990") == [
        Verdict.WARNED, *[Verdict.CALM] * 4,
    ]  # fmt: skip
    assert follow(a_state("10000"), "9000", "9100.01", "9000") == [
        Verdict.WARNED, Verdict.RECOVERED, Verdict.WARNED,
    ]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.integers(7_000, 10_000), max_size=40))
def test_levels_are_told_in_turns(equities: list[int]) -> None:
    """A warning goes up, a recovery down by more than the wobble, a breach is told once until it recovers."""
    state = a_state("10000")
    for equity in equities:
        found = assess(state, a_reading(Decimal(equity)), (), POLICY)
        share = Decimal(10_000 - equity) / 2_000
        if found.verdict in (Verdict.WARNED, Verdict.BREACHED):
            assert found.state.level > state.level
            assert share >= found.state.level
        elif found.verdict is Verdict.RECOVERED:
            assert found.state.level <= share < state.level - HYSTERESIS
        else:
            assert found.state.level == state.level
            assert share < 1 or state.level == 1
        state = found.state


def test_a_breach_that_recovers_by_itself_may_be_told_again() -> None:
    assert follow(a_state("10000"), "8000", "8150", "8000") == [
        Verdict.BREACHED, Verdict.RECOVERED, Verdict.BREACHED,
    ]  # fmt: skip


def test_a_limit_and_levels_of_ones_own() -> None:
    strict = RiskPolicy(drawdown_limit_percent=Decimal(5), warn_at=(Decimal("0.4"),))
    assert follow(a_state("1000"), "980.01", "980", "950", policy=strict) == [
        Verdict.CALM, Verdict.WARNED, Verdict.BREACHED,
    ]  # fmt: skip
    silent = replace(strict, warn_at=())
    assert follow(a_state("1000"), "951", "950", policy=silent) == [Verdict.CALM, Verdict.BREACHED]


@pytest.mark.parametrize("equity", ["0", "-100"])
def test_an_account_without_money_of_its_own_has_no_drawdown(equity: str) -> None:
    state = begin(ACCOUNT, a_reading(equity), ())
    assert follow(state, equity, "-5000") == [Verdict.CALM, Verdict.CALM]


def test_an_empty_account_is_guarded_from_its_first_deposit_on() -> None:
    empty = begin(ACCOUNT, a_reading("0"), ())
    funded = assess(empty, a_reading("1000"), [a_flow("1000")], POLICY)
    assert (funded.verdict, funded.state.peak) == (Verdict.CALM, Decimal(1000))
    assert follow(funded.state, "800") == [Verdict.BREACHED]


def test_everything_paid_out_is_no_loss() -> None:
    out = assess(a_state("10000", "10000"), a_reading("0"), [a_flow("-10000")], POLICY)
    assert (out.verdict, out.state.peak) == (Verdict.CALM, Decimal(0))


def test_a_released_account_starts_again_from_where_it_is() -> None:
    breached = assess(a_state("10000"), a_reading("7900"), (), POLICY).state
    fresh = rebase(breached)
    assert (fresh.peak, fresh.level, fresh.percent) == (Decimal(7900), Decimal(0), Decimal(0))
    assert follow(fresh, "7900", "7111", "6320") == [Verdict.CALM, Verdict.CALM, Verdict.BREACHED]


def seen(readings: Iterable[tuple[timedelta, str]]) -> DrawdownState:
    state = a_state("10000", "10000")
    for later, equity in readings:
        state = assess(state, a_reading(equity, NOW + later), (), POLICY).state
    return state


def test_a_clock_that_runs_backwards_changes_no_peak() -> None:
    steps = [(SECOND, "10500"), (-3 * 3600 * SECOND, "10400"), (2 * SECOND, "9500")]
    assert seen(steps).peak == Decimal(10_500)
    assert replace(seen(steps), read_at=NOW) == replace(seen([(SECOND, e) for _, e in steps]), read_at=NOW)
