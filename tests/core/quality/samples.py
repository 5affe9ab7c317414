"""Orders for tests of figures: one that is filled whole and at once, and what differs from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from core.model.fills import Fill
from core.model.ids import AccountId, IntentId, PersonId
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import IntentState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PIP = Decimal("0.0001")
EXPECTED = Decimal("1.08500")
_NUMBERS = count(1)

FILLED = Fill(
    intent_id=IntentId(1),
    account_id=AccountId(UUID(int=1)),
    account="Tara's paper",
    person_id=PersonId(UUID(int=2)),
    source="momentum",
    instrument="EURUSD",
    symbol="EURUSD.m",
    side=Side.BUY,
    order_kind=OrderKind.MARKET,
    state=IntentState.FILLED,
    was_unknown=False,
    signalled_at=NOW - timedelta(seconds=20),
    tapped_at=NOW,
    sent_at=NOW + timedelta(seconds=0.1),
    settled_at=NOW + timedelta(seconds=1),
    opened_at=NOW + timedelta(seconds=0.4),
    wanted=Decimal("0.50"),
    filled=Decimal("0.50"),
    expected=EXPECTED,
    price=EXPECTED,
    pip=PIP,
    profit=None,
)


def a_fill(pips: str | None = "0", **changes: Any) -> Fill:
    """An order with this slippage, None for one whose price nobody told."""
    side = changes.get("side", Side.BUY)
    price = None if pips is None else EXPECTED + side.sign * Decimal(pips) * PIP
    return replace(FILLED, **{"intent_id": IntentId(next(_NUMBERS)), "price": price, **changes})


def refused(**changes: Any) -> Fill:
    return a_fill(None, state=IntentState.REFUSED, filled=None, opened_at=None, **changes)
