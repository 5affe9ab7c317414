"""Drawdown from its reference, judged by numbers alone: against a fund that counts units."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.accounts import RiskPolicy
from core.model.policies import Basis
from core.model.risk import DrawdownState, Measure
from core.risk.course import Cause, Flow
from core.risk.drawdown import assess, begin, rearm, rebase
from core.risk.levels import Verdict, judge, wobble
from tests.core.risk.samples import ACCOUNT, NOW, SECOND, a_payment, a_reading, a_state

POLICY = RiskPolicy()
TINY = Decimal("1e-15")
PERCENT = st.decimals(-40, 60, places=2)
TODAY = date(2026, 11, 20)


def first(equity: str = "10000", policy: RiskPolicy = POLICY, day: date | None = None) -> DrawdownState:
    return begin(replace(ACCOUNT, policy=policy), a_reading(equity), NOW, day)


def follow(start: DrawdownState, *equities: str, policy: RiskPolicy = POLICY) -> list[Verdict]:
    """The verdicts on the drawdown of one reading after another."""
    verdicts = []
    for equity in equities:
        found = assess(start, a_reading(equity), (), policy)
        start = found.state
        told = [each.verdict for each in found.findings if each.measure is Measure.DRAWDOWN]
        verdicts.append(told[0] if told else Verdict.CALM)
    return verdicts


@dataclass
class Fund:
    """The oracle: money buys and sells units at their price, and only trading changes that."""

    units: Decimal = Decimal(10_000)
    price: Decimal = Decimal(1)
    best: Decimal = Decimal(1)

    @property
    def equity(self) -> Decimal:
        return self.units * self.price

    @property
    def percent(self) -> Decimal:
        return (1 - self.price / self.best) * 100

    def trade(self, percent: Decimal) -> None:
        self.price *= 1 + percent / 100
        self.best = max(self.best, self.price)

    def pay(self, share: Decimal) -> Flow:
        """So much of what is there, in or out, in the end of the interval."""
        amount = self.equity * share / 100
        self.units += amount / self.price
        return Flow(amount, NOW)


@settings(max_examples=300)
@given(st.lists(st.tuples(PERCENT, st.lists(st.decimals(-90, 300, places=1), max_size=3)), max_size=20))
def test_payments_never_count_as_gain_or_loss(steps: list[tuple[Decimal, list[Decimal]]]) -> None:
    fund, state = Fund(), first()
    for gain, shares in steps:
        fund.trade(gain)
        flows = [fund.pay(share) for share in shares]
        state = assess(state, a_reading(fund.equity), flows, POLICY).state
        assert abs((state.peak - state.equity) / state.peak * 100 - fund.percent) < TINY


@given(st.lists(st.decimals(-99, 500, places=1), max_size=6), st.sampled_from([0, 5, 12, 19]))
def test_whatever_is_paid_the_percentage_stays(shares: list[Decimal], lost: int) -> None:
    state = assess(first(), a_reading(Decimal(10_000 - lost * 100)), (), POLICY).state
    equity = state.equity
    for share in shares:
        amount = equity * share / 100
        equity += amount
        found = assess(state, a_reading(equity), [a_payment(amount)], POLICY)
        state = found.state
        assert found.findings == ()
        assert state.percent == lost


@given(st.decimals(1_000, 20_000, places=2), st.decimals(-900, 20_000, places=2), st.integers(0, 10), PERCENT)
def test_a_payment_and_a_gain_between_two_looks_are_judged_between_both_orders(
    equity: Decimal, paid: Decimal, when: int, gain: Decimal
) -> None:
    """Nobody saw which was first."""
    gained = equity * gain / 100
    after = equity + gained + paid
    if after <= 0 or equity + gained + paid <= 0 or equity + paid <= 0:
        return
    flow = Flow(paid, NOW + when * SECOND)
    before = replace(a_state(equity, equity), initial=equity)
    found = assess(before, a_reading(after, NOW + 10 * SECOND), [flow], POLICY).state
    assert found.initial is not None
    orders = sorted([after / (equity + paid), (equity + gained) / equity])
    assert orders[0] - TINY <= after / found.initial <= orders[1] + TINY


@pytest.mark.parametrize(
    ("paid", "equity", "percent"),
    [("-5000", "4000", "10"), ("9000", "18000", "10"), ("-5000", "5200", "0")],
)
def test_a_payment_in_the_end_of_an_interval(paid: str, equity: str, percent: str) -> None:
    equity_then = Decimal(equity) - Decimal(paid)
    state = replace(a_state("10000", equity_then), read_at=NOW)
    found = assess(state, a_reading(equity), [a_payment(paid)], POLICY).state
    assert abs(found.percent - Decimal(percent)) <= Decimal("0.01")


def test_a_deposit_does_not_hide_a_loss_that_nothing_was_left_of() -> None:
    found = assess(first(), a_reading("10000"), [a_payment("10500")], POLICY)
    assert found.exceeded is not None


def test_everything_paid_out_is_no_loss_and_what_comes_then_begins_anew() -> None:
    out = assess(first(), a_reading("0"), [a_payment("-10000")], POLICY)
    assert (out.findings, out.state.drawdown) == ((), Decimal(0))
    again = assess(out.state, a_reading("1000"), [a_payment("1000")], POLICY)
    assert (again.findings, again.state.peak) == ((), Decimal(1000))
    assert follow(again.state, "800") == [Verdict.BREACHED]


def test_credit_is_not_the_traders_money_unless_he_says_so() -> None:
    state = begin(ACCOUNT, a_reading("11000", credit="1000"), NOW)
    assert state.peak == Decimal(10_000)
    for equity, credit in (("10000", "0"), ("13000", "3000")):
        found = assess(state, a_reading(equity, credit=credit), (), POLICY)
        assert (found.findings, found.state.peak) == ((), Decimal(10_000))


def test_credit_that_counts_is_money_paid_in_and_its_switch_is_no_loss() -> None:
    counting = replace(POLICY, count_credit=True)
    state = assess(first(), a_reading("9000"), (), POLICY).state
    for credit, policy in (("3000", counting), ("0", counting), ("3000", counting), ("3000", POLICY)):
        found = assess(state, a_reading(Decimal(9000) + Decimal(credit), credit=credit), (), policy)
        state = found.state
        assert (found.findings, state.percent) == ((), Decimal(10))


@pytest.mark.parametrize(
    ("equity", "verdict"),
    [
        ("9000.01", Verdict.CALM),
        ("9000", Verdict.WARNED),
        ("8000.01", Verdict.WARNED),
        ("8000.00", Verdict.BREACHED),
        ("0", Verdict.BREACHED),
        ("-2500", Verdict.BREACHED),
    ],
)
def test_a_level_begins_exactly_where_it_is(equity: str, verdict: Verdict) -> None:
    assert follow(first(), equity) == [verdict]


def test_a_limit_is_not_reached_by_rounding() -> None:
    """19.995 % shows as 20.00 %, and is not 20 %."""
    assert follow(first("100000"), "80005", "80000.01") == [Verdict.WARNED, Verdict.CALM]


def test_each_level_is_told_once_each_way() -> None:
    down = ["9000", "8900", "8500", "8400", "8200", "8100", "8000", "7000"]
    up = ["8150", "8600", "8601", "9050", "9100.01", "10000"]
    warned, calm, recovered = Verdict.WARNED, Verdict.CALM, Verdict.RECOVERED
    assert follow(first(), *down, *up) == [
        warned, calm, warned, calm, warned, calm, Verdict.BREACHED, calm,
        recovered, recovered, calm, calm, recovered, calm,
    ]  # fmt: skip


@given(st.lists(st.integers(0, 120), max_size=60), st.decimals("0.5", 50, places=1))
def test_levels_are_told_in_turns(shares: list[int], limit: Decimal) -> None:
    level = Decimal(0)
    for share in (Decimal(each) / 100 for each in shares):
        now, verdict = judge(share, level, POLICY.warn_at, limit)
        if verdict in (Verdict.WARNED, Verdict.BREACHED):
            assert share >= now > level
        elif verdict is Verdict.RECOVERED:
            assert now <= share < level - wobble(level, limit)
        else:
            assert now == level
        level = now


@pytest.mark.parametrize("limit", ["1", "2", "5", "20"])
def test_a_wobble_of_a_few_tenths_of_a_percent_does_not_flap_at_any_limit(limit: str) -> None:
    policy = replace(POLICY, drawdown_limit_percent=Decimal(limit))
    at = 10_000 - 50 * Decimal(limit)
    aside = min(Decimal(20), 10 * Decimal(limit))
    equities = [str(at), str(at + aside), str(at), str(at + aside), "10000"]
    assert follow(first(policy=policy), *equities, policy=policy) == [
        Verdict.WARNED, Verdict.CALM, Verdict.CALM, Verdict.CALM, Verdict.RECOVERED,
    ]  # fmt: skip


def test_a_drawdown_that_is_over_says_how_long_it_took() -> None:
    state = first()
    for minute, equity in enumerate(["10000", "8900", "9500"]):
        state = assess(state, a_reading(equity, NOW + minute * 60 * SECOND), (), POLICY).state
    assert state.recovered_in == timedelta(minutes=2)
    assert state.since == NOW
    state = assess(state, a_reading("10500", NOW + 300 * SECOND), (), POLICY).state
    assert (state.since, state.recovered_in) == (NOW + 300 * SECOND, timedelta(minutes=2))


# -- bases and days


def test_each_basis_measures_from_its_own_reference() -> None:
    state = first(day=TODAY)
    for equity, day in (("12000", TODAY), ("11000", TODAY + timedelta(days=1)), ("10450", None)):
        state = assess(state, a_reading(equity), (), POLICY, day).state
    percents = {basis: replace(state, basis=basis).percent for basis in Basis}
    assert percents[Basis.PEAK] == Decimal("12.92")
    assert percents[Basis.DAY] == Decimal("12.92")  # the day began with what was last known of the one before
    assert percents[Basis.INITIAL] == Decimal(0)


def test_a_switch_of_the_basis_is_neither_a_breach_nor_a_recovery() -> None:
    state = assess(first(day=TODAY), a_reading("12000"), (), POLICY, TODAY).state
    state = assess(state, a_reading("10500"), (), POLICY, TODAY).state
    assert state.level == Decimal("0.5")
    by_first = replace(POLICY, drawdown_basis=Basis.INITIAL)
    found = assess(state, a_reading("10500"), (), by_first, TODAY)
    assert found.findings == ()
    assert (found.state.level, found.state.percent) == (Decimal(0), Decimal(0))
    back = assess(found.state, a_reading("10500"), (), POLICY, TODAY)
    assert [each.verdict for each in back.findings] == [Verdict.WARNED]


def test_a_breach_before_a_deposit_is_one_though_it_was_made_up_for() -> None:
    flows = [Flow(Decimal(-2500), NOW + SECOND, Cause.BOOKED), a_payment("10000", NOW + 2 * SECOND)]
    flows.append(Flow(Decimal(4000), NOW + 3 * SECOND, Cause.BOOKED))
    found = assess(first(), a_reading("21500", NOW + 10 * SECOND), flows, POLICY)
    assert found.exceeded is not None
    assert found.exceeded.reason.endswith("limit of 20 %: equity 7,500.00, 10,000.00 at its peak")
    assert (found.state.equity, found.state.level) == (Decimal(21_500), Decimal(1))
    assert found.state.percent == Decimal("7.86")
    again = assess(found.state, a_reading("18000", NOW + 20 * SECOND), (), POLICY)
    assert again.exceeded is None


def test_what_was_won_before_a_withdrawal_is_a_peak() -> None:
    flows = [Flow(Decimal(2000), NOW + SECOND, Cause.BOOKED), a_payment("-2000", NOW + 2 * SECOND)]
    flows.append(Flow(Decimal(-1500), NOW + 3 * SECOND, Cause.BOOKED))
    assert assess(first(), a_reading("8500", NOW + 10 * SECOND), flows, POLICY).state.percent == 15


@pytest.mark.parametrize(
    ("lost_at", "paid_at", "midnight", "start"),
    [
        (10, 20, 30, "18000"),
        (10, 40, 30, "18000"),
        (40, 10, 30, "20000"),
        (10, None, 30, "9000"),
        (40, None, 30, "10000"),
        (10, None, None, "10000"),  # nobody knows when: with what was known last
        (10, None, -10, "10000"),
    ],
)
def test_a_day_begins_with_what_there_was_at_its_midnight(
    lost_at: int, paid_at: int | None, midnight: int | None, start: str
) -> None:
    """A tenth is lost and the equity doubled, as far as it is paid in; the day's loss is a share of it."""
    flows = [Flow(Decimal(-1000), NOW + lost_at * SECOND, Cause.BOOKED)]
    equity = Decimal(9000)
    if paid_at is not None:
        paid = equity if lost_at < paid_at else Decimal(10_000)
        flows.append(a_payment(paid, NOW + paid_at * SECOND))
        equity += paid
    began = None if midnight is None else NOW + midnight * SECOND
    reading, tomorrow = a_reading(equity, NOW + 60 * SECOND), TODAY + timedelta(days=1)
    found = assess(first(day=TODAY), reading, flows, POLICY, tomorrow, began).state
    assert (found.day, found.day_start) == (tomorrow, Decimal(start))


