"""Drawdown from the peak of equity, with deposits and withdrawals taken out. Pure functions.

Drawdown = (peak - equity) / peak; equity includes floating profit; the limit is a trigger, not a promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from core.model.accounts import Account, RiskPolicy
from core.model.mt5 import MT5AccountState, MT5Deal
from core.model.risk import DrawdownState

HYSTERESIS = Decimal("0.05")
"""A level counts as recovered once the drawdown is this share of the limit below it."""


class Verdict(StrEnum):
    CALM = "calm"
    WARNED = "warned"
    RECOVERED = "recovered"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The guard's new memory and what it concludes."""

    state: DrawdownState
    verdict: Verdict


def begin(account: Account, reading: MT5AccountState, flows: Sequence[MT5Deal]) -> DrawdownState:
    """The first sight of an account: its peak is its equity, its past flows are in it already."""
    return DrawdownState(
        account_id=account.id,
        peak=_equity(reading),
        equity=_equity(reading),
        flows_until=max((deal.at for deal in flows), default=reading.read_at),
        level=Decimal(0),
        read_at=reading.read_at,
    )


def assess(
    before: DrawdownState, reading: MT5AccountState, flows: Sequence[MT5Deal], policy: RiskPolicy
) -> Assessment:
    """Take a reading into account. `flows` are the balance operations that are not in the peak yet."""
    equity = _equity(reading)
    state = replace(
        before,
        peak=max(before.peak + sum((deal.profit for deal in flows), Decimal(0)), equity),
        equity=equity,
        flows_until=max([before.flows_until, *(deal.at for deal in flows)]),
        read_at=reading.read_at,
    )
    return _judge(state, policy)


def rebase(state: DrawdownState) -> DrawdownState:
    """Start again from the present equity: what an owner's release of the lock means."""
    return replace(state, peak=state.equity, level=Decimal(0))


def _equity(reading: MT5AccountState) -> Decimal:
    """Equity without credit: a bonus is not the trader's money."""
    return reading.equity - reading.credit


def _judge(state: DrawdownState, policy: RiskPolicy) -> Assessment:
    """A level is told when it is passed; a breach lasts until it recovers or the owner releases it."""
    share = _share_of_limit(state, policy)
    if share >= 1:
        verdict = Verdict.BREACHED if state.level < 1 else Verdict.CALM
        return Assessment(replace(state, level=Decimal(1)), verdict)
    level = max((step for step in policy.warn_at if share >= step), default=Decimal(0))
    if level > state.level:
        return Assessment(replace(state, level=level), Verdict.WARNED)
    if level < state.level and share < state.level - HYSTERESIS:
        return Assessment(replace(state, level=level), Verdict.RECOVERED)
    return Assessment(state, Verdict.CALM)


def _share_of_limit(state: DrawdownState, policy: RiskPolicy) -> Decimal:
    """How much of the limit the drawdown takes, exactly; 0 while there is no peak."""
    if state.peak <= 0:
        return Decimal(0)
    return state.drawdown * 100 / (state.peak * policy.drawdown_limit_percent)
