"""mt5py (`MT5pytrader`): a trader that checks everything locally before it asks the broker."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from core.paper import hands
from tests.strangers.conftest import Load
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5

DAY = dt.timedelta(days=1)


@pytest.fixture
def pytrader(load: Load) -> Any:
    return load("MT5pytrader")


@pytest.fixture
def trader(pytrader: Any, desk: Desk) -> Any:
    trader = pytrader.Trader(path=desk.program, magic=31)
    trader.connect(LOGIN, PASSWORD, SERVER)
    return trader


def tick() -> Any:
    return mt5.symbol_info_tick("EURUSD")


def test_positions_are_opened_protected_and_closed_in_parts(trader: Any) -> None:
    opened = trader.open_buy("EURUSD", 0.3, stop_loss=400, take_profit=500)
    assert (opened.status, opened.executed_volume) == ("done", 0.3)
    assert trader.modify_sl(ticket_id=opened.order, sl=tick().bid - 0.01).status == "done"
    assert trader.modify_tp(ticket_id=opened.order, tp=0.0).status == "done"
    [position] = trader.positions(ticket=opened.order)
    assert (position.tp, position.sl < tick().bid) == (0.0, True)
    assert trader.trail_stop(opened.order, 300).status == "done"
    assert trader.trail_stop(opened.order, 900).status == "unchanged"
    assert trader.close_partial_buy(0.34, ticket_id=opened.order).executed_volume == 0.1
    assert trader.close_position(opened.order).executed_volume == 0.2
    assert trader.positions() == ()


@pytest.mark.parametrize(
    ("method", "points"),
    [("open_buy_limit", (-2000,)), ("open_sell_limit", (2000,)), ("open_buy_stop", (2000,)),
     ("open_sell_stop", (-2000,)), ("open_buy_stop_limit", (2000, 1500)),
     ("open_sell_stop_limit", (-2000, -1500))],
)  # fmt: skip
def test_every_kind_of_pending_order(trader: Any, method: str, points: tuple[int, ...]) -> None:
    prices = [round(tick().bid + step * 0.00001, 5) for step in points]
    placed = getattr(trader, method)("EURUSD", *prices, lot=0.1, stop_loss=300, take_profit=300)
    assert placed.accepted, placed
    [order] = trader.get_orders(ticket=placed.order)
    assert (order.price_open, order.price_stoplimit) == (prices[0], prices[1] if len(prices) == 2 else 0.0)
    nearer = round(prices[0] + (100 if points[0] < 0 else -100) * 0.00001, 5)
    assert trader.modify_order(placed.order, price=nearer, sl=0.0, tp=0.0).accepted
    [order] = trader.get_orders(ticket=placed.order)
    assert (order.price_open, order.sl, order.tp) == (nearer, 0.0, 0.0)
    assert trader.cancel_order(placed.order).accepted
    assert trader.get_orders() == ()


def test_an_order_may_expire(trader: Any) -> None:
    expiry = dt.datetime.fromtimestamp(tick().time, dt.UTC) + DAY
    placed = trader.open_buy_limit(
        "EURUSD", tick().bid - 0.02, type_time=mt5.ORDER_TIME_SPECIFIED, expiration=expiry
    )
    assert placed.accepted
    assert trader.get_orders()[0].time_expiration == int(expiry.timestamp())


def test_reports_frames_and_estimates(trader: Any) -> None:
    opened = trader.open_sell("EURUSD", 0.1)
    assert trader.get_open_positions()["ticket"].tolist() == [opened.order]
    trader.close_sell(ticket_id=opened.order)
    now = dt.datetime.fromtimestamp(tick().time, dt.UTC)
    report = trader.performance_report(now - DAY, now + DAY)
    assert (report["deal_count"], report["currency"]) == (2, "USD")
    assert mt5.account_info().balance == pytest.approx(10_000 + report["realized_net"])
    assert len(trader.get_rates("EURUSD", mt5.TIMEFRAME_M1, now - DAY / 24, now)) in (60, 61)
    assert trader.get_ticks("EURUSD", now - DAY / 1440, now)["time_msc"].is_monotonic_increasing
    ask = round(tick().ask, 5)
    risk = trader.calculate_volume("EURUSD", "buy", ask, round(ask - 0.005, 5), 100.0)
    assert (risk.volume, risk.estimated_loss) == (0.2, pytest.approx(100.0))


@dataclass
class Meanwhile:
    """What it waits on between two looks; a person acts in that time."""

    acts: Iterator[Callable[[], object]]

    def is_set(self) -> bool:
        return False

    def wait(self, _interval_s: float) -> bool:
        next(self.acts)()
        return False


def test_it_sees_what_a_person_does_in_the_terminal(trader: Any, desk: Desk) -> None:
    ticket = trader.open_buy("EURUSD", 0.2).order
    person = desk.hands
    acts = (
        lambda: person.move_stops(LOGIN, ticket, 0.9, 0.0),
        lambda: person.close_position(LOGIN, ticket, 0.1),
        lambda: person.open_position(LOGIN, "XAUUSD", mt5.ORDER_TYPE_SELL, 0.01),
        lambda: person.close_position(LOGIN, ticket),
    )
    seen: list[str] = []
    trader.watch_positions(
        lambda event: seen.append(event.kind), max_polls=len(acts) + 1, stop_event=Meanwhile(iter(acts))
    )
    assert seen == ["updated", "updated", "opened", "closed"]


def test_a_broker_that_forbids_is_asked_no_further(trader: Any, pytrader: Any, desk: Desk) -> None:
    hands.press_algo_trading(desk.folder, on=False)
    with pytest.raises(pytrader.TradeError, match="Trading is disabled"):
        trader.open_buy("EURUSD")
    hands.press_algo_trading(desk.folder, on=True)
    refused = trader.open_buy("EURUSD", 90.0)
    assert (refused.status, refused.retcode) == ("rejected", mt5.TRADE_RETCODE_NO_MONEY)
    with pytest.raises(pytrader.TradeError, match=r"symbol_info\(NOPE\) failed") as unknown:
        trader.open_buy("NOPE")
    assert unknown.value.last_error[0] in (-1, -4)
    assert trader.positions() == ()


def test_a_switched_account_and_a_lost_terminal_are_noticed(trader: Any, pytrader: Any) -> None:
    with pytest.raises(pytrader.TradeError, match="login failed") as wrong:
        trader.connect(LOGIN, "wrong", SERVER)
    assert wrong.value.last_error == (-6, "Terminal: Authorization failed")
    trader.connect(LOGIN, PASSWORD, SERVER)
    mt5.shutdown()
    with pytest.raises(pytrader.TradeError, match="account_info failed") as lost:
        trader.positions()
    assert lost.value.last_error == (-10004, "No IPC connection")
