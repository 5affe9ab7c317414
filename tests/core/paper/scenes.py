"""Accounts, instruments and moves of the market that tests of the broker's server ask for."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

import core.paper as mt5
from core.paper.calls.structs import Struct
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.plan import Shock
from core.paper.market.specification import Instrument
from core.paper.server.records import Account
from tests.core.paper.world import SERVER, World

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()  # a Wednesday
SECOND = 2002


def offer(monkeypatch: pytest.MonkeyPatch, name: str, like: str = "EURUSD", **fields: Any) -> Instrument:
    """Let the broker offer one more instrument. Before its book is opened."""
    spec = replace(INSTRUMENTS[like], name=name, **fields)
    monkeypatch.setitem(cast("dict[str, Instrument]", INSTRUMENTS), name, spec)
    return spec


def sign_in(desk: World, login: int = SECOND, deposit: float = 10_000.0, **fields: Any) -> None:
    """Open an account of some kind and sign the module in to it."""
    desk.hands.open_account(Account(login=login, name="Bo", server=SERVER, **fields), "pw-bo", deposit)
    assert mt5.login(login, "pw-bo", SERVER), mt5.last_error()


def sign_in_netting(desk: World, **fields: Any) -> None:
    sign_in(desk, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING, **fields)


def settled_at_noon(desk: World, *shocks: tuple[str, float, float], always_open: bool = True) -> None:
    """A market at noon that will jump: symbol, percent, and after how many seconds."""
    moves = tuple(Shock(symbol, NOON + after_s, percent) for symbol, percent, after_s in shocks)
    desk.start_at(NOON, always_open=always_open, shocks=moves)


def quote(symbol: str) -> Struct:
    """The symbol's tick; put into Market Watch if it is not there."""
    assert mt5.symbol_select(symbol)
    tick = mt5.symbol_info_tick(symbol)
    assert tick is not None
    return tick


def positions(**which: Any) -> tuple[Struct, ...]:
    found = mt5.positions_get(**which)
    assert found is not None
    return found


def orders(**which: Any) -> tuple[Struct, ...]:
    found = mt5.orders_get(**which)
    assert found is not None
    return found


def deals() -> tuple[Struct, ...]:
    """Every trade of the account, balance operations left out."""
    found = mt5.history_deals_get(1, 2**32 - 1)
    assert found is not None
    return tuple(deal for deal in found if deal.type in (mt5.DEAL_TYPE_BUY, mt5.DEAL_TYPE_SELL))


def done_order(ticket: int) -> Struct:
    """An order out of history."""
    (order,) = mt5.history_orders_get(ticket=ticket) or ()
    return order


def account() -> Struct:
    info = mt5.account_info()
    assert info is not None
    return info


def pending(symbol: str, order_type: int, price: float, volume: float = 0.1, **fields: Any) -> dict[str, Any]:
    """A pending order with a filling that Market execution takes."""
    return {
        "action": mt5.TRADE_ACTION_PENDING, "symbol": symbol, "volume": volume, "type": order_type,
        "price": price, "type_filling": mt5.ORDER_FILLING_FOK, **fields,
    }  # fmt: skip
