"""Requests are what the module takes: plain floats, every field that matters, rounded as the broker wants."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Order
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5 import orders
from core.mt5.errors import InvalidRequest
from core.mt5.orders import Stops, Tag
from core.mt5.policies import Lifetime, lifetime
from tests.core.mt5.samples import EURUSD, NOW, QUOTE, D, a_position

TAG = Tag(2**62 + 1, "td1a2b3c")
TILL = Lifetime(mt5.ORDER_TIME_SPECIFIED, 1_800_000_000)


ORDER = MT5Order(
    ticket=9,
    position_id=0,
    symbol="EURUSD",
    type=mt5.ORDER_TYPE_BUY_LIMIT,
    state=1,
    volume_initial=D("0.1"),
    volume_current=D("0.1"),
    price_open=D("1.09"),
    stop_loss=None,
    take_profit=None,
    magic=0,
    comment="",
    setup_at=NOW,
    done_at=None,
    reason=3,
)


def market(side: Side = Side.BUY, volume: str = "0.1", stops: Stops = Stops()) -> orders.Request:  # noqa: B008
    return orders.market(EURUSD, side, D(volume), QUOTE, stops, TAG, deviation_points=50)


REQUESTS: list[orders.Request] = [
    market(stops=Stops(D("1.09"), D("1.12"))),
    orders.close(EURUSD, a_position(), QUOTE, TAG, 20),
    orders.close_by(a_position(), a_position(Side.SELL, 8), TAG),
    orders.modify_stops(EURUSD, a_position(), Stops(D("1.09"))),
    orders.pending(EURUSD, OrderKind.LIMIT, Side.SELL, D("0.1"), D("1.12"), Stops(), TAG, TILL),
    orders.modify_pending(EURUSD, ORDER, D("1.08"), Stops()),
    orders.cancel(ORDER),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_field_is_one_of_the_module_in_the_type_it_takes(request_: orders.Request) -> None:
    fields = dict(mt5.TRADE_REQUEST)
    assert all(type(value) is fields[name] for name, value in request_.items())


def test_a_market_order_names_everything_that_matters() -> None:
    assert market(stops=Stops(D("1.09"), None)) == {
        "action": mt5.TRADE_ACTION_DEAL,
        "symbol": "EURUSD",
        "type": mt5.ORDER_TYPE_BUY,
        "volume": 0.1,
        "price": 1.10012,
        "deviation": 50,
        "type_filling": mt5.ORDER_FILLING_FOK,
        "type_time": mt5.ORDER_TIME_GTC,
        "sl": 1.09,
        "tp": 0.0,
        "magic": 2**62 + 1,
        "comment": "td1a2b3c",
    }
    assert market(Side.SELL)["price"] == 1.1


def test_a_close_is_the_opposite_order_at_the_other_side_of_the_spread() -> None:
    long = orders.close(EURUSD, a_position(), QUOTE, TAG, 20)
    assert (long["type"], long["price"], long["position"], long["volume"]) == (1, 1.1, 7, 0.3)
    part = orders.close(EURUSD, a_position(Side.SELL), QUOTE, TAG, 20, volume=D("0.128"))
    assert (part["type"], part["price"], part["volume"]) == (0, 1.10012, 0.12)


def test_a_remainder_below_the_smallest_lot_can_still_be_closed_whole() -> None:
    assert orders.close(EURUSD, a_position(volume="0.005"), QUOTE, TAG, 20)["volume"] == 0.005


def test_modify_stops_always_sends_both() -> None:
    request = orders.modify_stops(EURUSD, a_position(), Stops(None, D("1.123456")))
    assert (request["sl"], request["tp"]) == (0.0, 1.12346)


@pytest.mark.parametrize(
    ("asked", "sent"), [("0.019", 0.01), ("0.1", 0.1), ("0.29999", 0.29), ("1000", 50.0), ("0.07", 0.07)]
)
def test_volume_goes_down_to_the_step_and_the_maximum(asked: str, sent: float) -> None:
    assert market(volume=asked)["volume"] == sent


@pytest.mark.parametrize(
    "make",
    [
        lambda: market(volume="0.009"),
        lambda: market(volume="NaN"),
        lambda: market(volume="-1"),
        lambda: market(stops=Stops(D("-1"))),
        lambda: market(stops=Stops(D("Infinity"))),
        lambda: Tag(1, "seventeen letters").fields(),
        lambda: Tag(1, "é").fields(),
        lambda: Tag(-1, "").fields(),
        lambda: Tag(2**63, "").fields(),
        lambda: orders.close(EURUSD, a_position(), QUOTE, TAG, 20, volume=D("0.31")),
        lambda: orders.close_by(a_position(), a_position(), TAG),
        lambda: orders.pending(EURUSD, OrderKind.MARKET, Side.BUY, D(1), D(1), Stops(), TAG),
    ],
)
def test_what_no_broker_takes_is_misuse(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidRequest):
        make()


MARKET, LIMIT, STOP = OrderKind.MARKET, OrderKind.LIMIT, OrderKind.STOP
FOK, IOC, RETURN = mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN
BY_MARKET, INSTANT = mt5.SYMBOL_TRADE_EXECUTION_MARKET, mt5.SYMBOL_TRADE_EXECUTION_INSTANT
BY_REQUEST, EXCHANGE = mt5.SYMBOL_TRADE_EXECUTION_REQUEST, mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE


def sent(kind: OrderKind, symbol: Instrument) -> orders.Request:
    if kind is MARKET:
        return orders.market(symbol, Side.BUY, D(1), QUOTE, Stops(), TAG, 20)
    return orders.pending(symbol, kind, Side.BUY, D(1), D("1.09"), Stops(), TAG)


@pytest.mark.parametrize(
    ("execution", "bits", "kind", "first", "other"),
    [
        (BY_MARKET, 1, MARKET, FOK, None),
        (BY_MARKET, 2, MARKET, IOC, None),
        (BY_MARKET, 3, MARKET, FOK, IOC),
        (BY_MARKET, 1, LIMIT, RETURN, FOK),
        (BY_MARKET, 2, LIMIT, RETURN, IOC),
        (BY_MARKET, 0, LIMIT, RETURN, None),
        (BY_MARKET, 2, STOP, IOC, None),
        (BY_MARKET, 3, STOP, FOK, IOC),
        (INSTANT, 2, MARKET, IOC, None),
        (INSTANT, 3, LIMIT, FOK, IOC),
        (BY_REQUEST, 0, MARKET, FOK, None),
        (BY_REQUEST, 0, STOP, FOK, None),
        (EXCHANGE, 0, MARKET, RETURN, None),
        (EXCHANGE, 1, MARKET, RETURN, FOK),
        (EXCHANGE, 2, LIMIT, RETURN, IOC),
        (EXCHANGE, 3, STOP, RETURN, FOK),
    ],
)
def test_filling_by_symbol_and_execution_and_the_other_one_after_10030(
    execution: int, bits: int, kind: OrderKind, first: int, other: int | None
) -> None:
    symbol = replace(EURUSD, execution_mode=execution, filling_mode=bits)
    request = sent(kind, symbol)
    assert request["type_filling"] == first
    assert orders.other_filling(request, symbol) == (None if other is None else {"type_filling": other})


GTC, DAY = Lifetime(mt5.ORDER_TIME_GTC), Lifetime(mt5.ORDER_TIME_DAY)
NOON = 1_800_000_000 // 86_400 * 86_400 + 43_200
TONIGHT, TOMORROW = NOON + 3_600, NOON + 86_400
SPECIFIED, SPECIFIED_DAY = mt5.ORDER_TIME_SPECIFIED, mt5.ORDER_TIME_SPECIFIED_DAY


@pytest.mark.parametrize(
    ("bits", "until", "expected"),
    [
        (15, TONIGHT, Lifetime(SPECIFIED, TONIGHT)),
        (7, TOMORROW, Lifetime(SPECIFIED, TOMORROW)),
        (11, TOMORROW, Lifetime(SPECIFIED_DAY, TOMORROW)),
        (3, TONIGHT, DAY),
        (3, TOMORROW, GTC),
        (1, TONIGHT, GTC),
        (2, TONIGHT, DAY),
        (2, TOMORROW, DAY),
    ],
)
def test_a_pending_order_waits_until_the_nearest_end_that_the_symbol_allows(
    bits: int, until: int, expected: Lifetime
) -> None:
    assert lifetime(replace(EURUSD, expiration_mode=bits), until, NOON) == expected


def test_only_an_end_that_names_a_moment_carries_one() -> None:
    assert DAY.fields() == {"type_time": mt5.ORDER_TIME_DAY}
    assert TILL.fields() == {"type_time": mt5.ORDER_TIME_SPECIFIED, "expiration": 1_800_000_000}


def test_a_stop_limit_order_is_not_one_of_ours() -> None:
    assert orders.PendingOrder.of(ORDER) == orders.PendingOrder(LIMIT, Side.BUY, D("1.09"))
    assert orders.PendingOrder.of(replace(ORDER, type=mt5.ORDER_TYPE_BUY_STOP_LIMIT)) is None
