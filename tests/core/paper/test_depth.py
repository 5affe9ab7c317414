"""Depth and filling policies: what one tick takes, what becomes of the rest, which policy a symbol allows."""

from typing import Any

import pytest

import core.paper as mt5
from tests.core.paper.scenes import (
    account,
    deals,
    done_order,
    offer,
    orders,
    pending,
    positions,
    quote,
    settled_at_noon,
    sign_in_netting,
)
from tests.core.paper.world import LOGIN, World, market_order, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL
FOK, IOC, RETURN, BOC = range(4)
MARKET, EXCHANGE = mt5.SYMBOL_TRADE_EXECUTION_MARKET, mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, "THIN", depth=1.0)
    offer(monkeypatch, "EXCH", depth=1.0, execution=EXCHANGE, filling_mode=7)
    offer(monkeypatch, "EXCHFOK", execution=EXCHANGE, filling_mode=1)


@pytest.fixture
def thin(desk: World) -> World:
    """Symbols of which a tick takes one lot; they rise by 2 percent after a minute."""
    settled_at_noon(desk, ("THIN", 2.0, 60), ("EXCH", 2.0, 60))
    return desk


def _order(symbol: str, order_type: int, volume: float, filling: int, **fields: Any) -> dict[str, Any]:
    return market_order(symbol, order_type, volume, **fields) | {"type_filling": filling}


def test_a_fill_or_kill_above_the_depth_is_refused(thin: World) -> None:
    sent(_order("THIN", BUY, 1.01, FOK), mt5.TRADE_RETCODE_REJECT)
    assert (positions(), mt5.history_orders_total(1, 2**32 - 1)) == ((), 0)
    sent(_order("THIN", BUY, 1.0, FOK))


def test_an_immediate_or_cancel_takes_what_is_there(thin: World) -> None:
    result = sent(_order("THIN", BUY, 2.5, IOC), mt5.TRADE_RETCODE_DONE_PARTIAL)
    (position,) = positions()
    assert (result.volume, position.volume, orders()) == (1.0, 1.0, ())
    order = done_order(result.order)
    assert (order.volume_initial, order.volume_current, order.state) == (2.5, 1.5, mt5.ORDER_STATE_FILLED)
    closed = sent(_order("THIN", SELL, 1.0, IOC, position=position.ticket))
    assert (closed.volume, positions()) == (1.0, ())


def test_a_close_above_the_depth_leaves_a_part(thin: World) -> None:
    sign_in_netting(thin)
    for _ in range(2):
        sent(_order("THIN", BUY, 1.0, FOK))
    (position,) = positions()
    sent(_order("THIN", SELL, 2.0, IOC, position=position.ticket), mt5.TRADE_RETCODE_DONE_PARTIAL)
    assert [(p.ticket, p.volume) for p in positions()] == [(position.ticket, 1.0)]


def test_a_rest_stays_and_goes_on_filling_tick_by_tick(thin: World) -> None:
    result = sent(_order("EXCH", BUY, 3.5, RETURN, magic=5), mt5.TRADE_RETCODE_DONE_PARTIAL)
    (order,) = orders()
    assert (order.ticket, order.state, order.type) == (result.order, mt5.ORDER_STATE_PARTIAL, BUY)
    assert (order.volume_initial, order.volume_current) == (3.5, 2.5)
    assert mt5.history_orders_total(1, 2**32 - 1) == 0
    thin.pass_time(50)
    assert orders() == ()
    (position,) = positions()
    assert (position.ticket, position.volume, position.magic) == (result.order, 3.5, 5)
    mine = deals()
    assert [d.volume for d in mine] == [1.0, 1.0, 1.0, 0.5]
    assert {(d.order, d.position_id, d.entry) for d in mine} == {
        (result.order, result.order, mt5.DEAL_ENTRY_IN)
    }
    assert len({d.time_msc for d in mine}) == 4
    assert position.price_open == pytest.approx(sum(d.price * d.volume for d in mine) / 3.5)
    assert (done_order(result.order).state, done_order(result.order).volume_current) == (4, 0.0)


