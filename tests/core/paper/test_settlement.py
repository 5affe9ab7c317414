"""What the server does while nobody asks: triggers, gaps and week-ends, whenever somebody asks."""

from datetime import UTC, datetime
from typing import Any

import pytest

import core.paper as mt5
from core.paper.calls.structs import Struct
from core.paper.market.plan import Shock
from core.paper.server.records import Account
from core.paper.server.requests import Request
from tests.core.paper.world import LOGIN, World, market_order, opened, sent

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()  # a Wednesday
UP, DOWN = 2.0, -2.0  # percent, far beyond what a quiet minute moves


def _moved(desk: World, percent: float, symbol: str = "EURUSD", over_s: float = 30.0) -> None:
    """A market at noon that will move in a minute."""
    desk.start_at(NOON, shocks=(Shock(symbol, NOON + 60, percent, over_s),))


def _tick(symbol: str = "EURUSD") -> Struct:
    tick = mt5.symbol_info_tick(symbol)
    assert tick is not None
    return tick


def _last_deal() -> Struct:
    return (mt5.history_deals_get(1, 2**32 - 1) or ())[-1]


def _ticks_since(begin: int, symbol: str = "EURUSD") -> Any:
    ticks = mt5.copy_ticks_range(symbol, begin, begin + 600, mt5.COPY_TICKS_ALL)
    assert ticks is not None
    return ticks


@pytest.mark.parametrize(
    ("side", "percent", "stop", "reason"),
    [
        (mt5.ORDER_TYPE_BUY, DOWN, "sl", mt5.DEAL_REASON_SL),
        (mt5.ORDER_TYPE_BUY, UP, "tp", mt5.DEAL_REASON_TP),
        (mt5.ORDER_TYPE_SELL, UP, "sl", mt5.DEAL_REASON_SL),
        (mt5.ORDER_TYPE_SELL, DOWN, "tp", mt5.DEAL_REASON_TP),
    ],
)
def test_stops_trigger_at_the_first_tick_of_their_side(
    desk: World, side: int, percent: float, stop: str, reason: int
) -> None:
    _moved(desk, percent)
    tick = _tick()
    level = round(tick.bid * (1 + percent / 200), 5)
    ticket = opened("EURUSD", side, 0.1, magic=8, **{stop: level})
    desk.pass_time(300)
    assert mt5.positions_get() == ()
    deal = _last_deal()
    assert (deal.reason, deal.entry, deal.position_id, deal.magic) == (reason, mt5.DEAL_ENTRY_OUT, ticket, 8)
    assert deal.comment == f"[{stop} {level}]"
    (order,) = [o for o in mt5.history_orders_get(position=ticket) or () if o.ticket == deal.order]
    assert (order.reason, order.state) == (reason, mt5.ORDER_STATE_FILLED)
    ticks = _ticks_since(tick.time)
    closing = ticks["bid" if side == mt5.ORDER_TYPE_BUY else "ask"]
    beyond = ticks[closing >= level if percent > 0 else closing <= level]
    beyond = beyond[beyond["time_msc"] > tick.time_msc]
    assert (deal.time_msc, deal.price) == (
        beyond[0]["time_msc"],
        closing[ticks["time_msc"] == deal.time_msc][0],
    )


def test_a_short_position_stops_at_the_ask_though_the_bid_never_got_there(desk: World) -> None:
    desk.start_at(NOON)
    now = _tick().time_msc
    desk.hands.broker.refresh(LOGIN)
    ahead = list(desk.hands.broker.market.symbols["EURUSD"].ticks(now, now + 600_000))
    stop = max(tick.ask for tick in ahead)
    opened("EURUSD", mt5.ORDER_TYPE_SELL, 0.1, sl=stop)
    desk.pass_time(590)
    deal = _last_deal()
    assert (deal.reason, deal.price) == (mt5.DEAL_REASON_SL, stop)
    assert max(tick.bid for tick in ahead) < stop


def test_a_buy_stop_is_reached_by_the_ask_though_the_bid_never_got_there(desk: World) -> None:
    desk.start_at(NOON)
    now = _tick().time_msc
    desk.hands.broker.refresh(LOGIN)
    ahead = list(desk.hands.broker.market.symbols["EURUSD"].ticks(now, now + 600_000))
    price = max(tick.ask for tick in ahead)
    sent({
        "action": mt5.TRADE_ACTION_PENDING, "symbol": "EURUSD", "volume": 0.1, "price": price,
        "type": mt5.ORDER_TYPE_BUY_STOP, "type_filling": mt5.ORDER_FILLING_IOC,
    })  # fmt: skip
    desk.pass_time(590)
    assert [position.price_open for position in mt5.positions_get() or ()] == [price]
    assert max(tick.bid for tick in ahead) < price


def test_a_gap_fills_worse_than_the_stop(desk: World) -> None:
    _moved(desk, -5.0, over_s=0.0)
    tick = _tick()
    level = round(tick.bid * 0.99, 5)
    opened("EURUSD", mt5.ORDER_TYPE_BUY, 0.1, sl=level)
    desk.pass_time(300)
    deal = _last_deal()
    assert deal.reason == mt5.DEAL_REASON_SL
    assert deal.price == pytest.approx(tick.bid * 0.95, rel=0.002)


