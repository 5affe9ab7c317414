"""Signals that make no sense are refused, with the field named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import InvalidField
from core.model.ids import SignalId, SourceId
from core.model.instruments import Side
from core.model.signals import MAX_PRICE, MAX_TARGETS, OrderKind, Signal, check_levels

NOW = datetime(2026, 11, 21, tzinfo=UTC)
BUY = Signal(
    id=SignalId(uuid4()),
    source_id=SourceId(uuid4()),
    source_name="alpha",
    external_id="1",
    instrument="EURUSD",
    side=Side.BUY,
    kind=OrderKind.MARKET,
    entry=Decimal("1.1"),
    entry_zone=None,
    stop_loss=Decimal("1.09"),
    take_profits=(Decimal("1.11"), Decimal("1.12")),
    received_at=NOW,
    expires_at=NOW + timedelta(minutes=5),
)
SELL = replace(BUY, side=Side.SELL, stop_loss=Decimal("1.12"), take_profits=(Decimal("1.08"),))
NONSENSE = [Decimal(text) for text in ("NaN", "sNaN", "Infinity", "-Infinity", "0", "-1", "1E+30")] + [
    MAX_PRICE
]


def refused(signal: Signal) -> str:
    with pytest.raises(InvalidField) as refusal:
        check_levels(signal)
    return refusal.value.field


@pytest.mark.parametrize("signal", [BUY, SELL, replace(BUY, stop_loss=None, take_profits=())])
def test_sensible_signals_pass(signal: Signal) -> None:
    check_levels(signal)


@pytest.mark.parametrize("price", NONSENSE)
def test_prices_that_are_none_are_refused_wherever_they_stand(price: Decimal) -> None:
    assert refused(replace(BUY, entry=price, stop_loss=None, take_profits=())) == "entry"
    assert refused(replace(BUY, stop_loss=price)) == "stop_loss"
    assert refused(replace(BUY, take_profits=(Decimal("1.2"), price))) == "take_profits"
    assert refused(replace(BUY, entry_zone=(price, Decimal("1.2")))) == "entry_zone"
    assert refused(replace(BUY, entry_zone=(Decimal("1.0"), price))) == "entry_zone"


@given(st.sampled_from([BUY, SELL]), st.decimals("0.5", "2", places=4))
def test_stops_and_targets_belong_on_their_sides(signal: Signal, level: Decimal) -> None:
    above = level > signal.entry
    stop_is_right = level != signal.entry and above == (signal.side is Side.SELL)
    target_is_right = level != signal.entry and above == (signal.side is Side.BUY)
    stopped, aimed = replace(signal, stop_loss=level), replace(signal, take_profits=(level,))
    if stop_is_right:
        check_levels(stopped)
    else:
        assert refused(stopped) == "stop_loss"
    if target_is_right:
        check_levels(aimed)
    else:
        assert refused(aimed) == "take_profits"


@pytest.mark.parametrize("zone", [("1.1", "1.1"), ("1.2", "1.0"), ("1.11", "1.2"), ("1.0", "1.09")])
def test_a_zone_is_low_to_high_around_the_entry(zone: tuple[str, str]) -> None:
    assert refused(replace(BUY, entry_zone=(Decimal(zone[0]), Decimal(zone[1])))) == "entry_zone"


def test_a_zone_may_end_at_the_entry() -> None:
    check_levels(replace(BUY, entry_zone=(Decimal("1.1"), Decimal("1.2"))))


def test_there_is_an_end_to_targets() -> None:
    targets = tuple(Decimal("1.1") + Decimal(n) / 100 for n in range(1, MAX_TARGETS + 1))
    check_levels(replace(BUY, take_profits=targets))
    assert refused(replace(BUY, take_profits=(*targets, Decimal(2)))) == "take_profits"


def test_reward_to_risk_is_of_the_first_target() -> None:
    assert replace(BUY, stop_loss=Decimal("1.095")).reward_to_risk == Decimal("2.00")
    assert SELL.reward_to_risk == Decimal("1.00")
    assert replace(BUY, stop_loss=None).reward_to_risk is None
    assert replace(BUY, take_profits=()).reward_to_risk is None
    assert replace(BUY, stop_loss=BUY.entry).reward_to_risk is None