def test_a_rest_can_be_removed_and_not_modified(thin: World) -> None:
    ticket = sent(_order("EXCH", BUY, 3.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL).order
    change = {"action": mt5.TRADE_ACTION_MODIFY, "order": ticket, "price": 1.0}
    sent(change, mt5.TRADE_RETCODE_INVALID)
    sent({"action": mt5.TRADE_ACTION_REMOVE, "order": ticket})
    assert orders() == ()
    assert (done_order(ticket).state, done_order(ticket).volume_current) == (mt5.ORDER_STATE_CANCELED, 2.0)
    assert positions()[0].volume == 1.0


def test_a_closing_rest_works_on_and_forbids_another(thin: World) -> None:
    ticket = sent(_order("EXCH", BUY, 3.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL).order
    thin.pass_time(50)
    closing = _order("EXCH", SELL, 3.0, RETURN, position=ticket)
    order = sent(closing, mt5.TRADE_RETCODE_DONE_PARTIAL).order
    sent(closing | {"volume": 1.0}, mt5.TRADE_RETCODE_CLOSE_ORDER_EXIST)
    thin.pass_time(5)
    assert (positions(), orders()) == ((), ())
    assert [d.entry for d in deals()] == [mt5.DEAL_ENTRY_IN] * 3 + [mt5.DEAL_ENTRY_OUT] * 3
    assert done_order(order).position_id == ticket


def test_a_closing_rest_ends_with_its_position(thin: World) -> None:
    sent(_order("EXCH", SELL, 2.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL)
    sent(_order("EXCH", BUY, 3.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL)
    thin.pass_time(40)
    short, long = (p.ticket for p in positions())
    order = sent(_order("EXCH", SELL, 3.0, RETURN, position=long), mt5.TRADE_RETCODE_DONE_PARTIAL).order
    sent({"action": mt5.TRADE_ACTION_CLOSE_BY, "position": long, "position_by": short})
    assert (positions(), len(orders())) == ((), 1)
    thin.pass_time(5)
    assert (positions(), orders()) == ((), ())
    assert (done_order(order).state, done_order(order).volume_current) == (mt5.ORDER_STATE_CANCELED, 2.0)


def test_an_opening_rest_does_not_forbid_closing(thin: World) -> None:
    ticket = sent(_order("EXCH", BUY, 3.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL).order
    sent(_order("EXCH", SELL, 1.0, FOK, position=ticket))
    assert [order.ticket for order in orders()] == [ticket]
    thin.pass_time(5)
    assert [(p.ticket, p.identifier, p.volume) for p in positions()] == [(ticket, ticket, 2.0)]
    (order,) = mt5.history_orders_get(ticket=ticket) or ()
    assert (order.state, order.volume_initial, order.volume_current) == (mt5.ORDER_STATE_FILLED, 3.0, 0.0)


@pytest.mark.parametrize(
    ("symbol", "filling", "state", "filled"),
    [
        ("THIN", FOK, mt5.ORDER_STATE_REJECTED, 0.0),
        ("THIN", IOC, mt5.ORDER_STATE_FILLED, 1.0),
        ("EXCH", RETURN, mt5.ORDER_STATE_FILLED, 2.5),
    ],
)
def test_a_pending_order_meets_the_depth_by_its_policy(
    thin: World, symbol: str, filling: int, state: int, filled: float
) -> None:
    above = round(quote(symbol).ask * 1.01, 5)
    request = pending(symbol, mt5.ORDER_TYPE_BUY_STOP, above, 2.5) | {"type_filling": filling}
    result = mt5.order_send(request)
    assert result is not None
    assert result.retcode == (mt5.TRADE_RETCODE_PLACED if symbol == "EXCH" else mt5.TRADE_RETCODE_DONE)
    thin.pass_time(120)
    assert (orders(), sum(p.volume for p in positions())) == ((), filled)
    assert (done_order(result.order).state, done_order(result.order).volume_current) == (state, 2.5 - filled)


def test_the_rest_of_a_stop_takes_any_price(desk: World) -> None:
    settled_at_noon(desk, ("EXCH", 2.0, 60.0), ("EXCH", -2.0, 61.0))
    above = round(quote("EXCH").ask * 1.01, 5)
    request = pending("EXCH", mt5.ORDER_TYPE_BUY_STOP, above, 5.0) | {"type_filling": RETURN}
    desk.hands.deposit(LOGIN, 100_000.0)
    order = sent(request, mt5.TRADE_RETCODE_PLACED).order
    desk.pass_time(120)
    assert [(p.ticket, p.volume) for p in positions()] == [(order, 5.0)]
    prices = [d.price for d in deals()]
    assert prices[0] >= above > prices[-1]


def test_a_rest_opens_again_what_a_stop_has_closed(desk: World) -> None:
    """In one settlement the position goes and comes back under its ticket; whoever opens the book sees it."""
    settled_at_noon(desk, ("EXCH", -1.0, 10.0), ("EXCH", 1.1, 12.0))
    stop = round(quote("EXCH").bid * 0.995, 5)
    order = _order("EXCH", BUY, 50.0, RETURN, sl=stop)
    desk.hands.deposit(LOGIN, 100_000.0)
    ticket = sent(order, mt5.TRADE_RETCODE_DONE_PARTIAL).order
    desk.pass_time(30)
    (position,) = positions()
    assert position.ticket == ticket
    assert mt5.DEAL_REASON_SL in {d.reason for d in deals()}
    assert [p.volume for p in desk.hands.broker.view(LOGIN).ledger.positions.values()] == [position.volume]


def test_a_limit_order_fills_only_at_its_price_or_better(desk: World) -> None:
    settled_at_noon(desk, ("THIN", -2.0, 60.0), ("THIN", 4.0, 61.0))
    limit = round(quote("THIN").ask * 0.99, 5)
    request = pending("THIN", mt5.ORDER_TYPE_BUY_LIMIT, limit, 5.0) | {"type_filling": RETURN}
    order = sent(request).order
    desk.pass_time(600)
    (waiting,) = orders()
    assert (waiting.ticket, waiting.state) == (order, mt5.ORDER_STATE_PARTIAL)
    mine = deals()
    assert len(mine) in (1, 2, 3)
    assert waiting.volume_current == 5.0 - len(mine)
    assert all(d.price <= limit for d in mine)


@pytest.mark.parametrize(
    ("symbol", "order_type", "allowed"),
    [
        ("EURUSD", BUY, {FOK, IOC}),
        ("US30", BUY, {IOC}),
        ("EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, {FOK, IOC, RETURN}),
        ("EURUSD", mt5.ORDER_TYPE_BUY_STOP, {FOK, IOC, RETURN}),
        ("US30", mt5.ORDER_TYPE_BUY_STOP, {IOC, RETURN}),
        ("EXCH", BUY, {FOK, IOC, RETURN}),
        ("EXCH", mt5.ORDER_TYPE_BUY_STOP, {FOK, IOC, RETURN}),
        ("EXCH", mt5.ORDER_TYPE_BUY_LIMIT, {FOK, IOC, RETURN, BOC}),
        ("EXCHFOK", BUY, {FOK, RETURN}),
        ("EXCHFOK", mt5.ORDER_TYPE_BUY_LIMIT, {FOK, RETURN}),
    ],
)
def test_which_policies_a_symbol_allows(desk: World, symbol: str, order_type: int, allowed: set[int]) -> None:
    ask = quote(symbol).ask
    away = {BUY: 1.0, mt5.ORDER_TYPE_BUY_LIMIT: 0.9, mt5.ORDER_TYPE_BUY_STOP: 1.1}[order_type]
    request = pending(symbol, order_type, round(ask * away, 1 if symbol == "US30" else 5))
    if order_type == BUY:
        request |= {"action": mt5.TRADE_ACTION_DEAL}
    checked = {policy: mt5.order_check(request | {"type_filling": policy}) for policy in (*range(4), 9)}
    passed = {policy for policy, result in checked.items() if result is not None and result.retcode == 0}
    refused = {result.retcode for policy, result in checked.items() if result and policy not in allowed}
    assert (passed, refused) == (allowed, {mt5.TRADE_RETCODE_INVALID_FILL})


def test_money_is_asked_for_again_when_a_rest_is_filled(desk: World) -> None:
    settled_at_noon(desk)
    sign_in_netting(desk, deposit=2_500.0)
    ticket = sent(_order("EXCH", BUY, 2.0, RETURN), mt5.TRADE_RETCODE_DONE_PARTIAL).order
    sent(market_order("GBPUSD", BUY, 0.5))
    desk.pass_time(30)
    assert (done_order(ticket).state, done_order(ticket).volume_current) == (mt5.ORDER_STATE_REJECTED, 1.0)
    assert account().margin < 2_500.0
