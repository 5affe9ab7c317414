"""Numbers of the terminal as they are meant."""

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.mt5.errors import NoData
from core.mt5.reading import exact

PRICES = st.builds(lambda steps, digits: steps / 10**digits, st.integers(-(10**9), 10**9), st.integers(0, 10))


@given(PRICES | st.floats(allow_nan=False, allow_infinity=False))
@example(0.1 + 0.2)
@example(1.25e-07)
@example(1e-09)
@example(123456.78901)
@example(0.0)
def test_a_number_is_taken_to_eight_decimals_as_it_is_written(number: float) -> None:
    assert str(exact(number)) == str(Decimal(repr(round(number, 8))))


def test_noise_of_binary_fractions_is_no_part_of_a_number() -> None:
    assert str(exact(0.1 + 0.2)) == "0.3"
    assert str(exact(1.10003)) == "1.10003"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_reading(number: float) -> None:
    with pytest.raises(NoData):
        exact(number)
