"""Orders: what is done, what is refused and with which retcode, and what the books say afterwards."""

from typing import Any

import pytest

import core.paper as mt5
from core.paper import hands
from tests.core.paper.world import LOGIN, World, market_order, opened, sent


def _quote(symbol: str) -> tuple[float, float]:
    tick = mt5.symbol_info_tick(symbol)
    assert tick is not None
    return tick.bid, tick.ask


def _pending(order_type: int, price: float, **fields: Any) -> dict[str, Any]:
    return {
        "action": mt5.TRADE_ACTION_PENDING, "symbol": "EURUSD", "volume": 0.1, "type": order_type,
        "price": price, "type_filling": mt5.ORDER_FILLING_FOK, **fields,
    }  # fmt: skip


@pytest.mark.parametrize("symbol", ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "US30", "BTCUSD"])
@pytest.mark.parametrize("side", [mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL])
def test_a_position_lives_under_one_identifier(desk: World, symbol: str, side: int) -> None:
    result = sent(market_order(symbol, side, 0.1, magic=42, comment="tag"))
    (position,) = mt5.positions_get() or ()
    assert (position.ticket, position.identifier, position.magic) == (result.order, result.order, 42)
    assert position.price_open == result.price == (result.ask if side == 0 else result.bid)
    sent(market_order(symbol, 1 - side, 0.1, position=position.ticket))
    assert mt5.positions_get() == ()
    orders = mt5.history_orders_get(position=result.order) or ()
    deals = mt5.history_deals_get(position=result.order) or ()
    assert [order.state for order in orders] == [mt5.ORDER_STATE_FILLED] * 2
    assert [(d.entry, d.type, d.order) for d in deals] == [
        (mt5.DEAL_ENTRY_IN, side, orders[0].ticket), (mt5.DEAL_ENTRY_OUT, 1 - side, orders[1].ticket),
    ]  # fmt: skip
    assert {d.reason for d in deals} == {mt5.DEAL_REASON_EXPERT}
    account = mt5.account_info()
    booked = mt5.history_deals_get(1, 2**32 - 1) or ()
    assert account is not None
    assert account.balance == pytest.approx(sum(d.profit + d.commission + d.swap for d in booked))


def test_a_partial_close_keeps_the_ticket(desk: World) -> None:
    ticket = opened("EURUSD", 0, 0.3)
    before = mt5.account_info()
    sent(market_order("EURUSD", 1, 0.1, position=ticket))
    (position,) = mt5.positions_get(ticket=ticket) or ()
    assert position.volume == 0.2
    after = mt5.account_info()
    assert before is not None
    assert after is not None
    assert after.margin == pytest.approx(before.margin * 2 / 3, abs=0.02)
    sent(market_order("EURUSD", 1, 0.3, position=ticket), mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME)


def test_history_by_date_and_by_ticket(desk: World) -> None:
    ticket = opened("EURUSD", 0)
    everything = mt5.history_deals_get(1, 2**32 - 1) or ()
    assert [d.type for d in everything] == [mt5.DEAL_TYPE_BALANCE, mt5.DEAL_TYPE_BUY]
    assert (everything[0].order, everything[0].symbol, everything[0].profit) == (0, "", 10_000.0)
    assert mt5.history_deals_total(1, 2**32 - 1) == 2
    assert mt5.history_deals_get(ticket=ticket) == everything[1:]
    assert mt5.history_deals_get(1, 2**32 - 1, ticket=1) == everything
    assert mt5.history_deals_get(1, 2**32 - 1, group="GBP*") == ()
    assert mt5.history_deals_get(1, 2) == ()
    assert mt5.history_deals_get() is None
    assert mt5.last_error()[0] == -2


@pytest.mark.parametrize(
    ("change", "retcode"),
    [
        ({"volume": 0.0}, mt5.TRADE_RETCODE_INVALID_VOLUME),
        ({"volume": 0.015}, mt5.TRADE_RETCODE_INVALID_VOLUME),
        ({"volume": float("nan")}, mt5.TRADE_RETCODE_INVALID_VOLUME),
        ({"volume": 1e9}, mt5.TRADE_RETCODE_INVALID_VOLUME),
        ({"volume": 90.0}, mt5.TRADE_RETCODE_NO_MONEY),
        ({"symbol": "NOPE"}, mt5.TRADE_RETCODE_INVALID),
        ({"action": 99}, mt5.TRADE_RETCODE_INVALID),
        ({"type": 8}, mt5.TRADE_RETCODE_INVALID),
        ({"sl": 9.0}, mt5.TRADE_RETCODE_INVALID_STOPS),
        ({"tp": 0.1}, mt5.TRADE_RETCODE_INVALID_STOPS),
        ({"sl": float("inf")}, mt5.TRADE_RETCODE_INVALID_STOPS),
        ({"type_filling": mt5.ORDER_FILLING_RETURN}, mt5.TRADE_RETCODE_INVALID_FILL),
        ({"position": 123}, mt5.TRADE_RETCODE_POSITION_CLOSED),
    ],
)
def test_refusals_name_their_retcode_and_leave_no_trace(
    desk: World, change: dict[str, Any], retcode: int
) -> None:
    request = market_order("EURUSD", 0, 0.1) | change
    sent(request, retcode)
    checked = mt5.order_check(request)
    assert checked is not None
    assert checked.retcode == retcode
    assert (mt5.positions_get(), mt5.history_orders_total(1, 2**32 - 1)) == ((), 0)


