"""Time policies: which a symbol offers, when each ends, and that the end is the broker's own."""

from typing import Any

import pytest

import core.paper as mt5
from core.paper.calls.structs import Struct
from core.paper.market.plan import Shock
from tests.core.paper.scenes import (
    NOON,
    done_order,
    offer,
    orders,
    pending,
    positions,
    quote,
    settled_at_noon,
)
from tests.core.paper.world import World, sent

GTC, DAY, SPECIFIED, SPECIFIED_DAY = range(4)
DAY_S = 86_400
BUY_LIMIT, STOP_LIMIT = mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_BUY_STOP_LIMIT


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for policy in range(4):
        offer(monkeypatch, f"ONLY{policy}", expiration_mode=1 << policy)


@pytest.fixture
def noon(desk: World) -> World:
    settled_at_noon(desk)
    return desk


def _far(symbol: str = "EURUSD", **fields: Any) -> dict[str, Any]:
    return pending(symbol, BUY_LIMIT, round(quote(symbol).bid * 0.8, 5), **fields)


def _midnight() -> int:
    """The end of the broker's day, in its own seconds."""
    return int(quote("EURUSD").time // DAY_S + 1) * DAY_S


def _placed(request: dict[str, Any]) -> Struct:
    (order,) = orders(ticket=sent(request).order)
    return order


@pytest.mark.parametrize("offered", range(4))
def test_a_symbol_offers_the_policies_of_its_expiration_mode(noon: World, offered: int) -> None:
    for policy in (*range(4), 4, 77):
        request = _far(f"ONLY{offered}", type_time=policy, expiration=_midnight() + 60)
        retcode = mt5.TRADE_RETCODE_DONE if policy == offered else mt5.TRADE_RETCODE_INVALID_EXPIRATION
        sent(request, retcode)


@pytest.mark.parametrize(
    ("policy", "expiration", "ends"),
    [
        (GTC, 0, None),
        (DAY, 0, 0),
        (SPECIFIED, 3_600, 3_600),
        (SPECIFIED_DAY, 3_600, DAY_S),
        (SPECIFIED_DAY, -3_600, 0),
    ],
)
def test_an_order_ends_when_its_policy_says(
    noon: World, policy: int, expiration: int, ends: int | None
) -> None:
    """Times are counted from the next midnight of the broker."""
    midnight = _midnight()
    order = _placed(_far(type_time=policy, expiration=midnight + expiration if policy >= SPECIFIED else 0))
    expected = 0 if ends is None else midnight + ends
    assert (order.type_time, order.time_expiration) == (policy, expected)
    last = expected or midnight + 3 * DAY_S
    noon.pass_time(last - quote("EURUSD").time - 60)
    assert len(orders()) == 1
    noon.pass_time(120)
    assert len(orders()) == (ends is None)
    if ends is not None:
        done = done_order(order.ticket)
        assert (done.state, done.time_done) == (mt5.ORDER_STATE_EXPIRED, expected)
        assert done.volume_current == 0.1


@pytest.mark.parametrize("policy", [SPECIFIED, SPECIFIED_DAY])
def test_an_end_must_lie_ahead(noon: World, policy: int) -> None:
    for expiration in (0, _midnight() - 2 * DAY_S):
        request = _far(type_time=policy, expiration=expiration)
        sent(request, mt5.TRADE_RETCODE_INVALID_EXPIRATION)


def test_an_end_can_be_changed(noon: World) -> None:
    order = _placed(_far(type_time=SPECIFIED, expiration=_midnight()))
    change = {"action": mt5.TRADE_ACTION_MODIFY, "order": order.ticket, "price": order.price_open}
    sent(change | {"type_time": SPECIFIED, "expiration": _midnight()}, mt5.TRADE_RETCODE_NO_CHANGES)
    sent(change | {"type_time": SPECIFIED, "expiration": _midnight() + 60})
    noon.pass_time(DAY_S)
    assert orders() == ()
    later = _placed(_far())
    noon.pass_time(DAY_S)
    sent(change | {"order": later.ticket, "price": later.price_open, "type_time": DAY})
    assert orders()[0].time_expiration == _midnight()


def test_an_order_expires_though_the_market_is_closed(desk: World) -> None:
    desk.start_at(NOON + 2 * DAY_S, always_open=False)  # a Friday
    ends = _midnight() + 3_600
    order = _placed(_far(type_time=SPECIFIED, expiration=ends))
    desk.pass_time(DAY_S)
    assert orders() == ()
    assert (done_order(order.ticket).state, done_order(order.ticket).time_done) == (6, ends)


def test_an_order_that_has_expired_is_not_activated_by_what_came_later(desk: World) -> None:
    desk.start_at(NOON, shocks=(Shock("EURUSD", NOON + 180, -3.0),))
    tick = quote("EURUSD")
    request = pending("EURUSD", BUY_LIMIT, round(tick.bid * 0.99, 5))
    early = _placed(request | {"type_time": SPECIFIED, "expiration": tick.time + 120})
    late = _placed(request | {"type_time": SPECIFIED, "expiration": tick.time + 300})
    desk.pass_time(600)
    assert [p.ticket for p in positions()] == [late.ticket]
    assert done_order(early.ticket).state == mt5.ORDER_STATE_EXPIRED


# -- stop-limit orders


def test_a_stop_limit_becomes_a_limit_under_its_ticket_and_then_fills(desk: World) -> None:
    desk.start_at(NOON, shocks=(Shock("EURUSD", NOON + 60, 1.0), Shock("EURUSD", NOON + 120, -2.0)))
    ask = quote("EURUSD").ask
    stop, limit = round(ask * 1.005, 5), round(ask * 0.995, 5)
    sent(
        pending("EURUSD", STOP_LIMIT, stop, stoplimit=round(stop * 1.01, 5)), mt5.TRADE_RETCODE_INVALID_PRICE
    )
    order = _placed(pending("EURUSD", STOP_LIMIT, stop, stoplimit=limit, magic=4))
    assert (order.type, order.price_open, order.price_stoplimit) == (STOP_LIMIT, stop, limit)
    desk.pass_time(90)
    (active,) = orders()
    assert (active.ticket, active.type, active.price_open) == (order.ticket, BUY_LIMIT, limit)
    assert (active.price_stoplimit, positions()) == (0.0, ())
    desk.pass_time(90)
    (position,) = positions()
    assert (position.ticket, position.magic) == (order.ticket, 4)
    assert position.price_open <= limit


def test_stops_of_a_stop_limit_lie_around_its_limit(noon: World) -> None:
    ask = quote("EURUSD").ask
    stop, limit = round(ask * 1.1, 5), round(ask * 1.05, 5)
    between = pending("EURUSD", STOP_LIMIT, stop, stoplimit=limit, sl=round(ask * 1.07, 5))
    sent(between, mt5.TRADE_RETCODE_INVALID_STOPS)
    sent(between | {"sl": round(ask * 1.04, 5), "tp": round(ask * 1.06, 5)})


def test_a_stop_limit_is_modified_in_both_prices(noon: World) -> None:
    ask = quote("EURUSD").ask
    order = _placed(pending("EURUSD", STOP_LIMIT, round(ask * 1.1, 5), stoplimit=round(ask * 1.05, 5)))
    change = {"action": mt5.TRADE_ACTION_MODIFY, "order": order.ticket, "price": round(ask * 1.2, 5)}
    sent(change | {"stoplimit": round(ask * 1.3, 5)}, mt5.TRADE_RETCODE_INVALID_PRICE)
    sent(change | {"stoplimit": round(ask * 1.15, 5)})
    (changed,) = orders()
    assert (changed.price_open, changed.price_stoplimit) == (round(ask * 1.2, 5), round(ask * 1.15, 5))
