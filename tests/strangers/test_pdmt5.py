"""pdmt5: a client with validation, and the module's answers as data frames."""

import datetime as dt
from typing import Any

import pytest

from core.mt5 import contract
from core.paper import hands
from tests.strangers.conftest import Load
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def pdmt5(load: Load) -> Any:
    return load("pdmt5")


@pytest.fixture
def client(pdmt5: Any, desk: Desk) -> Any:
    config = pdmt5.Mt5Config(path=desk.program, login=LOGIN, password=PASSWORD, server=SERVER, timeout=2_000)
    client = pdmt5.Mt5DataClient(config=config, retry_count=0)
    client.initialize_and_login_mt5()
    return client


def fields(shape: str) -> list[str]:
    return [name for name, _ in contract.SHAPES[shape]]


def broker_now(client: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(client.symbol_info_tick("EURUSD").time, dt.UTC)


def buy(client: Any, **changes: Any) -> dict[str, Any]:
    request = {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1, "type": mt5.ORDER_TYPE_BUY,
        "price": client.symbol_info_tick("EURUSD").ask, "deviation": 20, "magic": 77, "comment": "pdmt5",
        "type_time": mt5.ORDER_TIME_GTC, "type_filling": mt5.ORDER_FILLING_FOK,
    }  # fmt: skip
    return request | changes


def test_frames_have_the_fields_of_the_structs(client: Any) -> None:
    client.order_send(buy(client))
    client.order_send(buy(client, action=5, type=2, price=0.5, type_filling=mt5.ORDER_FILLING_RETURN))
    since, until = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), broker_now(client) + DAY
    client.market_book_add("EURUSD")
    frames = {
        "AccountInfo": client.account_info_as_df(),
        "TerminalInfo": client.terminal_info_as_df(),
        "SymbolInfo": client.symbols_get_as_df(),
        "Tick": client.symbol_info_tick_as_df("EURUSD"),
        "TradePosition": client.positions_get_as_df(),
        "TradeOrder": client.orders_get_as_df(),
        "TradeDeal": client.history_deals_get_as_df(since, until),
        "BookInfo": client.market_book_get_as_df("EURUSD"),
    }
    assert {name: list(frame.columns) for name, frame in frames.items()} == {
        name: fields(name) for name in frames
    }
    assert all(len(frame) for frame in frames.values())
    assert len(client.history_orders_get_as_df(since, until)) == client.history_orders_total(since, until)
    assert client.version_as_dict()["mt5_terminal_version"] == 500
    assert client.last_error_as_dict() == {"error_code": 1, "error_description": "Success"}


def test_bars_and_ticks_come_as_frames_in_time(client: Any, pdmt5: Any) -> None:
    now, hourly = broker_now(client), pdmt5.TIMEFRAME_MAP["H1"]
    newest = client.copy_rates_from_pos_as_df("EURUSD", hourly, 0, 5)
    assert list(newest.columns) == [
        "time",
        "open",
        "high",
        "low",
        "close",
        "tick_volume",
        "spread",
        "real_volume",
    ]
    assert newest["time"].is_monotonic_increasing
    assert (
        client.copy_rates_from_as_df("EURUSD", hourly, now, 3)["time"].tolist()
        == newest["time"].tolist()[-3:]
    )
    ranged = client.copy_rates_range_as_df("EURUSD", pdmt5.TIMEFRAME_MAP["M1"], now - HOUR, now)
    assert len(ranged) in (60, 61)
    ticks = client.copy_ticks_range_as_df("EURUSD", now - HOUR / 60, now, pdmt5.COPY_TICKS_MAP["ALL"])
    assert ticks["time_msc"].is_monotonic_increasing
    assert (ticks["ask"] > ticks["bid"]).all()
    assert len(client.copy_ticks_from_as_df("EURUSD", now - HOUR, 7, pdmt5.COPY_TICKS_MAP["ALL"])) == 7


def test_an_order_lives_its_life(client: Any) -> None:
    before = client.account_info().balance
    assert client.order_check_as_dict(buy(client))["retcode"] == 0
    done = client.order_send_as_dict(buy(client))
    assert (done["retcode"], done["request"]["magic"]) == (mt5.TRADE_RETCODE_DONE, 77)
    [position] = client.positions_get_as_dicts(symbol="EURUSD")
    assert (position["ticket"], position["comment"]) == (done["order"], "pdmt5")
    stops = {
        "action": mt5.TRADE_ACTION_SLTP,
        "symbol": "EURUSD",
        "position": done["order"],
        "sl": 0.9,
        "tp": 1.9,
    }
    assert client.order_send(stops).retcode == mt5.TRADE_RETCODE_DONE
    assert client.positions_get(ticket=done["order"])[0].sl == 0.9
    closing = buy(client, type=mt5.ORDER_TYPE_SELL, position=done["order"])
    assert client.order_send(closing).retcode == mt5.TRADE_RETCODE_DONE
    assert client.positions_total() == 0
    deals = client.history_deals_get_as_df(position=done["order"], index_keys=None)
    assert deals["entry"].tolist() == [mt5.DEAL_ENTRY_IN, mt5.DEAL_ENTRY_OUT]
    paid = deals[["profit", "commission", "swap", "fee"]].sum().sum()
    assert client.account_info().balance == pytest.approx(before + paid)


def test_pending_orders_are_placed_changed_and_removed(client: Any) -> None:
    placed = client.order_send(
        buy(client, action=5, type=2, price=0.9, type_filling=mt5.ORDER_FILLING_RETURN)
    )
    change = {"action": mt5.TRADE_ACTION_MODIFY, "order": placed.order, "price": 0.8, "symbol": "EURUSD"}
    assert client.order_send(change).retcode == mt5.TRADE_RETCODE_DONE
    assert client.orders_get_as_df(ticket=placed.order)["price_open"].tolist() == [0.8]
    assert client.order_send({"action": mt5.TRADE_ACTION_REMOVE, "order": placed.order}).retcode == 10009
    assert client.orders_total() == 0


def test_failures_are_told_in_its_own_error_with_the_modules_words(
    client: Any, pdmt5: Any, desk: Desk
) -> None:
    with pytest.raises(pdmt5.Mt5RuntimeError, match=r"symbol_info returned None: last_error=\(-4"):
        client.symbol_info("NOPE")
    with pytest.raises(pdmt5.Mt5RuntimeError, match=r"\(-2, 'Invalid \"volume\" argument'\)"):
        client.order_send(buy(client, volume=1))
    with pytest.raises(pdmt5.Mt5RuntimeError, match=r"\(-6, 'Terminal: Authorization failed'\)"):
        client.initialize_and_login_mt5(password="wrong")
    with pytest.raises(pdmt5.Mt5RuntimeError, match=r"-10003"):
        client.initialize_and_login_mt5(path=str(desk.folder.parent / "nowhere" / "terminal64.exe"))
    client.shutdown()
    with pytest.raises(pdmt5.Mt5RuntimeError, match=r"-10003"):  # it initialises by itself, with no path
        client.account_info()


def test_a_refusal_of_the_broker_is_an_answer(client: Any, desk: Desk) -> None:
    hands.press_algo_trading(desk.folder, on=False)
    assert client.order_send(buy(client)).retcode == mt5.TRADE_RETCODE_CLIENT_DISABLES_AT
    hands.press_algo_trading(desk.folder, on=True)
    assert client.order_check(buy(client, volume=90.0)).retcode == mt5.TRADE_RETCODE_NO_MONEY
    hands.disable_api(desk.folder)
    with pytest.raises(Exception, match=r"-8"):
        client.order_send(buy(client))
