"""What happened to an account does not depend on when somebody looked at it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.paper.market.plan import MarketPlan
from core.paper.server.broker import Broker
from core.paper.server.memorybook import MemoryBook
from core.paper.server.records import Account
from core.paper.server.requests import Request
from tests.core.paper.scenes import NOON
from tests.core.paper.wild import (
    IOC,
    LOGIN,
    RETURN,
    distances,
    kinds,
    lots,
    offer_wild,
    seeds,
    stops,
    symbols,
)

Want = tuple[str, int, float, float, float]
"""Symbol, type of order, lots, distance, and how many seconds pass afterwards."""
wants = st.lists(
    st.tuples(symbols, st.integers(0, 7), lots, distances, st.sampled_from([3.0, 700.0, 9_000.0, 90_000.0])),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer_wild(monkeypatch)


def _story(kind: Account, seed: int, wants: list[Want], look_s: float) -> Any:
    """All orders and deals of an account that asks and waits, and looks at itself so often meanwhile."""
    now = NOON
    book = MemoryBook.open(f":memory:{look_s}")
    with book.transaction():
        book.write_plan(MarketPlan(seed=seed, started=NOON))
    broker = Broker(book, clock=lambda: now)
    broker.admit(replace(kind, balance=9_000.0))
    for symbol, order_type, volume, away, wait_s in wants:
        request = _wanted(broker.view(LOGIN).price(symbol, order_type), symbol, order_type, volume, away)
        broker.trade(LOGIN, request, mt5.ORDER_REASON_EXPERT)
        ends = now + wait_s
        while now < ends:
            now = min(ends, now + look_s)
            broker.view(LOGIN)
    story = book.history_orders(LOGIN), book.deals(LOGIN), broker.view(LOGIN).ledger.positions
    book.close()
    return story


def _wanted(price: float, symbol: str, order_type: int, volume: float, away: float) -> Request:
    pending = order_type > mt5.ORDER_TYPE_SELL
    falls = order_type in (2, 5, 7)
    entry = price * (1 - away if falls else 1 + away)
    return Request(
        action=mt5.TRADE_ACTION_PENDING if pending else mt5.TRADE_ACTION_DEAL, symbol=symbol, type=order_type,
        volume=volume, price=entry, stoplimit=entry * (1 - away if order_type == 6 else 1 + away),
        type_filling=RETURN if pending or symbol == "WEXCH" else IOC, type_time=mt5.ORDER_TIME_DAY * pending,
        **stops(entry, order_type, 2 * away, 3 * away),
    )  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds, seeds, wants)
def test_what_happened_does_not_depend_on_when_somebody_looked(
    kind: Account, seed: int, wants: list[Want]
) -> None:
    assert _story(kind, seed, wants, 613.0) == _story(kind, seed, wants, 100_000.0)
