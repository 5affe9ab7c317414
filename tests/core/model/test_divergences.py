"""A divergence's key: what is the same difference, and what is another one."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import AccountId

STOPS = Divergence(
    AccountId(uuid4()),
    DivergenceKind.STOPS,
    7,
    "EURUSD",
    Decimal("20.0"),
    "pips",
    {"stop_expected": "1.09", "stop_held": "1.088"},
    grade="stop:moved",
)


def test_another_position_kind_or_grade_is_another_difference() -> None:
    others = [
        replace(STOPS, position=8),
        replace(STOPS, kind=DivergenceKind.SLIPPAGE),
        replace(STOPS, grade="stop:removed"),
        replace(STOPS, grade="stop:moved+target:removed"),
        replace(STOPS, grade=""),
    ]
    assert len({divergence.key for divergence in [STOPS, *others]}) == 1 + len(others)


def test_what_only_its_size_and_facts_tell_apart_is_the_same_difference() -> None:
    """A stop that trails the price is told once."""
    assert replace(STOPS, size=Decimal("30.0"), facts={"stop_held": "1.087"}).key == STOPS.key


@pytest.mark.parametrize("kind", [DivergenceKind.UNMATCHED, DivergenceKind.MISSING, DivergenceKind.CLOSED])
def test_a_position_is_there_or_not_whatever_its_volume(kind: DivergenceKind) -> None:
    whole = replace(STOPS, kind=kind, size=Decimal("0.10"), facts={"side": "buy"}, grade="")
    assert replace(whole, size=Decimal("0.05")).key == whole.key


def test_the_log_knows_three_outcomes() -> None:
    codes = {kind: kind.status for kind in DivergenceKind}
    assert codes.pop(DivergenceKind.CLOSED) == 0
    assert codes.pop(DivergenceKind.UNMATCHED) == 2
    assert set(codes.values()) == {1}
