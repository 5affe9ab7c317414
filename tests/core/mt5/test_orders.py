"""Requests are what the module takes: plain floats, every field that matters, rounded as the broker wants."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Order, MT5Position, Quote
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5 import orders
from core.mt5.errors import InvalidRequest
from core.mt5.orders import Stops, Tag

D = Decimal
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EURUSD = Instrument(
    symbol="EURUSD",
    digits=5,
    point=D("0.00001"),
    tick_size=D("0.00001"),
    tick_value=D(1),
    contract_size=D(100_000),
    volume_min=D("0.01"),
    volume_max=D(50),
    volume_step=D("0.01"),
    stops_level_points=10,
    freeze_level_points=0,
    filling_mode=1,
    execution_mode=mt5.SYMBOL_TRADE_EXECUTION_MARKET,
    trade_mode=4,
)
QUOTE = Quote("EURUSD", D("1.10000"), D("1.10012"), NOW, NOW)
TAG = Tag(2**62 + 1, "td1a2b3c")


def position(side: Side = Side.BUY, ticket: int = 7, volume: str = "0.30") -> MT5Position:
    return MT5Position(
        ticket=ticket,
        identifier=6,
        symbol="EURUSD",
        side=side,
        volume=D(volume),
        price_open=D("1.1"),
        price_current=D("1.1"),
        stop_loss=None,
        take_profit=None,
        profit=D(0),
        swap=D(0),
        magic=0,
        comment="",
        opened_at=NOW,
        updated_at=NOW,
        reason=3,
    )


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
    orders.close(EURUSD, position(), QUOTE, TAG, 20),
    orders.close_by(position(), position(Side.SELL, 8), TAG),
    orders.modify_stops(EURUSD, position(), Stops(D("1.09"))),
    orders.pending(EURUSD, OrderKind.LIMIT, Side.SELL, D("0.1"), D("1.12"), Stops(), TAG, 1_800_000_000),
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
    long = orders.close(EURUSD, position(), QUOTE, TAG, 20)
    assert (long["type"], long["price"], long["position"], long["volume"]) == (1, 1.1, 7, 0.3)
    part = orders.close(EURUSD, position(Side.SELL), QUOTE, TAG, 20, volume=D("0.128"))
    assert (part["type"], part["price"], part["volume"]) == (0, 1.10012, 0.12)


def test_a_remainder_below_the_smallest_lot_can_still_be_closed_whole() -> None:
    assert orders.close(EURUSD, position(volume="0.005"), QUOTE, TAG, 20)["volume"] == 0.005


def test_modify_stops_always_sends_both() -> None:
    request = orders.modify_stops(EURUSD, position(), Stops(None, D("1.123456")))
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
        lambda: orders.close(EURUSD, position(), QUOTE, TAG, 20, volume=D("0.31")),
        lambda: orders.close_by(position(), position(), TAG),
        lambda: orders.pending(EURUSD, OrderKind.MARKET, Side.BUY, D(1), D(1), Stops(), TAG),
    ],
)
def test_what_no_broker_takes_is_misuse(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidRequest):
        make()


@pytest.mark.parametrize(
    ("execution", "mode", "market_filling", "limit_filling", "stop_filling"),
    [
        (mt5.SYMBOL_TRADE_EXECUTION_MARKET, 1, 0, 2, 0),
        (mt5.SYMBOL_TRADE_EXECUTION_MARKET, 2, 1, 2, 1),
        (mt5.SYMBOL_TRADE_EXECUTION_MARKET, 3, 0, 2, 0),
        (mt5.SYMBOL_TRADE_EXECUTION_INSTANT, 2, 1, 1, 1),
        (mt5.SYMBOL_TRADE_EXECUTION_REQUEST, 0, 0, 0, 0),
        (mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE, 0, 2, 2, 2),
        (mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE, 3, 2, 2, 2),
    ],
)
def test_filling_by_symbol_and_execution(
    execution: int, mode: int, market_filling: int, limit_filling: int, stop_filling: int
) -> None:
    symbol = replace(EURUSD, execution_mode=execution, filling_mode=mode)
    assert orders.market_filling(symbol) == market_filling
    assert orders.pending_filling(symbol, OrderKind.LIMIT) == limit_filling
    assert orders.pending_filling(symbol, OrderKind.STOP) == stop_filling


def test_after_10030_the_other_allowed_policy_or_none() -> None:
    both = replace(EURUSD, filling_mode=3)
    first = market()
    second = orders.with_other_filling(first, both)
    assert second == {**first, "type_filling": mt5.ORDER_FILLING_IOC}
    instant = replace(EURUSD, execution_mode=mt5.SYMBOL_TRADE_EXECUTION_INSTANT)
    assert orders.with_other_filling(first, instant) is None


@pytest.mark.parametrize(
    ("side", "loss", "profit", "nearest"),
    [
        (Side.BUY, "1.09990", "1.10010", None),
        (Side.BUY, "1.09991", None, "1.09990"),
        (Side.BUY, None, "1.10009", "1.10010"),
        (Side.BUY, "1.20000", None, "1.09990"),
        (Side.SELL, "1.10022", "1.10002", None),
        (Side.SELL, "1.10021", None, "1.10022"),
        (Side.SELL, None, "1.10003", "1.10002"),
    ],
)
def test_stops_keep_their_distance_from_the_closing_side(
    side: Side, loss: str | None, profit: str | None, nearest: str | None
) -> None:
    stops = Stops(D(loss) if loss else None, D(profit) if profit else None)
    obstacle = orders.stops_obstacle(EURUSD, side, QUOTE, stops)
    assert (obstacle is None) if nearest is None else (obstacle is not None and nearest in obstacle)


@pytest.mark.parametrize(
    ("kind", "side", "price", "valid"),
    [
        (OrderKind.LIMIT, Side.BUY, "1.10002", True),
        (OrderKind.LIMIT, Side.BUY, "1.10003", False),
        (OrderKind.STOP, Side.BUY, "1.10022", True),
        (OrderKind.STOP, Side.BUY, "1.10012", False),
        (OrderKind.LIMIT, Side.SELL, "1.10010", True),
        (OrderKind.LIMIT, Side.SELL, "1.09000", False),
        (OrderKind.STOP, Side.SELL, "1.09990", True),
        (OrderKind.STOP, Side.SELL, "1.09995", False),
    ],
)
def test_a_pending_order_keeps_its_distance_from_the_market(
    kind: OrderKind, side: Side, price: str, valid: bool
) -> None:
    obstacle = orders.pending_obstacle(EURUSD, kind, side, D(price), QUOTE, Stops())
    assert (obstacle is None) is valid


def test_a_pending_order_measures_its_stops_from_its_own_price() -> None:
    price = D("1.09000")
    near, far = Stops(D("1.08995")), Stops(D("1.08990"), D("1.09010"))
    assert orders.pending_obstacle(EURUSD, OrderKind.LIMIT, Side.BUY, price, QUOTE, far) is None
    obstacle = orders.pending_obstacle(EURUSD, OrderKind.LIMIT, Side.BUY, price, QUOTE, near)
    assert obstacle is not None
    assert "1.08990" in obstacle
