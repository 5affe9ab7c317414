"""Every retcode of the contract's table comes out of order_send: by its real cause, wherever it has one."""

from collections.abc import Callable
from typing import Any

import pytest

import core.paper as mt5
from core.mt5.retcodes import VERDICTS
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from tests.core.paper.scenes import NOON, offer, pending, positions, quote, settled_at_noon, sign_in
from tests.core.paper.world import LOGIN, World, market_order, opened, sent

BUY, SELL, BUY_LIMIT = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL, mt5.ORDER_TYPE_BUY_LIMIT
Request = dict[str, Any]
Cause = Callable[[World], Request]


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, "INSTANT", execution=mt5.SYMBOL_TRADE_EXECUTION_INSTANT)
    offer(monkeypatch, "EXCHANGE", execution=mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE, depth=1.0)
    offer(monkeypatch, "THIN", depth=1.0)
    offer(monkeypatch, "ICY", freeze_level=200)
    offer(monkeypatch, "GTC", expiration_mode=1)
    offer(monkeypatch, "MARKET", order_mode=1)
    offer(monkeypatch, "CAPPED", volume_limit=1.0)
    offer(monkeypatch, "REAL", real_only=True)
    offer(monkeypatch, "CLOSING", trade_mode=mt5.SYMBOL_TRADE_MODE_CLOSEONLY)
    offer(monkeypatch, "LONGS", trade_mode=mt5.SYMBOL_TRADE_MODE_LONGONLY)
    offer(monkeypatch, "SHORTS", trade_mode=mt5.SYMBOL_TRADE_MODE_SHORTONLY)


def _buy(symbol: str = "EURUSD", volume: float = 0.1, **fields: Any) -> Request:
    return market_order(symbol, BUY, volume, **fields)


def _limit(symbol: str = "EURUSD", **fields: Any) -> Request:
    return pending(symbol, BUY_LIMIT, round(quote(symbol).bid * 0.9, 5), **fields)


def _plain(**fields: Any) -> Cause:
    """An order that is wrong, or right, in itself."""
    return lambda _: _buy(**fields)


# -- causes that need something to have happened before


def _no_changes(desk: World) -> Request:
    return {"action": mt5.TRADE_ACTION_SLTP, "position": opened("EURUSD", BUY)}


def _market_closed(desk: World) -> Request:
    desk.start_at(NOON + 3 * 86_400, always_open=False)
    return _buy()


def _trade_disabled(desk: World) -> Request:
    desk.hands.permit(LOGIN, trade_allowed=False)
    return _buy()


def _server_disables(desk: World) -> Request:
    desk.hands.permit(LOGIN, trade_expert=False)
    return _buy()


def _client_disables(desk: World) -> Request:
    hands.press_algo_trading(desk.folder, on=False)
    return _buy()


def _connection(desk: World) -> Request:
    hands.plug(desk.folder, connected=False)
    return _buy()


def _frozen(desk: World) -> Request:
    settled_at_noon(desk)
    ticket = opened("ICY", BUY, sl=round(quote("ICY").bid - 0.0015, 5))
    return {"action": mt5.TRADE_ACTION_SLTP, "position": ticket}


def _limit_orders(desk: World) -> Request:
    sign_in(desk, limit_orders=1)
    sent(_limit())
    return _limit()


def _limit_positions(desk: World) -> Request:
    sign_in(desk, limit_positions=1)
    opened("EURUSD", BUY)
    return _buy()


def _position_closed(desk: World) -> Request:
    close = market_order("EURUSD", SELL, 0.1, position=opened("EURUSD", BUY))
    sent(close)
    return close


def _close_volume(desk: World) -> Request:
    return market_order("EURUSD", SELL, 0.2, position=opened("EURUSD", BUY, 0.1))


def _close_order_exists(desk: World) -> Request:
    resting = {"type_filling": mt5.ORDER_FILLING_RETURN}
    ticket = sent(_buy("EXCHANGE", 2.0) | resting, mt5.TRADE_RETCODE_DONE_PARTIAL).order
    desk.pass_time(5)
    close = market_order("EXCHANGE", SELL, 2.0, position=ticket) | resting
    sent(close, mt5.TRADE_RETCODE_DONE_PARTIAL)
    return close | {"volume": 0.5}


def _fifo(desk: World) -> Request:
    sign_in(desk, fifo_close=True)
    opened("EURUSD", BUY)
    return market_order("EURUSD", SELL, 0.1, position=opened("EURUSD", BUY))


def _hedge(desk: World) -> Request:
    sign_in(desk, hedging_prohibited=True)
    opened("EURUSD", SELL)
    return _buy()


