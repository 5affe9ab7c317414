"""Netting: one position for a symbol, whatever is bought and sold."""

import pytest

import core.paper as mt5
from tests.core.paper.scenes import (
    NOON,
    account,
    deals,
    done_order,
    pending,
    positions,
    quote,
    settled_at_noon,
    sign_in_netting,
)
from tests.core.paper.world import World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL


@pytest.fixture
def net(desk: World) -> World:
    """A netting account at noon; EURUSD rises by 2 percent after a minute, and is back after an hour."""
    settled_at_noon(desk, ("EURUSD", 2.0, 60), ("EURUSD", -2.0, 3_600))
    sign_in_netting(desk)
    return desk


def test_the_same_side_averages_the_price_by_volume(net: World) -> None:
    first = sent(market_order("EURUSD", BUY, 0.3, sl=1.0))
    net.pass_time(120)
    second = sent(market_order("EURUSD", BUY, 0.1, tp=1.5, magic=9))
    (position,) = positions()
    assert (position.ticket, position.identifier, position.volume) == (first.order, first.order, 0.4)
    assert position.price_open == pytest.approx((first.price * 3 + second.price) / 4)
    assert second.price > first.price * 1.01
    assert (position.sl, position.tp) == (1.0, 1.5)
    assert position.time_msc < position.time_update_msc
    assert [(d.entry, d.position_id) for d in deals()] == [(mt5.DEAL_ENTRY_IN, first.order)] * 2
    assert done_order(second.order).position_id == first.order


def test_the_other_side_reduces_and_then_closes(net: World) -> None:
    ticket = opened("EURUSD", BUY, 0.3, sl=1.0)
    before = account()
    sent(market_order("EURUSD", SELL, 0.1, sl=9.0))
    (position,) = positions()
    assert (position.ticket, position.type, position.volume, position.sl) == (ticket, BUY, 0.2, 1.0)
    assert account().margin == pytest.approx(before.margin * 2 / 3, abs=0.01)
    sent(market_order("EURUSD", SELL, 0.2))
    assert positions() == ()
    assert account().margin == 0
    assert [d.entry for d in deals()] == [mt5.DEAL_ENTRY_IN, mt5.DEAL_ENTRY_OUT, mt5.DEAL_ENTRY_OUT]
    assert {d.position_id for d in deals()} == {ticket}


def test_a_larger_deal_reverses_under_another_ticket_and_the_same_identifier(net: World) -> None:
    first = sent(market_order("EURUSD", BUY, 0.3, sl=1.0, magic=1))
    net.pass_time(120)
    balance = account().balance
    result = sent(market_order("EURUSD", SELL, 0.5, magic=2))
    (position,) = positions()
    assert (position.ticket, position.identifier) == (result.order, first.order)
    assert (position.type, position.volume, position.price_open) == (SELL, 0.2, result.price)
    assert (position.sl, position.magic) == (0.0, 2)
    deal = deals()[-1]
    assert (deal.entry, deal.volume, deal.position_id) == (mt5.DEAL_ENTRY_INOUT, 0.5, first.order)
    assert deal.profit == pytest.approx((result.price - first.price) * 30_000, abs=0.01)
    assert account().balance == pytest.approx(balance + deal.profit + deal.commission)
    assert positions(ticket=first.order) == ()
    sent(market_order("EURUSD", BUY, 0.2, position=result.order))
    assert positions() == ()
    assert len(mt5.history_deals_get(position=first.order) or ()) == 3
    again = sent(market_order("EURUSD", BUY, 0.1))
    assert positions()[0].identifier == again.order


def test_a_position_may_be_named_to_close_it(net: World) -> None:
    ticket = opened("EURUSD", SELL, 0.2)
    sent(market_order("EURUSD", SELL, 0.1, position=ticket), mt5.TRADE_RETCODE_INVALID)
    sent(market_order("EURUSD", BUY, 0.3, position=ticket), mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME)
    sent(market_order("EURUSD", BUY, 0.1, position=ticket + 1), mt5.TRADE_RETCODE_POSITION_CLOSED)
    sent(market_order("EURUSD", BUY, 0.2, position=ticket))
    assert positions() == ()


