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

DEAL_BALANCE = 2
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
    """Take a reading into account. `flows` are the balance deals known at the moment of the reading."""
    new = [deal for deal in flows if deal.type == DEAL_BALANCE and deal.at > before.flows_until]
    equity = _equity(reading)
    state = replace(
        before,
        peak=max(before.peak + sum((deal.profit for deal in new), Decimal(0)), equity),
        equity=equity,
        flows_until=max((deal.at for deal in new), default=before.flows_until),
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
    share = state.percent / policy.drawdown_limit_percent
    if share >= 1:
        return Assessment(replace(state, level=Decimal(1)), Verdict.BREACHED)
    level = max((step for step in policy.warn_at if share >= step), default=Decimal(0))
    if level > state.level:
        return Assessment(replace(state, level=level), Verdict.WARNED)
    if state.level and share < state.level - HYSTERESIS and level < state.level:
        return Assessment(replace(state, level=level), Verdict.RECOVERED)
    return Assessment(state, Verdict.CALM)
