"""What a symbol or an account does not allow: kinds of orders, sides, caps, the freeze level."""

from typing import Any

import pytest

import core.paper as mt5
from core.paper.server.records import Account
from tests.core.paper.scenes import (
    done_order,
    offer,
    orders,
    pending,
    positions,
    quote,
    settled_at_noon,
    sign_in,
    sign_in_netting,
)
from tests.core.paper.world import LOGIN, World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL
BUY_LIMIT, SELL_LIMIT, BUY_STOP = mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_LIMIT, mt5.ORDER_TYPE_BUY_STOP
MODES = {
    "CLOSING": mt5.SYMBOL_TRADE_MODE_CLOSEONLY,
    "LONGS": mt5.SYMBOL_TRADE_MODE_LONGONLY,
    "SHORTS": mt5.SYMBOL_TRADE_MODE_SHORTONLY,
    "NOTHING": mt5.SYMBOL_TRADE_MODE_DISABLED,
}
_FROZEN = 200  # points


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, mode in MODES.items():
        offer(monkeypatch, name, trade_mode=mode)
    for bit in (1, 2, 4, 8, 16, 32, 64):
        offer(monkeypatch, f"NO{bit}", order_mode=127 - bit)
    offer(monkeypatch, "TICKS", tick_size=0.00025)
    offer(monkeypatch, "REAL", real_only=True)
    offer(monkeypatch, "CAPPED", volume_limit=1.0)
    offer(monkeypatch, "ICY", freeze_level=_FROZEN)


def _below(symbol: str) -> float:
    return float(round(quote(symbol).bid * 0.9, 5))


def _above(symbol: str) -> float:
    return float(round(quote(symbol).ask * 1.1, 5))


@pytest.mark.parametrize(
    ("symbol", "side", "retcode"),
    [
        ("CLOSING", BUY, mt5.TRADE_RETCODE_CLOSE_ONLY),
        ("CLOSING", SELL, mt5.TRADE_RETCODE_CLOSE_ONLY),
        ("LONGS", BUY, mt5.TRADE_RETCODE_DONE),
        ("LONGS", SELL, mt5.TRADE_RETCODE_LONG_ONLY),
        ("SHORTS", BUY, mt5.TRADE_RETCODE_SHORT_ONLY),
        ("SHORTS", SELL, mt5.TRADE_RETCODE_DONE),
        ("NOTHING", BUY, mt5.TRADE_RETCODE_TRADE_DISABLED),
        ("REAL", BUY, mt5.TRADE_RETCODE_ONLY_REAL),
    ],
)
def test_a_symbol_may_be_traded_on_one_side_or_not_at_all(
    desk: World, symbol: str, side: int, retcode: int
) -> None:
    sent(market_order(symbol, side, 0.1), retcode)
    limit = pending(symbol, BUY_LIMIT + side, _above(symbol) if side else _below(symbol))
    sent(limit, retcode)


@pytest.mark.parametrize("symbol", ["CLOSING", "LONGS", "SHORTS"])
def test_what_may_not_be_opened_may_be_closed(
    desk: World, monkeypatch: pytest.MonkeyPatch, symbol: str
) -> None:
    side = SELL if symbol == "SHORTS" else BUY
    sign_in_netting(desk)
    with monkeypatch.context() as before:
        offer(before, symbol)
        opened(symbol, side, 0.3)
    (position,) = positions()
    sent(market_order(symbol, 1 - side, 0.1))
    sent(market_order(symbol, 1 - side, 0.1, position=position.ticket))
    retcode = mt5.order_check(market_order(symbol, 1 - side, 0.2))
    assert retcode is not None
    assert retcode.retcode != 0
    sent(market_order(symbol, 1 - side, 0.1))


def test_a_real_account_trades_what_a_demo_may_not(desk: World) -> None:
    sign_in(desk, trade_mode=mt5.ACCOUNT_TRADE_MODE_REAL)
    opened("REAL", BUY)


@pytest.mark.parametrize(
    ("bit", "change"),
    [
        (1, {"action": mt5.TRADE_ACTION_DEAL, "type": BUY}),
        (2, {"type": BUY_LIMIT, "price": 0.9}),
        (4, {"type": mt5.ORDER_TYPE_SELL_STOP, "price": 0.9}),
        (8, {"type": mt5.ORDER_TYPE_BUY_STOP_LIMIT, "price": 1.5, "stoplimit": 1.4}),
        (16, {"type": BUY_LIMIT, "price": 0.9, "sl": 0.8}),
        (32, {"type": BUY_LIMIT, "price": 0.9, "tp": 1.0}),
    ],
)
def test_a_symbol_takes_the_kinds_of_orders_of_its_order_mode(
    desk: World, bit: int, change: dict[str, Any]
) -> None:
    request = pending("EURUSD", BUY_LIMIT, 1.0) | change
    sent(request | {"symbol": f"NO{bit}"}, mt5.TRADE_RETCODE_INVALID_ORDER)
    sent(request)


