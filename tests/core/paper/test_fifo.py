"""Accounts that close first in, first out, and accounts on which opposite positions are prohibited."""

import pytest

import core.paper as mt5
from core.paper.server.records import Account
from tests.core.paper.scenes import (
    SECOND,
    deals,
    done_order,
    pending,
    positions,
    quote,
    settled_at_noon,
    sign_in,
)
from tests.core.paper.world import SERVER, World, market_order, opened, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL


@pytest.fixture
def fifo(desk: World) -> World:
    """A FIFO account at noon; EURUSD falls by 2 percent after a minute."""
    settled_at_noon(desk, ("EURUSD", -2.0, 60))
    sign_in(desk, fifo_close=True)
    return desk


def _close(ticket: int, volume: float, order_type: int = SELL) -> dict[str, object]:
    return market_order("EURUSD", order_type, volume, position=ticket)


def test_the_oldest_of_a_symbol_closes_first(fifo: World) -> None:
    old, young = opened("EURUSD", BUY, 0.2), opened("EURUSD", BUY, 0.1)
    other = opened("GBPUSD", BUY, 0.1)
    for volume in (0.1, 0.05):
        sent(_close(young, volume), mt5.TRADE_RETCODE_FIFO_CLOSE)
    sent(_close(old, 0.1))
    sent(_close(young, 0.1), mt5.TRADE_RETCODE_FIFO_CLOSE)
    sent(market_order("GBPUSD", SELL, 0.1, position=other))
    sent(_close(old, 0.1))
    sent(_close(young, 0.1))
    assert positions() == ()


def test_an_account_without_the_rule_closes_as_it_likes(desk: World) -> None:
    old, young = opened("EURUSD", BUY, 0.1), opened("EURUSD", BUY, 0.1)
    sent(_close(young, 0.1))
    assert [p.ticket for p in positions()] == [old]


def test_age_is_that_of_the_position_not_of_its_order(fifo: World) -> None:
    below = round(quote("EURUSD").bid * 0.99, 5)
    waited = sent(pending("EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, below)).order
    old = opened("EURUSD", BUY, 0.1)
    fifo.pass_time(120)
    assert {p.ticket for p in positions()} == {waited, old}
    assert waited < old
    fifo.hands.permit(SECOND)  # so that the terminal reads the account from the book again, by ticket
    sent(_close(waited, 0.1), mt5.TRADE_RETCODE_FIFO_CLOSE)
    sent(_close(old, 0.1))
    sent(_close(waited, 0.1))


def test_stops_of_the_server_do_not_wait_for_their_turn(fifo: World) -> None:
    old = opened("EURUSD", BUY, 0.1)
    young = opened("EURUSD", BUY, 0.1, sl=round(quote("EURUSD").bid * 0.99, 5))
    fifo.pass_time(120)
    assert [p.ticket for p in positions()] == [old]
    assert (deals()[-1].position_id, deals()[-1].reason) == (young, mt5.DEAL_REASON_SL)


def test_only_the_two_oldest_close_one_another(fifo: World) -> None:
    first, second, third = opened("EURUSD", BUY), opened("EURUSD", BUY), opened("EURUSD", SELL)
    by = {"action": mt5.TRADE_ACTION_CLOSE_BY, "position": first, "position_by": third}
    sent(by, mt5.TRADE_RETCODE_FIFO_CLOSE)
    sent(_close(first, 0.1))
    sent(by | {"position": second})
    assert positions() == ()


def test_opposite_positions_may_be_prohibited(desk: World) -> None:
    settled_at_noon(desk, ("EURUSD", 2.0, 60))
    sign_in(desk, hedging_prohibited=True)
    above = round(quote("EURUSD").ask * 1.01, 5)
    waiting = sent(pending("EURUSD", mt5.ORDER_TYPE_SELL_LIMIT, above)).order
    ticket = opened("EURUSD", BUY, 0.1)
    sent(market_order("EURUSD", SELL, 0.1), mt5.RETCODE_HEDGE_PROHIBITED)
    sent(pending("EURUSD", mt5.ORDER_TYPE_SELL_LIMIT, above), mt5.RETCODE_HEDGE_PROHIBITED)
    opened("EURUSD", BUY, 0.1)
    opened("GBPUSD", SELL, 0.1)
    desk.pass_time(120)
    assert done_order(waiting).state == mt5.ORDER_STATE_REJECTED
    sent(_close(ticket, 0.1))


def test_account_info_says_so(desk: World) -> None:
    desk.hands.open_account(Account(login=7, name="F", server=SERVER, fifo_close=True), "pw", 1.0)
    assert mt5.login(7, "pw", SERVER)
    info = mt5.account_info()
    assert info is not None
    assert info.fifo_close is True