def test_the_daily_loss_is_warned_of_closes_and_ends_with_the_day() -> None:
    policy = replace(POLICY, daily_loss_percent=Decimal(5))
    state = first(policy=policy, day=TODAY)
    told = []
    for equity, day in (
        ("9800", TODAY),
        ("9740", TODAY),
        ("9500", None),
        ("9500", TODAY + timedelta(days=1)),
        ("9400", TODAY),
    ):
        found = assess(state, a_reading(equity), (), policy, day)
        state = found.state
        told.append([(each.measure, each.verdict) for each in found.findings])
    daily = Measure.DAILY
    assert told == [[], [(daily, Verdict.WARNED)], [(daily, Verdict.BREACHED)], [], []]
    assert (state.day, state.day_start) == (TODAY + timedelta(days=1), Decimal(9500))


def test_the_reason_of_a_breach_has_its_numbers() -> None:
    found = assess(first(), a_reading("7900"), (), POLICY)
    assert found.exceeded is not None
    assert found.exceeded.reason == (
        "drawdown 21.00 % reached the limit of 20 %: equity 7,900.00, 10,000.00 at its peak"
    )


# -- beginning anew


@pytest.mark.parametrize("basis", Basis)
def test_a_released_account_is_measured_from_what_was_known_last(basis: Basis) -> None:
    """By each basis and by the day; what is lost between the release and the next look counts."""
    policy = replace(POLICY, drawdown_basis=basis, daily_loss_percent=Decimal(20))
    breached = assess(first("10000", policy, TODAY), a_reading("7900"), (), policy, TODAY)
    assert {each.verdict for each in breached.findings} == {Verdict.BREACHED}
    fresh = rebase(breached.state)
    assert not any((fresh.percent, fresh.daily_percent, fresh.level, fresh.daily_level))
    found = assess(fresh, a_reading("7110"), (), policy, TODAY)
    assert found.state.percent == found.state.daily_percent == 10
    assert {each.measure for each in found.findings} == set(Measure)
    assert follow(found.state, "6321", "6320", policy=policy) == [Verdict.WARNED, Verdict.BREACHED]


