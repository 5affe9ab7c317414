"""What the broker would refuse is said before, with the nearest level that it would take."""

from dataclasses import replace

import pytest

from core.model.instruments import Side
from core.model.signals import OrderKind
from core.mt5 import levels
from core.mt5.orders import PendingOrder, Stops
from tests.core.mt5.samples import EURUSD, QUOTE, D, a_position

MARKET, LIMIT, STOP = OrderKind.MARKET, OrderKind.LIMIT, OrderKind.STOP


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
    obstacle = levels.stops_obstacle(EURUSD, side, QUOTE, stops)
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
    obstacle = levels.pending_obstacle(EURUSD, kind, side, D(price), QUOTE, Stops())
    assert (obstacle is None) is valid


def test_a_pending_order_measures_its_stops_from_its_own_price() -> None:
    price = D("1.09000")
    near, far = Stops(D("1.08995")), Stops(D("1.08990"), D("1.09010"))
    assert levels.pending_obstacle(EURUSD, OrderKind.LIMIT, Side.BUY, price, QUOTE, far) is None
    obstacle = levels.pending_obstacle(EURUSD, OrderKind.LIMIT, Side.BUY, price, QUOTE, near)
    assert obstacle is not None
    assert "1.08990" in obstacle


@pytest.mark.parametrize(
    ("side", "loss", "profit", "points"),
    [
        (Side.BUY, "1.09994", "1.10006", None),
        (Side.BUY, "1.09995", None, 5),
        (Side.BUY, None, "1.10001", 1),
        (Side.SELL, "1.10018", "1.10006", None),
        (Side.SELL, "1.10017", None, 5),
        (Side.SELL, None, "1.10010", 2),
        (Side.BUY, None, None, None),
    ],
)
def test_a_position_whose_stop_is_near_the_market_is_frozen(
    side: Side, loss: str | None, profit: str | None, points: int | None
) -> None:
    sentence = levels.frozen_position(EURUSD, a_position(side, loss=loss, profit=profit), QUOTE)
    assert (sentence is None) if points is None else (f"is {points} points from" in str(sentence))
    without = replace(EURUSD, freeze_level_points=0)
    assert levels.frozen_position(without, a_position(side, loss=loss, profit=profit), QUOTE) is None


@pytest.mark.parametrize(
    ("kind", "side", "price", "frozen"),
    [
        (LIMIT, Side.BUY, "1.10007", True),
        (LIMIT, Side.BUY, "1.10006", False),
        (STOP, Side.SELL, "1.09995", True),
        (STOP, Side.SELL, "1.09994", False),
    ],
)
def test_a_pending_order_near_the_market_is_frozen(
    kind: OrderKind, side: Side, price: str, frozen: bool
) -> None:
    sentence = levels.frozen_order(EURUSD, PendingOrder(kind, side, D(price)), QUOTE)
    assert (sentence is not None) is frozen


@pytest.mark.parametrize(
    ("trade_mode", "order_mode", "kind", "side", "stops", "words"),
    [
        (4, 127, MARKET, Side.BUY, Stops(D(1), D(2)), None),
        (0, 127, MARKET, Side.BUY, Stops(), "cannot be traded"),
        (3, 127, MARKET, Side.BUY, Stops(), "only be closed"),
        (1, 127, MARKET, Side.SELL, Stops(), "only be bought"),
        (1, 127, MARKET, Side.BUY, Stops(), None),
        (2, 127, LIMIT, Side.BUY, Stops(), "only be sold"),
        (4, 125, LIMIT, Side.BUY, Stops(), "no limit orders"),
        (4, 123, STOP, Side.BUY, Stops(), "no stop orders"),
        (4, 126, MARKET, Side.BUY, Stops(), "no market orders"),
        (4, 111, MARKET, Side.BUY, Stops(D(1)), "no stop losses"),
        (4, 95, MARKET, Side.BUY, Stops(None, D(2)), "no take profits"),
    ],
)
def test_what_the_broker_does_not_offer_is_named(
    trade_mode: int, order_mode: int, kind: OrderKind, side: Side, stops: Stops, words: str | None
) -> None:
    symbol = replace(EURUSD, trade_mode=trade_mode, order_mode=order_mode)
    sentence = levels.offer_obstacle(symbol, kind, side, stops)
    assert (sentence is None) if words is None else (words in str(sentence))


def test_the_limit_of_lots_on_one_side_is_named_with_what_is_there() -> None:
    assert levels.volume_obstacle(EURUSD, D("0.5"), D("1.5")) is None
    sentence = levels.volume_obstacle(EURUSD, D("0.6"), D("1.5"))
    assert sentence == (
        "The broker allows 2 lots of EURUSD on one side; with 1.5 there and 0.6 more it would be 2.1."
    )
    assert levels.volume_obstacle(replace(EURUSD, volume_limit=D(0)), D(500), D(500)) is None