@pytest.mark.parametrize(("bit", "stop"), [(16, "sl"), (32, "tp")])
def test_stops_that_a_symbol_does_not_take_cannot_be_set_later(desk: World, bit: int, stop: str) -> None:
    symbol = f"NO{bit}"
    ticket = opened(symbol, BUY)
    level = {"sl": _below(symbol), "tp": _above(symbol)}
    request = {"action": mt5.TRADE_ACTION_SLTP, "position": ticket}
    sent(request | level, mt5.TRADE_RETCODE_INVALID_ORDER)
    sent(request | {name: price for name, price in level.items() if name != stop})


def test_a_symbol_may_not_be_closed_by(desk: World) -> None:
    long, short = opened("NO64", BUY), opened("NO64", SELL)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": long, "position_by": short}
    sent(by, mt5.TRADE_RETCODE_INVALID_ORDER)


# -- caps


def test_lots_of_one_side_are_capped_with_what_waits(desk: World) -> None:
    opened("CAPPED", BUY, 0.4)
    waiting = sent(pending("CAPPED", BUY_LIMIT, _below("CAPPED"), 0.5)).order
    sent(market_order("CAPPED", BUY, 0.11), mt5.TRADE_RETCODE_LIMIT_VOLUME)
    sent(pending("CAPPED", BUY_STOP, _above("CAPPED"), 0.11), mt5.TRADE_RETCODE_LIMIT_VOLUME)
    opened("CAPPED", BUY, 0.1)
    opened("CAPPED", SELL, 1.0)
    sent(market_order("CAPPED", SELL, 0.01), mt5.TRADE_RETCODE_LIMIT_VOLUME)
    sent({"action": mt5.TRADE_ACTION_REMOVE, "order": waiting})
    opened("CAPPED", BUY, 0.5)


def test_a_netted_position_may_reverse_up_to_the_cap(desk: World) -> None:
    sign_in_netting(desk)
    opened("CAPPED", BUY, 1.0)
    sent(market_order("CAPPED", BUY, 0.01), mt5.TRADE_RETCODE_LIMIT_VOLUME)
    sent(market_order("CAPPED", SELL, 2.01), mt5.TRADE_RETCODE_LIMIT_VOLUME)
    sent(market_order("CAPPED", SELL, 2.0))


def test_on_a_hedging_account_positions_and_orders_count_together(desk: World) -> None:
    sign_in(desk, limit_positions=2)
    opened("EURUSD", BUY)
    order = sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD"))).order
    sent(market_order("GBPUSD", BUY, 0.1), mt5.TRADE_RETCODE_LIMIT_POSITIONS)
    sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD")), mt5.TRADE_RETCODE_LIMIT_POSITIONS)
    sent({"action": mt5.TRADE_ACTION_REMOVE, "order": order})
    opened("EURUSD", SELL)


def test_on_a_netting_account_only_positions_count(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -1.0, 60))
    sign_in_netting(desk, limit_positions=1)
    sent(pending("EURUSD", BUY_LIMIT, round(quote("EURUSD").bid * 0.995, 5)))
    ticket = opened("GBPUSD", BUY)
    opened("GBPUSD", BUY)
    sent(market_order("EURUSD", BUY, 0.1), mt5.TRADE_RETCODE_LIMIT_POSITIONS)
    sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD")), mt5.TRADE_RETCODE_LIMIT_POSITIONS)
    desk.pass_time(120)  # the one that waited is rejected as it is activated
    assert ([p.ticket for p in positions()], orders()) == ([ticket], ())
    (order,) = [o for o in mt5.history_orders_get(1, 2**32 - 1) or () if o.symbol == "EURUSD"]
    assert order.state == mt5.ORDER_STATE_REJECTED


def test_pending_orders_are_capped(desk: World) -> None:
    sign_in(desk, limit_orders=1)
    sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD")))
    sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD")), mt5.TRADE_RETCODE_LIMIT_ORDERS)
    opened("EURUSD", BUY)


def test_lots_that_cover_others_need_no_money_of_their_own(desk: World) -> None:
    sign_in(desk, deposit=1_250.0)
    opened("EURUSD", BUY, 1.0)
    sent(market_order("EURUSD", BUY, 0.5), mt5.TRADE_RETCODE_NO_MONEY)
    opened("EURUSD", SELL, 1.0)
    sent(market_order("EURUSD", SELL, 0.5), mt5.TRADE_RETCODE_NO_MONEY)


