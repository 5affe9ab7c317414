"""Rounding to what a broker takes, and what a pip is."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.instruments import Instrument, Side

EURUSD = Instrument(
    symbol="EURUSD",
    digits=5,
    point=Decimal("0.00001"),
    tick_size=Decimal("0.00001"),
    tick_value=Decimal(1),
    contract_size=Decimal(100_000),
    volume_min=Decimal("0.01"),
    volume_max=Decimal(50),
    volume_step=Decimal("0.01"),
    stops_level_points=0,
    freeze_level_points=0,
    filling_mode=1,
    execution_mode=2,
    trade_mode=4,
)


def instrument(symbol: str, digits: int) -> Instrument:
    point = Decimal(1).scaleb(-digits)
    return replace(EURUSD, symbol=symbol, digits=digits, point=point, tick_size=point)


@pytest.mark.parametrize(
    ("symbol", "digits", "pip"),
    [
        ("EURUSD", 5, "0.0001"),
        ("EURUSD", 4, "0.0001"),
        ("USDJPY", 3, "0.01"),
        ("USDJPY", 2, "0.01"),
        ("XAUUSD", 2, "0.1"),
        ("mXAUUSD", 2, "0.1"),
        ("#GOLD.m", 2, "0.1"),
        ("XAGEUR", 3, "0.01"),
        ("US30", 1, "1"),
        (".DJ30Cash", 1, "1"),
        ("SPX500", 1, "1"),
        ("mEURUSD", 5, "0.0001"),
        ("eurusd", 5, "0.0001"),
        ("xauusd", 2, "0.1"),
    ],
)
def test_a_pip_is_what_signal_sources_call_one(symbol: str, digits: int, pip: str) -> None:
    assert instrument(symbol, digits).pip == Decimal(pip)


@pytest.mark.parametrize(
    ("symbol", "digits", "distance", "pips"),
    [
        ("EURUSD", 5, "0.00123", "12.3"),
        ("EURUSD", 5, "-0.000055", "-0.6"),
        ("USDJPY", 3, "0.250", "25.0"),
        ("XAUUSD", 2, "-1.50", "-15.0"),
    ],
)
def test_distances_in_pips_keep_their_sign(symbol: str, digits: int, distance: str, pips: str) -> None:
    assert instrument(symbol, digits).pips(Decimal(distance)) == Decimal(pips)


lots = st.decimals(0, 200, places=4)
steps = st.sampled_from(["0.01", "0.1", "0.25", "1"]).map(Decimal)


@given(lots, steps, st.integers(1, 20), st.integers(1, 100))
def test_a_volume_is_rounded_down_to_one_that_the_broker_takes(
    wanted: Decimal, step: Decimal, least_steps: int, most: int
) -> None:
    least = least_steps * step
    symbol = replace(EURUSD, volume_step=step, volume_min=least, volume_max=Decimal(most))
    takes = [n * step for n in range(int(most / step) + 1) if n * step >= least and n * step <= wanted]
    assert symbol.round_volume(wanted) == max(takes, default=Decimal(0))


@given(st.decimals("0.00001", 99_999, places=8), st.integers(0, 5))
def test_a_price_is_rounded_to_the_nearest_of_its_digits(price: Decimal, digits: int) -> None:
    rounded = instrument("ANY", digits).round_price(price)
    assert abs(rounded - price) <= Decimal("0.5").scaleb(-digits)
    assert rounded.as_tuple().exponent == -digits


@given(st.decimals(-1, 1, places=5))
def test_a_lot_loses_the_same_whichever_way_the_distance_is_given(distance: Decimal) -> None:
    assert EURUSD.loss_per_lot(distance) == abs(distance) * 100_000


def test_sides_oppose_each_other() -> None:
    assert (Side.BUY.sign, Side.SELL.sign) == (1, -1)
    assert (Side.BUY.opposite, Side.SELL.opposite) == (Side.SELL, Side.BUY)