def test_stops_are_set_by_symbol(net: World) -> None:
    opened("GBPUSD", BUY, 0.1)
    opened("EURUSD", BUY, 0.1)
    stops = {"action": mt5.TRADE_ACTION_SLTP, "symbol": "EURUSD", "sl": 1.0, "tp": 0.0}
    sent(stops)
    assert [(p.symbol, p.sl) for p in positions()] == [("GBPUSD", 0.0), ("EURUSD", 1.0)]
    sent(stops | {"symbol": "USDJPY"}, mt5.TRADE_RETCODE_POSITION_CLOSED)


def test_nothing_is_closed_by_an_opposite_that_cannot_be(net: World) -> None:
    ticket = opened("EURUSD", BUY, 0.1)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": ticket, "position_by": ticket}
    sent(by, mt5.TRADE_RETCODE_INVALID_ORDER)


@pytest.mark.parametrize(
    ("held", "volume", "left"),
    [(BUY, 0.1, (BUY, 0.3)), (SELL, 0.1, (SELL, 0.1)), (SELL, 0.2, None), (SELL, 0.5, (BUY, 0.3))],
)
def test_a_pending_order_does_to_the_position_what_a_deal_would(
    net: World, held: int, volume: float, left: tuple[int, float] | None
) -> None:
    ticket = opened("EURUSD", held, 0.2)
    above = round(quote("EURUSD").ask * 1.01, 5)
    order = sent(pending("EURUSD", mt5.ORDER_TYPE_BUY_STOP, above, volume)).order
    net.pass_time(120)
    assert [(p.type, p.volume) for p in positions()] == ([left] if left else [])
    assert {d.position_id for d in deals()} == {ticket}
    assert done_order(order).state == mt5.ORDER_STATE_FILLED
    entry = {BUY: mt5.DEAL_ENTRY_IN, SELL: mt5.DEAL_ENTRY_OUT if volume <= 0.2 else mt5.DEAL_ENTRY_INOUT}
    assert deals()[-1].entry == entry[held]


def test_the_stop_of_a_netted_position_closes_all_of_it(net: World) -> None:
    opened("EURUSD", SELL, 0.2)
    opened("EURUSD", SELL, 0.3, sl=round(quote("EURUSD").ask * 1.01, 5))
    net.pass_time(120)
    assert positions() == ()
    assert [(d.volume, d.reason) for d in deals()][-1] == (0.5, mt5.DEAL_REASON_SL)


def test_what_reduces_needs_no_money_and_what_reverses_only_for_the_rest(desk: World) -> None:
    desk.start_at(NOON)
    sign_in_netting(desk, deposit=1_300.0)
    opened("EURUSD", BUY, 1.0)
    sent(market_order("EURUSD", BUY, 0.2), mt5.TRADE_RETCODE_NO_MONEY)
    sent(market_order("EURUSD", SELL, 2.2), mt5.TRADE_RETCODE_NO_MONEY)
    checked = mt5.order_check(market_order("EURUSD", SELL, 2.0))
    assert checked is not None
    sent(market_order("EURUSD", SELL, 2.0))
    assert account().margin == pytest.approx(checked.margin, abs=0.5)
    sent(market_order("EURUSD", BUY, 1.0))
    assert positions() == ()


def test_swap_is_paid_in_proportion_to_what_is_closed(net: World) -> None:
    opened("EURUSD", BUY, 1.0)
    net.pass_time(86_400)  # over the night that counts thrice
    (position,) = positions()
    assert position.swap == -21.6
    sent(market_order("EURUSD", SELL, 0.25))
    assert (deals()[-1].swap, positions()[0].swap) == (-5.4, -16.2)
    sent(market_order("EURUSD", SELL, 1.0))
    assert (deals()[-1].swap, positions()[0].swap) == (-16.2, 0.0)