def test_order_check_foretells_the_margin(desk: World) -> None:
    checked = mt5.order_check(market_order("EURUSD", 0, 0.1))
    assert checked is not None
    assert (checked.retcode, checked.comment) == (0, "Done")
    assert checked.margin_free == pytest.approx(checked.equity - checked.margin)
    opened("EURUSD", 0, 0.1)
    account = mt5.account_info()
    assert account is not None
    assert account.margin == pytest.approx(checked.margin, rel=0.001)


def test_stops_are_set_kept_and_removed(desk: World) -> None:
    ticket = opened("EURUSD", 0)
    bid, _ = _quote("EURUSD")
    stops = {"action": mt5.TRADE_ACTION_SLTP, "position": ticket, "symbol": "EURUSD"}
    wanted = {"sl": round(bid - 0.01, 5), "tp": round(bid + 0.01, 5)}
    sent(stops | wanted)
    (position,) = mt5.positions_get() or ()
    assert (position.sl, position.tp) == tuple(wanted.values())
    sent(stops | wanted, mt5.TRADE_RETCODE_NO_CHANGES)
    sent(stops | {"sl": bid + 0.01}, mt5.TRADE_RETCODE_INVALID_STOPS)
    sent(stops)
    (position,) = mt5.positions_get() or ()
    assert (position.sl, position.tp) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("order_type", "distance"),
    [(mt5.ORDER_TYPE_BUY_LIMIT, -1), (mt5.ORDER_TYPE_SELL_LIMIT, 1), (mt5.ORDER_TYPE_BUY_STOP, 1),
     (mt5.ORDER_TYPE_SELL_STOP, -1)],
)  # fmt: skip
def test_pending_orders_stand_on_their_side_of_the_market(
    desk: World, order_type: int, distance: int
) -> None:
    bid, _ = _quote("EURUSD")
    sent(_pending(order_type, round(bid - distance * 0.05, 5)), mt5.TRADE_RETCODE_INVALID_PRICE)
    ticket = sent(_pending(order_type, round(bid + distance * 0.05, 5), magic=9)).order
    (order,) = mt5.orders_get(ticket=ticket) or ()
    assert (order.state, order.type, order.magic) == (mt5.ORDER_STATE_PLACED, order_type, 9)
    assert mt5.history_orders_get(1, 2**32 - 1) == ()
    sent({"action": mt5.TRADE_ACTION_REMOVE, "order": ticket})
    assert mt5.orders_get() == ()
    (gone,) = mt5.history_orders_get(ticket=ticket) or ()
    assert gone.state == mt5.ORDER_STATE_CANCELED
    sent({"action": mt5.TRADE_ACTION_REMOVE, "order": ticket}, mt5.TRADE_RETCODE_INVALID)


def test_a_pending_order_is_modified(desk: World) -> None:
    bid, _ = _quote("EURUSD")
    ticket = sent(_pending(mt5.ORDER_TYPE_BUY_LIMIT, round(bid - 0.05, 5))).order
    change = {"action": mt5.TRADE_ACTION_MODIFY, "order": ticket, "price": round(bid - 0.06, 5)}
    sent(change)
    sent(change, mt5.TRADE_RETCODE_NO_CHANGES)
    (order,) = mt5.orders_get() or ()
    assert order.price_open == change["price"]
    past = {"type_time": mt5.ORDER_TIME_SPECIFIED, "expiration": 1_000}
    sent(change | past, mt5.TRADE_RETCODE_INVALID_EXPIRATION)


def test_the_four_layers_that_may_forbid_trading(desk: World) -> None:
    hands.press_algo_trading(desk.folder, on=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_CLIENT_DISABLES_AT)
    hands.press_algo_trading(desk.folder, on=True)
    desk.hands.permit(LOGIN, trade_expert=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_SERVER_DISABLES_AT)
    desk.hands.permit(LOGIN, trade_allowed=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_TRADE_DISABLED)
    desk.hands.permit(LOGIN)
    hands.disable_api(desk.folder)
    assert mt5.order_send(market_order("EURUSD", 0, 0.1)) is None
    assert mt5.last_error()[0] == -8


def test_a_position_is_closed_by_its_opposite(desk: World) -> None:
    long, short = opened("EURUSD", 0, 0.3), opened("EURUSD", 1, 0.1)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": long, "position_by": short}
    gold = opened("XAUUSD", 1, 0.01)
    sent(by | {"position_by": gold}, mt5.TRADE_RETCODE_INVALID)
    result = sent(by)
    assert [(p.ticket, p.volume) for p in mt5.positions_get(symbol="EURUSD") or ()] == [(long, 0.2)]
    deals = [d for d in mt5.history_deals_get(1, 2**32 - 1) or () if d.entry == mt5.DEAL_ENTRY_OUT_BY]
    assert [(d.position_id, d.type, d.order) for d in deals] == [
        (long, 1, result.order),
        (short, 0, result.order),
    ]
    assert [d.volume for d in deals] == [0.1, 0.1]
    sent(by, mt5.TRADE_RETCODE_POSITION_CLOSED)


def test_shortcuts_of_the_module_work(desk: World) -> None:
    assert mt5.Buy("EURUSD", 0.1) is not None
    assert mt5.Sell("EURUSD", 0.2, comment="s") is not None
    assert [p.type for p in mt5.positions_get() or ()] == [0, 1]
    assert mt5.Close("EURUSD") is True
    assert mt5.Close("EURUSD") is False
