"""A wild market and every kind of account: what the properties of the broker's books are tried on."""

from typing import Any

import pytest
from hypothesis import strategies as st

import core.paper as mt5
from core.paper.server.records import Account
from tests.core.paper.scenes import offer

LOGIN = 1
WILD: dict[str, dict[str, Any]] = {
    "WEUR": {"daily_move": 9.0},
    "WJPY": {"like": "USDJPY", "daily_move": 9.0, "volume_limit": 8.0},
    "WEXCH": {"daily_move": 9.0, "depth": 0.5, "execution": mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE},
}
"""Instruments that move as much in minutes as others do in a day."""

NETTING, EXCHANGE = mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING, mt5.ACCOUNT_MARGIN_MODE_EXCHANGE
KINDS = (
    Account(login=LOGIN, name="hedging"),
    Account(login=LOGIN, name="netting", margin_mode=NETTING),
    Account(login=LOGIN, name="exchange", margin_mode=EXCHANGE, limit_positions=2),
    Account(login=LOGIN, name="fifo", fifo_close=True, limit_positions=6),
    Account(login=LOGIN, name="american", fifo_close=True, hedging_prohibited=True),
)
FOK, IOC, RETURN = mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN

kinds, seeds = st.sampled_from(KINDS), st.integers(0, 99)
symbols = st.sampled_from(sorted(WILD))
lots = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.7, 1.3, 2.0, 5.0])
distances = st.sampled_from([0.002, 0.01, 0.0])
"""Of stops and entries from the price, as parts of it."""


def offer_wild(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fields in WILD.items():
        offer(monkeypatch, name, **fields)


def stops(price: float, order_type: int, sl: float, tp: float) -> dict[str, Any]:
    side = 1 if order_type % 2 == 0 else -1
    return {"sl": price * (1 - side * sl) if sl else 0.0, "tp": price * (1 + side * tp) if tp else 0.0}
