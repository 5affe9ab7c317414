"""Parts of a plan: together the lots, each of them one that the broker takes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.instruments import Instrument
from core.trading.splitting import parts_of

D = Decimal


def traded_in(step: Decimal, least: Decimal) -> Instrument:
    return Instrument(
        "EURUSD", 5, D("0.00001"), D("0.00001"), D(1), D(100_000), least, D(100), step, 0, 0, 1, 2, 4
    )


@given(
    step=st.sampled_from([D("0.001"), D("0.01"), D("0.1"), D(1)]),
    least=st.integers(1, 50),
    steps=st.integers(0, 5_000),
    most=st.integers(1, 8),
)
def test_parts_are_whole_steps_of_the_smallest_lot_or_more(
    step: Decimal, least: int, steps: int, most: int
) -> None:
    lots = (least + steps) * step
    parts = parts_of(lots, most, traded_in(step, least * step))
    assert sum(parts) == lots
    assert 1 <= len(parts) <= most
    assert all(part % step == 0 and part >= least * step for part in parts)
    assert max(parts) - min(parts) <= step
    assert parts == sorted(parts, reverse=True)
    assert len(parts) == most or lots < (len(parts) + 1) * least * step


@pytest.mark.parametrize(
    ("lots", "parts"),
    [
        ("0.10", ["0.04", "0.03", "0.03"]),
        ("0.02", ["0.01", "0.01"]),
        ("0.01", ["0.01"]),
    ],
)
def test_what_does_not_divide_goes_to_the_first(lots: str, parts: list[str]) -> None:
    assert parts_of(D(lots), 3, traded_in(D("0.01"), D("0.01"))) == [D(part) for part in parts]
