"""History: everything that happened to a position is found under its identifier, with the right fields."""

import pytest

import core.paper as mt5
from core.paper.calls.structs import Struct
from tests.core.paper.scenes import (
    deals,
    done_order,
    orders,
    pending,
    positions,
    quote,
    settled_at_noon,
    sign_in_netting,
)
from tests.core.paper.world import LOGIN, World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL


def _of(identifier: int) -> tuple[tuple[Struct, ...], tuple[Struct, ...]]:
    """The orders and the deals of one position."""
    done = mt5.history_orders_get(position=identifier), mt5.history_deals_get(position=identifier)
    return done[0] or (), done[1] or ()


def test_a_pending_order_a_part_and_the_rest_share_an_identifier(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", -1.0, 60))
    limit = round(quote("EURUSD").bid * 0.995, 5)
    ticket = sent(pending("EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, limit, 0.3, magic=7, comment="in")).order
    (waiting,) = orders()
    assert (waiting.position_id, waiting.time_done, waiting.volume_current) == (0, 0, 0.3)
    desk.pass_time(120)
    (position,) = positions()
    assert (position.identifier, position.reason) == (ticket, mt5.POSITION_REASON_EXPERT)
    assert position.time_msc == position.time_update_msc > waiting.time_setup_msc
    part = sent(market_order("EURUSD", SELL, 0.1, position=ticket, magic=8, comment="out")).order
    assert positions()[0].time_update_msc > position.time_update_msc
    rest = desk.hands.close_position(LOGIN, ticket).order
    done, traded = _of(ticket)
    assert [order.ticket for order in done] == [ticket, part, rest]
    assert [order.type for order in done] == [mt5.ORDER_TYPE_BUY_LIMIT, SELL, SELL]
    assert [order.price_open for order in done] == [limit, traded[1].price, traded[2].price]
    assert {(order.state, order.volume_current, order.position_by_id) for order in done} == {(4, 0.0, 0)}
    assert [(d.order, d.volume, d.magic, d.comment) for d in traded[:2]] == [
        (ticket, 0.3, 7, "in"), (part, 0.1, 8, "out"),
    ]  # fmt: skip
    assert [d.reason for d in traded] == [3, 3, mt5.DEAL_REASON_CLIENT]
    assert [order.reason for order in done] == [3, 3, mt5.ORDER_REASON_CLIENT]
    assert [d.time_msc for d in traded] == [order.time_done_msc for order in done]


def test_closing_by_an_opposite_names_both(desk: World) -> None:
    long, short = opened("EURUSD", BUY, 0.2), opened("EURUSD", SELL, 0.5)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": long, "position_by": short, "comment": "by"}
    result = sent(by)
    order = done_order(result.order)
    assert (order.type, order.position_id, order.position_by_id) == (mt5.ORDER_TYPE_CLOSE_BY, long, short)
    assert (order.volume_initial, order.volume_current, order.comment) == (0.2, 0.0, "by")
    (first, second) = deals()[-2:]
    assert (first.ticket, first.order, second.order) == (result.deal, result.order, result.order)
    assert (first.position_id, second.position_id) == (long, short)
    assert (first.price, second.price) == (deals()[1].price, deals()[1].price)
    assert second.profit == 0.0
    assert [(p.ticket, p.volume) for p in positions()] == [(short, 0.3)]
    assert _of(long)[1][-1].entry == _of(short)[1][-1].entry == mt5.DEAL_ENTRY_OUT_BY


def test_a_reversed_position_keeps_its_history(desk: World) -> None:
    sign_in_netting(desk)
    first = opened("EURUSD", BUY, 0.1)
    second = opened("EURUSD", SELL, 0.3)
    third = opened("EURUSD", BUY, 0.2)
    done, traded = _of(first)
    assert [order.ticket for order in done] == [first, second, third]
    assert [d.entry for d in traded] == [mt5.DEAL_ENTRY_IN, mt5.DEAL_ENTRY_INOUT, mt5.DEAL_ENTRY_OUT]
    assert _of(second) == ((), ())
    assert done_order(second).position_id == first


def test_the_result_of_a_position_is_the_sum_of_its_deals(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", 1.0, 60))
    ticket = opened("EURUSD", BUY, 1.0)
    balance = mt5.account_info()
    desk.pass_time(120)
    for volume in (0.25, 0.75):
        sent(market_order("EURUSD", SELL, volume, position=ticket))
    after = mt5.account_info()
    assert balance is not None
    assert after is not None
    (opening, *closing) = _of(ticket)[1]
    won = sum(d.profit + d.commission + d.swap + d.fee for d in closing)
    assert after.balance == pytest.approx(balance.balance + won, abs=0.005)
    by_price = sum((d.price - opening.price) * d.volume * 100_000 for d in closing)
    assert sum(d.profit for d in closing) == pytest.approx(by_price, abs=0.02)