def test_a_payment_between_a_release_and_the_next_look_is_no_loss() -> None:
    fresh = rebase(assess(first(), a_reading("7900"), (), POLICY).state)
    found = assess(fresh, a_reading("3900"), [a_payment("-4000")], POLICY)
    assert (found.findings, found.state.percent, found.state.peak) == ((), Decimal(0), Decimal(3900))


def test_a_breach_of_which_nothing_came_is_concluded_again() -> None:
    breached = assess(first(), a_reading("7900"), (), POLICY).state
    assert follow(breached, "7900") == [Verdict.CALM]
    assert follow(rearm(breached), "7900") == [Verdict.BREACHED]


@pytest.mark.parametrize("equity", ["0", "-100"])
def test_an_account_without_money_of_its_own_has_no_drawdown(equity: str) -> None:
    assert follow(first(equity), equity, "-5000") == [Verdict.CALM, Verdict.CALM]


def test_a_clock_that_runs_backwards_changes_no_peak() -> None:
    state = first()
    for later, equity in ((SECOND, "10500"), (-10_800 * SECOND, "10400"), (2 * SECOND, "9500")):
        state = assess(state, a_reading(equity, NOW + later), (), POLICY).state
    assert (state.peak, state.equity) == (Decimal(10_500), Decimal(9_500))