NATIVE: dict[int, Cause] = {
    mt5.TRADE_RETCODE_REQUOTE: lambda _: _buy("INSTANT", price=quote("INSTANT").ask - 0.01, deviation=5),
    mt5.TRADE_RETCODE_REJECT: _plain(symbol="THIN", volume=1.5),
    mt5.TRADE_RETCODE_PLACED: lambda _: _limit("EXCHANGE"),
    mt5.TRADE_RETCODE_DONE: _plain(),
    mt5.TRADE_RETCODE_DONE_PARTIAL: lambda _: _buy("THIN", 1.5) | {"type_filling": mt5.ORDER_FILLING_IOC},
    mt5.TRADE_RETCODE_INVALID: lambda _: _buy() | {"action": 99},
    mt5.TRADE_RETCODE_INVALID_VOLUME: _plain(volume=0.001),
    mt5.TRADE_RETCODE_INVALID_PRICE: lambda _: _limit() | {"price": 9.0},
    mt5.TRADE_RETCODE_INVALID_STOPS: _plain(sl=9.0),
    mt5.TRADE_RETCODE_TRADE_DISABLED: _trade_disabled,
    mt5.TRADE_RETCODE_MARKET_CLOSED: _market_closed,
    mt5.TRADE_RETCODE_NO_MONEY: _plain(volume=90.0),
    mt5.TRADE_RETCODE_INVALID_EXPIRATION: lambda _: _limit("GTC", type_time=mt5.ORDER_TIME_DAY),
    mt5.TRADE_RETCODE_NO_CHANGES: _no_changes,
    mt5.TRADE_RETCODE_SERVER_DISABLES_AT: _server_disables,
    mt5.TRADE_RETCODE_CLIENT_DISABLES_AT: _client_disables,
    mt5.TRADE_RETCODE_FROZEN: _frozen,
    mt5.TRADE_RETCODE_INVALID_FILL: lambda _: _buy() | {"type_filling": mt5.ORDER_FILLING_RETURN},
    mt5.TRADE_RETCODE_CONNECTION: _connection,
    mt5.TRADE_RETCODE_ONLY_REAL: _plain(symbol="REAL"),
    mt5.TRADE_RETCODE_LIMIT_ORDERS: _limit_orders,
    mt5.TRADE_RETCODE_LIMIT_VOLUME: _plain(symbol="CAPPED", volume=1.01),
    mt5.TRADE_RETCODE_INVALID_ORDER: lambda _: _limit("MARKET"),
    mt5.TRADE_RETCODE_POSITION_CLOSED: _position_closed,
    mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME: _close_volume,
    mt5.TRADE_RETCODE_CLOSE_ORDER_EXIST: _close_order_exists,
    mt5.TRADE_RETCODE_LIMIT_POSITIONS: _limit_positions,
    mt5.TRADE_RETCODE_LONG_ONLY: lambda _: market_order("LONGS", SELL, 0.1),
    mt5.TRADE_RETCODE_SHORT_ONLY: _plain(symbol="SHORTS"),
    mt5.TRADE_RETCODE_CLOSE_ONLY: _plain(symbol="CLOSING"),
    mt5.TRADE_RETCODE_FIFO_CLOSE: _fifo,
    mt5.RETCODE_HEDGE_PROHIBITED: _hedge,
}
"""What makes the paper server answer so, with nothing scripted: the last request is the one that gets it."""

SCRIPTED = {
    mt5.TRADE_RETCODE_CANCEL: "a dealer or a bank behind the broker took the order back",
    mt5.TRADE_RETCODE_ERROR: "the server failed inside",
    mt5.TRADE_RETCODE_TIMEOUT: "nobody behind the server answered it in time",
    mt5.TRADE_RETCODE_PRICE_CHANGED: "a dealer answered with another price",
    mt5.TRADE_RETCODE_PRICE_OFF: "the paper market never stops quoting while it is open",
    mt5.TRADE_RETCODE_ORDER_CHANGED: "another session changed the order while the request was on its way",
    mt5.TRADE_RETCODE_TOO_MANY_REQUESTS: "the paper server serves as fast as it is asked",
    mt5.TRADE_RETCODE_LOCKED: "another session is working on the same order",
    mt5.TRADE_RETCODE_REJECT_CANCEL: "a dealer refused to activate a pending order",
}
"""What only the inside of a real server causes, and why: a scripted fault answers so after the checks."""


def test_the_table_misses_no_retcode_and_says_which_is_which() -> None:
    assert NATIVE.keys() | SCRIPTED.keys() == VERDICTS.keys()
    assert not NATIVE.keys() & SCRIPTED.keys()


@pytest.mark.parametrize("retcode", NATIVE, ids=mt5.RETCODE_NAMES.get)
def test_a_cause_has_its_retcode(desk: World, retcode: int) -> None:
    result = sent(NATIVE[retcode](desk), retcode)
    assert result.comment
    executed = retcode in (mt5.TRADE_RETCODE_DONE, mt5.TRADE_RETCODE_DONE_PARTIAL, mt5.TRADE_RETCODE_PLACED)
    assert bool(result.order) == executed


@pytest.mark.parametrize("retcode", SCRIPTED, ids=mt5.RETCODE_NAMES.get)
def test_a_misfortune_has_the_retcode_that_it_was_given(desk: World, retcode: int) -> None:
    desk.hands.misfortune(Fault(Kind.REJECT, retcode=retcode))
    result = sent(_buy(), retcode)
    assert result.comment
    assert (result.order, result.deal, positions()) == (0, 0, ())
    sent(_buy())


def test_a_request_that_is_wrong_is_not_saved_by_a_misfortune(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_LOCKED))
    sent(_buy(volume=0.001), mt5.TRADE_RETCODE_INVALID_VOLUME)
