"""Drawdown of equity, floating profit included, with deposits and withdrawals taken out. Pure functions.

Drawdown = (reference - equity) / reference; the reference is the peak, the day's peak, or what was there at
first. The limit is a trigger, not a promise.

Money paid in or out scales every reference by (equity + paid) / equity, as a fund's units are counted: the
percentage is afterwards what it was before. Subtracting a withdrawal from the peak would overstate the loss
(of 10,000 a tenth lost and half paid out would be 20 %), adding a deposit to it would hide the loss.

Where money was paid the equity is known as well as at a look: a peak or a breach there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from core.model.accounts import Account, RiskPolicy
from core.model.mt5 import MT5AccountState
from core.model.policies import Basis
from core.model.risk import DrawdownCapExceeded, DrawdownState, Measure
from core.risk.course import Course, End, Flow, payments
from core.risk.levels import Verdict, judge, reached


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be told of one of the two measures."""

    measure: Measure
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Assessment:
    """The guard's new memory and what it concludes; `exceeded` is the limit that was reached just now."""

    state: DrawdownState
    findings: tuple[Finding, ...] = ()
    exceeded: DrawdownCapExceeded | None = None


def begin(
    account: Account, reading: MT5AccountState, flows_until: datetime, day: date | None = None
) -> DrawdownState:
    """The first sight of an account: everything is measured from its equity, its past flows are in it."""
    equity = _equity(reading, account.policy)
    return DrawdownState(
        account_id=account.id,
        peak=equity,
        equity=equity,
        flows_until=flows_until,
        level=Decimal(0),
        read_at=reading.read_at,
        basis=account.policy.drawdown_basis,
        since=reading.read_at,
        initial=equity,
        day=day,
        day_start=equity,
        day_peak=equity,
        credit=_credit(reading, account.policy),
    )


def assess(
    before: DrawdownState,
    reading: MT5AccountState,
    flows: Sequence[Flow],
    policy: RiskPolicy,
    day: date | None = None,
    midnight: datetime | None = None,
) -> Assessment:
    """Take a reading into account.

    `flows` are the deals that are not in the state yet; bonus money is told by the account itself. `day` is
    the broker's and `midnight` when it began, None while that is unknown: the day that is known goes on.
    """
    credit, equity = _credit(reading, policy), _equity(reading, policy)
    last = End(equity, reading.read_at, reading.equity - reading.credit - reading.balance)
    ends_at = max([reading.read_at, *(flow.at for flow in flows)])
    course = Course(End(before.equity, before.read_at), last, [*flows, Flow(credit - before.credit, ends_at)])
    *points, state = _walked(before, course, day, midnight)
    state = replace(
        state,
        flows_until=max([before.flows_until, *(flow.at for flow in flows if flow.is_paid)]),
        credit=credit,
        read_at=reading.read_at,
    )
    found = _judged(_settled(before, _risen(state, equity), policy), policy)
    passed = [_judged(_settled(before, point, policy), policy) for point in points]
    return found if found.exceeded else _breached_on_the_way(found, passed)


def _breached_on_the_way(found: Assessment, passed: Sequence[Assessment]) -> Assessment:
    """With the first breach there was, though it may be made up for: the limit is a trigger."""
    breach = next((each for each in passed if each.exceeded), None)
    if breach is None:
        return found
    levels = breach.state.level, breach.state.daily_level
    return replace(breach, state=replace(found.state, level=levels[0], daily_level=levels[1]))


def rebase(state: DrawdownState) -> DrawdownState:
    """Measure anew from the equity that is known last: what an owner's release of the lock means.

    Not from the next look: what is lost until a blind terminal is seen again would be forgiven.
    """
    equity, zero = state.equity, Decimal(0)
    return replace(
        state,
        peak=equity,
        initial=equity,
        day_start=equity,
        day_peak=equity,
        level=zero,
        daily_level=zero,
        since=state.read_at,
    )


def rearm(state: DrawdownState) -> DrawdownState:
    """Have a limit that is still reached conclude anew: nobody closes and nothing is locked."""
    zero = Decimal(0)
    return replace(
        state,
        level=state.level if state.level < 1 else zero,
        daily_level=state.daily_level if state.daily_level < 1 else zero,
    )


def _credit(reading: MT5AccountState, policy: RiskPolicy) -> Decimal:
    return reading.credit if policy.count_credit else Decimal(0)


def _equity(reading: MT5AccountState, policy: RiskPolicy) -> Decimal:
    """Without credit unless the policy counts it: a bonus is not the trader's money."""
    return reading.equity - reading.credit + _credit(reading, policy)


# -- money paid in and out


def _walked(
    before: DrawdownState, course: Course, day: date | None, midnight: datetime | None
) -> list[DrawdownState]:
    """How it stood at each payment, before the money moved, and last how it stands after all of them.

    A new day begins with the equity at its midnight; where nobody knows when that was, with the last known.
    """
    points, state = [], before
    begins, opening = before.read_at, before.equity
    if midnight is not None:
        begins, opening = midnight, course.at(midnight)
    for number in payments(course.flows):
        flow, equity = course.flows[number], course.before(number)
        if begins <= flow.at:
            state = _at_midnight(state, day, opening)
        if equity > 0:
            state = _risen(state, equity)
        points.append(state)
        state = _carried(state, equity, flow.amount)
    return [*points, _at_midnight(state, day, opening)]


