"""Instant execution: a deal at the price that was named, within its deviation, or a requote."""

from typing import Any

import pytest

import core.paper as mt5
from core.paper.server.faults import Fault, Kind
from tests.core.paper.scenes import deals, offer, positions, quote, settled_at_noon
from tests.core.paper.world import LOGIN, World, market_order, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, "EURUSDi", execution=mt5.SYMBOL_TRADE_EXECUTION_INSTANT)


@pytest.fixture
def instant(desk: World) -> World:
    settled_at_noon(desk)
    return desk


def _order(order_type: int, price: float, deviation: int = 0, **fields: Any) -> dict[str, Any]:
    return market_order("EURUSDi", order_type, 0.1, price=round(price, 5), deviation=deviation, **fields)


def _asked(order_type: int) -> float:
    tick = quote("EURUSDi")
    return float(tick.ask if order_type == BUY else tick.bid)


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize("off", [-30, 30])
def test_a_price_within_the_deviation_fills_at_the_new_one(instant: World, side: int, off: int) -> None:
    """The clock of a test runs on: ten points of room for the ticks between question and order."""
    result = sent(_order(side, _asked(side) + off * 1e-5, deviation=40))
    assert result.price == (result.ask if side == BUY else result.bid)
    assert positions()[0].price_open == result.price


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize("off", [-30, 30])
def test_a_price_outside_is_requoted(instant: World, side: int, off: int) -> None:
    result = sent(_order(side, _asked(side) + off * 1e-5, deviation=20), mt5.TRADE_RETCODE_REQUOTE)
    assert (result.order, result.deal, positions(), deals()) == (0, 0, (), ())
    again = sent(_order(side, result.ask if side == BUY else result.bid, deviation=10))
    assert again.order == positions()[0].ticket


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_must_be_named(instant: World, price: float) -> None:
    sent(_order(BUY, price, deviation=10_000_000), mt5.TRADE_RETCODE_INVALID_PRICE)
    sent(market_order("EURUSD", BUY, 0.1, price=price))  # Market execution takes no notice of it


def test_slippage_is_a_requote_or_within_the_deviation_a_worse_price(instant: World) -> None:
    asked = _asked(BUY)
    instant.hands.misfortune(Fault(Kind.SLIPPAGE, points=50, count=2))
    requote = sent(_order(BUY, asked, deviation=40), mt5.TRADE_RETCODE_REQUOTE)
    assert requote.ask == pytest.approx(asked + 0.0005, abs=0.0001)
    result = sent(_order(BUY, asked, deviation=60))
    assert result.price == pytest.approx(asked + 0.0005, abs=0.0001)


def test_what_comes_late_finds_another_price(desk: World) -> None:
    settled_at_noon(desk, ("EURUSDi", 1.0, 20))
    for deviation in (100, 10_000):
        desk.hands.misfortune(Fault(Kind.LATE, seconds=30.0))
        assert mt5.order_send(_order(BUY, _asked(BUY), deviation)) is None
    desk.pass_time(60)
    (position,) = positions()
    assert position.price_open == pytest.approx(quote("EURUSDi").ask, rel=0.002)


def test_closing_names_its_price_too(instant: World) -> None:
    ticket = sent(_order(BUY, _asked(BUY), deviation=20)).order
    sent(_order(SELL, 0.0, 20, position=ticket), mt5.TRADE_RETCODE_INVALID_PRICE)
    sent(_order(SELL, _asked(SELL) + 0.01, 20, position=ticket), mt5.TRADE_RETCODE_REQUOTE)
    sent(_order(SELL, _asked(SELL), 20, position=ticket))
    assert positions() == ()


@pytest.mark.parametrize("filling", [mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN])
def test_the_server_sets_the_filling_policy_itself(instant: World, filling: int) -> None:
    sent(_order(BUY, _asked(BUY), 20) | {"type_filling": filling})
    instant.hands.misfortune(Fault(Kind.PARTIAL, share=0.5))
    sent(_order(BUY, _asked(BUY), 20) | {"type_filling": filling}, mt5.TRADE_RETCODE_REJECT)


def test_the_shortcuts_ask_again_while_they_are_requoted(instant: World) -> None:
    assert mt5.symbol_select("EURUSDi")
    instant.hands.misfortune(Fault(Kind.SLIPPAGE, points=50, count=3))
    result = mt5.Buy("EURUSDi", 0.1)
    assert result is not None
    assert (result.retcode, len(positions())) == (mt5.TRADE_RETCODE_DONE, 1)


def test_a_person_trades_at_the_price_that_the_terminal_shows(instant: World) -> None:
    ticket = instant.hands.open_position(LOGIN, "EURUSDi", BUY, 0.1).order
    assert [p.ticket for p in positions()] == [ticket]
    assert instant.hands.close_position(LOGIN, ticket).retcode == mt5.TRADE_RETCODE_DONE
    assert positions() == ()