def test_a_pending_order_that_the_account_cannot_afford_is_rejected_as_it_is_activated(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -1.0, 60))
    ticket = sent(pending("EURUSD", BUY_LIMIT, round(quote("EURUSD").bid * 0.995, 5), 5.0)).order
    opened("GBPUSD", SELL, 4.0)
    desk.pass_time(120)
    assert (orders(), [p.symbol for p in positions()]) == ((), ["GBPUSD"])
    rejected = done_order(ticket)
    assert (rejected.state, rejected.volume_current) == (mt5.ORDER_STATE_REJECTED, 5.0)
    assert rejected.time_done > rejected.time_setup


def test_prices_of_pending_orders_are_whole_ticks(desk: World) -> None:
    price = quote("TICKS").bid * 0.9
    on_grid = round(round(price / 0.00025) * 0.00025, 5)
    sent(pending("TICKS", BUY_LIMIT, round(on_grid + 0.0001, 5)), mt5.TRADE_RETCODE_INVALID_PRICE)
    sent(pending("TICKS", BUY_LIMIT, on_grid))


# -- the freeze level


def _points(symbol: str, count: int) -> float:
    return float(round(quote(symbol).bid + count * 1e-5, 5))


@pytest.mark.parametrize(("stop", "towards"), [("sl", -1), ("tp", 1)])
def test_a_position_near_its_stop_is_frozen(desk: World, stop: str, towards: int) -> None:
    settled_at_noon(desk)
    near = opened("ICY", BUY, 0.2, **{stop: _points("ICY", towards * (_FROZEN - 60))})
    far = opened("ICY", BUY, 0.2, **{stop: _points("ICY", towards * (_FROZEN + 60))})
    short = opened("ICY", SELL, 0.2)
    modify = {"action": mt5.TRADE_ACTION_SLTP, "position": near}
    sent(modify, mt5.TRADE_RETCODE_FROZEN)
    sent(market_order("ICY", SELL, 0.1, position=near), mt5.TRADE_RETCODE_FROZEN)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": short, "position_by": near}
    sent(by, mt5.TRADE_RETCODE_FROZEN)
    sent(market_order("ICY", SELL, 0.1, position=far))
    sent(modify | {"position": far})


def test_the_market_freezes_a_position_by_coming_near(desk: World) -> None:
    settled_at_noon(desk, ("ICY", -0.3, 60))  # some 340 points
    stops = {"sl": _points("ICY", -450), "tp": _points("ICY", 5_000)}
    ticket = opened("ICY", BUY, 0.2, **stops)
    close = market_order("ICY", SELL, 0.1, position=ticket)
    sent(close)
    desk.pass_time(62)
    sent(close, mt5.TRADE_RETCODE_FROZEN)


def test_a_netted_position_near_its_stop_is_frozen_to_what_would_close_it(desk: World) -> None:
    settled_at_noon(desk)
    sign_in_netting(desk)
    opened("ICY", BUY, 0.2, sl=_points("ICY", -(_FROZEN - 60)))
    sent(market_order("ICY", SELL, 0.1), mt5.TRADE_RETCODE_FROZEN)
    opened("ICY", BUY, 0.2)


def test_a_pending_order_near_the_market_is_frozen(desk: World) -> None:
    settled_at_noon(desk)
    near = sent(pending("ICY", BUY_LIMIT, _points("ICY", -(_FROZEN - 60)))).order
    far = sent(pending("ICY", BUY_LIMIT, _points("ICY", -(_FROZEN + 60)))).order
    change = {"action": mt5.TRADE_ACTION_MODIFY, "price": _below("ICY")}
    for order, retcode in ((near, mt5.TRADE_RETCODE_FROZEN), (far, mt5.TRADE_RETCODE_DONE)):
        sent(change | {"order": order}, retcode)
        sent({"action": mt5.TRADE_ACTION_REMOVE, "order": order}, retcode)


def test_an_account_that_may_not_trade_may_not_change_anything(desk: World) -> None:
    ticket, order = opened("EURUSD", BUY), sent(pending("EURUSD", BUY_LIMIT, _below("EURUSD"))).order
    desk.hands.permit(LOGIN, trade_allowed=False)
    for request in (
        market_order("EURUSD", SELL, 0.1, position=ticket),
        {"action": mt5.TRADE_ACTION_SLTP, "position": ticket, "sl": 0.5},
        {"action": mt5.TRADE_ACTION_MODIFY, "order": order, "price": 0.5},
        {"action": mt5.TRADE_ACTION_REMOVE, "order": order},
        pending("EURUSD", BUY_LIMIT, 0.5),
    ):
        sent(request, mt5.TRADE_RETCODE_TRADE_DISABLED)


def test_the_defaults_of_an_account_cap_nothing() -> None:
    account = Account(login=1, name="x")
    assert (account.limit_positions, account.fifo_close, account.hedging_prohibited) == (0, False, False)
