"""Drawdown states and risk policies as values."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.accounts import RiskPolicy
from core.model.ids import AccountId
from core.model.risk import DrawdownState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
money = st.decimals(-100_000, 100_000, places=2)


def state(peak: Decimal, equity: Decimal) -> DrawdownState:
    return DrawdownState(AccountId(uuid4()), peak, equity, NOW, Decimal(0), NOW)


@given(money, money)
def test_drawdown_is_never_negative_and_is_money_below_the_peak(peak: Decimal, equity: Decimal) -> None:
    found = state(peak, equity)
    assert found.drawdown == max(peak - equity, 0)
    assert found.percent >= 0
    assert (found.percent == 0) or peak > 0


@pytest.mark.parametrize(
    ("peak", "equity", "percent"),
    [("10000", "8000", "20.00"), ("10000", "-500", "105.00"), ("3", "2", "33.33"), ("0", "-5", "0")],
)
def test_percent_is_of_the_peak(peak: str, equity: str, percent: str) -> None:
    assert state(Decimal(peak), Decimal(equity)).percent == Decimal(percent)


def test_the_default_policy_is_the_one_that_the_texts_promise() -> None:
    policy = RiskPolicy()
    assert policy.drawdown_limit_percent == 20
    assert policy.warn_at == (Decimal("0.5"), Decimal("0.75"), Decimal("0.9"))
    assert policy.countdown_s == 10
    assert not policy.allow_no_stop
