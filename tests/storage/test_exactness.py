"""Money to the last digit, time to the microsecond."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from core.model.risk import DrawdownState
from core.ports import Store
from tests.storage.samples import NOW, Desk

DECIMALS = ["0", "-0.01", "1.10", "1.1000000000", "0.1", "123456789012345678.0123456789", "1E-10", "2.675"]
TIMES = [
    NOW,
    NOW.replace(microsecond=1),
    NOW.replace(microsecond=0),
    datetime(2026, 3, 29, 3, 30, 0, 999_999, timezone(timedelta(hours=3))),
]


def _state(desk: Desk) -> DrawdownState:
    return DrawdownState(desk.account.id, Decimal(1), Decimal(1), NOW, Decimal(0), NOW)


async def _kept(store: Store, state: DrawdownState) -> DrawdownState | None:
    async with store.write() as tx:
        await tx.drawdowns.save(state)
        return await tx.drawdowns.get(state.account_id)


async def test_a_decimal_comes_back_digit_for_digit(store: Store, desk: Desk) -> None:
    for digits in DECIMALS:
        kept = await _kept(store, replace(_state(desk), equity=Decimal(digits)))
        assert kept is not None
        assert f"{kept.equity:f}" == f"{Decimal(digits):f}"


async def test_a_time_comes_back_as_the_same_instant_in_utc(store: Store, desk: Desk) -> None:
    for time in TIMES:
        kept = await _kept(store, replace(_state(desk), read_at=time))
        assert kept is not None
        assert kept.read_at == time
        assert kept.read_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"equity": 1.1}, "not float"),
        ({"equity": Decimal("NaN")}, "finite"),
        ({"equity": Decimal("Infinity")}, "finite"),
        ({"read_at": NOW.replace(tzinfo=None)}, "naive"),
    ],
)
async def test_what_is_not_exact_is_refused(
    store: Store, desk: Desk, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(StatementError, match=why):
        await _kept(store, replace(_state(desk), **wrong))