@pytest.mark.parametrize(
    ("order_type", "percent"),
    [(mt5.ORDER_TYPE_BUY_LIMIT, DOWN), (mt5.ORDER_TYPE_SELL_LIMIT, UP), (mt5.ORDER_TYPE_BUY_STOP, UP),
     (mt5.ORDER_TYPE_SELL_STOP, DOWN)],
)  # fmt: skip
def test_pending_orders_become_positions_on_their_side_of_the_spread(
    desk: World, order_type: int, percent: float
) -> None:
    _moved(desk, percent)
    price = round(_tick().bid * (1 + percent / 200), 5)
    result = sent({
        "action": mt5.TRADE_ACTION_PENDING, "symbol": "EURUSD", "volume": 0.1, "type": order_type,
        "price": price, "type_filling": mt5.ORDER_FILLING_FOK, "magic": 3, "comment": "wait",
    })  # fmt: skip
    assert mt5.positions_get() == ()
    desk.pass_time(300)
    assert mt5.orders_get() == ()
    (position,) = mt5.positions_get() or ()
    assert (position.ticket, position.magic, position.comment) == (result.order, 3, "wait")
    assert position.type == order_type % 2
    better = mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_STOP
    assert position.price_open <= price if order_type in better else position.price_open >= price
    (order,) = mt5.history_orders_get(position=position.identifier) or ()
    assert (order.state, order.price_open) == (mt5.ORDER_STATE_FILLED, price)


def test_the_weekend_stands_still_and_monday_opens_with_a_gap(desk: World) -> None:
    friday = datetime(2026, 11, 20, 21, 53, tzinfo=UTC).timestamp()  # 23:53 at the broker
    desk.start_at(friday, always_open=False)
    level = round(_tick().bid * 0.9, 5)
    ticket = opened("EURUSD", mt5.ORDER_TYPE_BUY, 0.1, sl=level)
    desk.pass_time(900)
    last = _tick()
    assert last.time < friday + 7_200 + 120
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_MARKET_CLOSED)
    sent(market_order("EURUSD", 1, 0.1, position=ticket), mt5.TRADE_RETCODE_MARKET_CLOSED)
    sent(market_order("BTCUSD", 0, 0.01))
    desk.pass_time(86_400)
    assert _tick() == last
    desk.pass_time(86_400)
    assert _tick().bid != last.bid
    sent(market_order("EURUSD", 1, 0.1, position=ticket))


def test_what_happened_at_a_weekend_is_met_by_mondays_first_tick(desk: World) -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    desk.start_at(friday, always_open=False, shocks=(Shock("EURUSD", friday + 86_400, -3.0),))
    tick = _tick()
    stop, limit = round(tick.bid * 0.99, 5), round(tick.bid * 0.985, 5)
    stopped = opened("EURUSD", mt5.ORDER_TYPE_BUY, 0.1, sl=stop)
    bought = sent({
        "action": mt5.TRADE_ACTION_PENDING, "symbol": "EURUSD", "volume": 0.1, "price": limit,
        "type": mt5.ORDER_TYPE_BUY_LIMIT, "type_filling": mt5.ORDER_FILLING_RETURN,
    }).order  # fmt: skip
    desk.pass_time(2 * 86_400)
    assert (mt5.positions_total(), mt5.orders_total()) == (1, 1)
    desk.pass_time(86_400)
    monday = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    first = next(row for row in _ticks_since(int(monday)) if row["time"] >= monday)
    (position,) = mt5.positions_get() or ()
    (deal,) = [deal for deal in mt5.history_deals_get(position=stopped) or () if deal.entry]
    assert (position.ticket, position.price_open) == (bought, first["ask"])
    assert (deal.price, deal.reason) == (first["bid"], mt5.DEAL_REASON_SL)
    assert deal.time_msc == position.time_msc == first["time_msc"]
    assert position.price_open < limit


@pytest.mark.parametrize(
    "kind", [mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING, mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING]
)
def test_settling_once_late_equals_settling_all_along(desk: World, kind: int) -> None:
    """Twins with the same orders: one is looked at each ten minutes, the other once after a day."""
    desk.start_at(NOON)
    for login in TWINS:
        desk.hands.open_account(Account(login=login, name="twin", margin_mode=kind), "pw", 3_000.0)
    bid = _tick().bid
    for steps in (4, 6, 8, 10):
        for side, towards in ((0, 1), (1, -1)):
            _place_twice(desk, 4 + side, bid, towards, steps / 10_000)
    for _ in range(144):
        desk.pass_time(600)
        desk.hands.broker.view(TWINS[0])
    watched, left_alone = (_story(desk, login) for login in TWINS)
    assert watched == left_alone
    assert len(watched) > 4


TWINS = (1, 2)


def _place_twice(desk: World, order_type: int, bid: float, towards: int, away: float) -> None:
    request = Request(
        action=mt5.TRADE_ACTION_PENDING, symbol="EURUSD", volume=0.5, type=order_type, type_filling=0,
        price=round(bid * (1 + towards * away), 5), sl=round(bid * (1 - towards * 0.003), 5),
        tp=round(bid * (1 + towards * 0.004), 5),
    )  # fmt: skip
    for login in TWINS:
        assert desk.hands.trade(login, request).retcode == mt5.TRADE_RETCODE_DONE


def _story(desk: World, login: int) -> list[tuple[Any, ...]]:
    """What happened to an account, without the numbers that must differ."""
    desk.hands.broker.view(login)
    deals = desk.hands.broker.book.deals(login, "type", 0, 1)
    return [(d.time_msc, d.type, d.entry, d.reason, d.price, d.profit, d.swap) for d in deals]
