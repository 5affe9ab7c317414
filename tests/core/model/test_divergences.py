"""A divergence's key: what is the same difference, and what is another one."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import AccountId

STOPS = Divergence(
    AccountId(uuid4()), DivergenceKind.STOPS, 7, "EURUSD", Decimal("20.0"), "pips", {"stop": "1.09 → 1.088"}
)


def test_another_size_position_or_level_is_another_difference() -> None:
    others = [
        replace(STOPS, size=Decimal("30.0")),
        replace(STOPS, position=8),
        replace(STOPS, kind=DivergenceKind.SLIPPAGE),
        replace(STOPS, facts={"target": "1.12 → none"}),
        replace(STOPS, facts={**STOPS.facts, "target": "1.12 → none"}),
    ]
    assert len({divergence.key for divergence in [STOPS, *others]}) == 1 + len(others)


def test_the_order_of_facts_does_not_matter() -> None:
    both = {"stop": "a", "target": "b"}
    assert replace(STOPS, facts=both).key == replace(STOPS, facts=dict(reversed(both.items()))).key


@pytest.mark.parametrize("kind", [DivergenceKind.UNMATCHED, DivergenceKind.MISSING, DivergenceKind.CLOSED])
def test_a_position_is_there_or_not_whatever_its_volume(kind: DivergenceKind) -> None:
    whole = replace(STOPS, kind=kind, size=Decimal("0.10"), facts={"side": "buy"})
    assert replace(whole, size=Decimal("0.05")).key == whole.key


def test_the_log_knows_three_outcomes() -> None:
    codes = {kind: kind.status for kind in DivergenceKind}
    assert codes.pop(DivergenceKind.CLOSED) == 0
    assert codes.pop(DivergenceKind.UNMATCHED) == 2
    assert set(codes.values()) == {1}