def _carried(state: DrawdownState, equity: Decimal, paid: Decimal) -> DrawdownState:
    """Every reference as it is after a payment into, or out of, so much."""
    return replace(
        state,
        peak=_scaled(state.peak, equity, paid),
        initial=_scaled(state.initial, equity, paid) if state.initial is not None else None,
        day_start=_scaled(state.day_start, equity, paid) if state.day_start is not None else None,
        day_peak=_scaled(state.day_peak, equity, paid) if state.day_peak is not None else None,
    )


def _scaled(reference: Decimal, base: Decimal, paid: Decimal) -> Decimal:
    """Of nothing there is no share: then the money itself is kept, so that no loss is hidden."""
    return reference * (base + paid) / base if base > 0 else max(reference, Decimal(0)) + paid


# -- days, peaks, limits


def _at_midnight(state: DrawdownState, day: date | None, equity: Decimal) -> DrawdownState:
    """A new day of the broker's begins with so much; not one that has begun, and not at first sight."""
    if day is None or (state.day is not None and day <= state.day):
        return state
    if state.day is None:
        return replace(state, day=day)
    return replace(state, day=day, day_start=equity, day_peak=equity)


def _risen(state: DrawdownState, equity: Decimal) -> DrawdownState:
    """The present equity; what is not known yet begins with it."""
    return replace(
        state,
        equity=equity,
        peak=max(state.peak, equity),
        initial=equity if state.initial is None else state.initial,
        day_start=equity if state.day_start is None else state.day_start,
        day_peak=equity if state.day_peak is None else max(state.day_peak, equity),
    )


def _settled(before: DrawdownState, state: DrawdownState, policy: RiskPolicy) -> DrawdownState:
    """By the basis of the policy. A level that another basis or another day ends is no recovery."""
    state = replace(state, basis=policy.drawdown_basis)
    is_another_day = state.day != before.day
    if state.basis is not before.basis or (is_another_day and state.basis is Basis.DAY):
        level = reached(_shares(state, policy)[Measure.DRAWDOWN], policy.warn_at)
        state = replace(state, level=min(state.level, level))
    if is_another_day or policy.daily_loss_percent is None:
        level = reached(_shares(state, policy)[Measure.DAILY], policy.warn_at)
        state = replace(state, daily_level=min(state.daily_level, level))
    return state


def _judged(state: DrawdownState, policy: RiskPolicy) -> Assessment:
    """Both measures, each by its own limit; of two reached limits the drawdown's is named."""
    shares = _shares(state, policy)
    level, verdict = judge(
        shares[Measure.DRAWDOWN], state.level, policy.warn_at, policy.drawdown_limit_percent
    )
    daily_level, daily = judge(
        shares[Measure.DAILY], state.daily_level, policy.warn_at, policy.daily_loss_percent or Decimal(100)
    )
    verdicts = {Measure.DRAWDOWN: verdict, Measure.DAILY: daily}
    findings = tuple(Finding(*each) for each in verdicts.items() if each[1] is not Verdict.CALM)
    is_over = verdict is Verdict.RECOVERED and level == 0
    found = replace(
        state,
        level=level,
        daily_level=daily_level,
        since=state.since if state.drawdown > 0 and state.since else state.read_at,
        recovered_in=state.read_at - state.since if is_over and state.since else state.recovered_in,
    )
    breached = [each.measure for each in findings if each.verdict is Verdict.BREACHED]
    return Assessment(found, findings, exceeded(found, policy, breached[0]) if breached else None)


def _shares(state: DrawdownState, policy: RiskPolicy) -> dict[Measure, Decimal]:
    """How much of each limit is taken, exactly; 0 where there is no reference or no limit."""
    return {
        Measure.DRAWDOWN: _share(state.drawdown, state.reference, policy.drawdown_limit_percent),
        Measure.DAILY: _share(state.daily_loss, state.day_start or Decimal(0), policy.daily_loss_percent),
    }


def _share(lost: Decimal, reference: Decimal, limit_percent: Decimal | None) -> Decimal:
    if reference <= 0 or not limit_percent:
        return Decimal(0)
    return lost * 100 / (reference * limit_percent)


def exceeded(state: DrawdownState, policy: RiskPolicy, measure: Measure) -> DrawdownCapExceeded:
    """The limit of a measure as reached, with its numbers."""
    daily = measure is Measure.DAILY
    return DrawdownCapExceeded(
        account_id=state.account_id,
        measure=measure,
        basis=state.basis,
        percent=state.daily_percent if daily else state.percent,
        limit=(policy.daily_loss_percent or Decimal(0)) if daily else policy.drawdown_limit_percent,
        equity=state.equity,
        reference=(state.day_start or state.equity) if daily else state.reference,
    )
