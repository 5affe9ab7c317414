"""Figures of a group of orders: what counts where, and percentiles against a plain oracle."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import IntentState
from core.quality.figures import Delay, Slippage, figures_of, nearest_rank, slippage_of
from core.quality.measures import filled_at, slippage_pips
from tests.core.quality.samples import FILLED, NOW, a_fill, refused


def at_most(values: Sequence[int], percent: int) -> int:
    """The definition, tried value by value: the smallest that so many do not exceed."""
    enough = [one for one in values if sum(other <= one for other in values) * 100 >= percent * len(values)]
    return min(enough)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.integers(1, 100))
def test_percentiles_are_those_of_the_definition(values: list[int], percent: int) -> None:
    assert nearest_rank(sorted(values), percent) == at_most(values, percent)


@given(st.lists(st.decimals(-500, 500, places=2), min_size=1, max_size=60))
def test_slippage_of_any_values_is_ordered_and_within_them(pips: list[Decimal]) -> None:
    found = slippage_of(pips)
    assert found is not None
    assert min(pips) <= found.median <= found.p95 <= found.worst == max(pips)
    assert min(pips) <= found.mean <= max(pips)
    assert found.better_share == Decimal(sum(value < 0 for value in pips)) / len(pips)


@pytest.mark.parametrize(
    ("side", "price", "pips"),
    [(Side.BUY, "1.08512", "1.2"), (Side.SELL, "1.08512", "-1.2"), (Side.SELL, "1.08488", "1.2")],
)
def test_slippage_is_worse_when_a_buy_pays_more_or_a_sell_gets_less(
    side: Side, price: str, pips: str
) -> None:
    assert slippage_pips(replace(FILLED, side=side, price=Decimal(price))) == Decimal(pips)


def test_what_was_not_told_is_not_counted_as_none() -> None:
    fills = [a_fill("2"), a_fill(None), a_fill("4", pip=None), a_fill("1", expected=None)]
    assert figures_of(fills).slippage == Slippage(1, 0, *(Decimal(2),) * 4)
    assert figures_of(fills[1:]).slippage is None


def test_each_order_is_counted_where_it_belongs() -> None:
    part = a_fill("1", state=IntentState.PARTIAL, filled=Decimal("0.20"))
    given_up = a_fill(None, state=IntentState.EXPIRED, filled=None, was_unknown=True)
    doubted = a_fill(None, state=IntentState.UNKNOWN, filled=None)
    found_later = a_fill("0", was_unknown=True)
    waiting = [a_fill(state=state, filled=None) for state in (IntentState.NEW, IntentState.PLACED)]
    lapsed = a_fill(None, state=IntentState.EXPIRED, order_kind=OrderKind.LIMIT, filled=None)
    tried = [a_fill(), part, refused(), given_up, doubted, found_later]
    figures = figures_of([*tried, *waiting, lapsed])
    assert (figures.orders, figures.waiting, figures.lapsed) == (6, 2, 1)
    assert (figures.whole, figures.partial, figures.refused, figures.doubted) == (2, 1, 1, 3)
    assert (figures.wanted, figures.filled) == (Decimal("3.00"), Decimal("1.20"))
    assert figures.fill_ratio == Decimal("0.4")
    assert figures.doubted_share == Decimal("0.5")


def test_no_orders_have_no_figures() -> None:
    nothing = figures_of([])
    assert nothing.orders == nothing.fill_ratio == nothing.refused_share == 0
    assert (nothing.slippage, nothing.from_tap, nothing.from_signal) == (None, None, None)


def test_delays_are_those_of_market_orders_that_were_filled() -> None:
    pending = a_fill(order_kind=OrderKind.STOP, opened_at=NOW + timedelta(hours=3))
    figures = figures_of([a_fill(), pending, refused()])
    assert figures.from_tap == Delay(1, *(timedelta(seconds=0.4),) * 2)
    assert figures.from_signal == Delay(1, *(timedelta(seconds=20.4),) * 2)
    assert figures_of([pending]).from_tap is None


@pytest.mark.parametrize(("opened_s", "filled_s"), [(-3600, 0.1), (0.3, 0.3), (3600, 1.0), (None, 1.0)])
def test_a_brokers_clock_is_believed_between_sending_and_knowing(
    opened_s: float | None, filled_s: float
) -> None:
    opened_at = None if opened_s is None else NOW + timedelta(seconds=opened_s)
    assert filled_at(replace(FILLED, opened_at=opened_at)) == NOW + timedelta(seconds=filled_s)
