"""pymt5adapter, of 2020: a context manager, keyword calls, Buy, Sell and Close, errors as exceptions."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.paper import hands
from core.paper.server.records import Account
from tests.strangers.conftest import Load
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5


@pytest.fixture
def adapter(load: Load) -> Any:
    return load("pymt5adapter")


def connected(adapter: Any, desk: Desk, **options: Any) -> Any:
    login = {"login": LOGIN, "password": PASSWORD, "server": SERVER, "timeout": 2_000}
    return adapter.connected(path=str(desk.folder), **{"raise_on_errors": True, **login, **options})


@pytest.fixture
def session(adapter: Any, desk: Desk) -> Iterator[Any]:
    with connected(adapter, desk, ensure_trade_enabled=True) as session:
        yield session


@pytest.fixture
def trade(load: Load, session: Any) -> Any:
    return load("pymt5adapter.trade").Trade("EURUSD", magic=5)


def test_a_session_reads_account_terminal_and_ping(adapter: Any, session: Any, desk: Desk) -> None:
    assert session.ping().trade_server == mt5.terminal_info().ping_last
    assert (adapter.account_info().login, adapter.terminal_info().path) == (LOGIN, str(desk.folder))
    assert adapter.version()[0] == 500
    assert isinstance(adapter.account_info(), adapter.types.AccountInfo)


def test_bars_by_keywords(adapter: Any, session: Any) -> None:
    newest = adapter.copy_rates("EURUSD", adapter.TIMEFRAME.H1, count=4)
    assert newest.dtype.names[:5] == ("time", "open", "high", "low", "close")
    last = int(newest["time"][-1])
    same = adapter.copy_rates("EURUSD", adapter.TIMEFRAME.H1, datetime_from=last, count=4)
    assert same["time"].tolist() == newest["time"].tolist()
    ranged = adapter.copy_rates("EURUSD", adapter.TIMEFRAME.H1, datetime_from=last - 3_600, datetime_to=last)
    assert ranged["time"].tolist() == newest["time"].tolist()[-2:]
    assert adapter.copy_rates("EURUSD", "H1", count=4) is None  # what the module raises SystemError for


def test_a_trade_object_buys_protects_and_flattens(adapter: Any, load: Load, trade: Any) -> None:
    assert trade.symbol.normalize_price(1.234567) == 1.23457
    bought = trade.buy(0.1, "adapter")
    assert (bought.retcode, bought.request.magic) == (mt5.TRADE_RETCODE_DONE, 5)
    assert trade.modify_sltp_by_ticks(sl=500, tp=700).retcode == mt5.TRADE_RETCODE_DONE
    [position] = adapter.positions_get(symbol="EURUSD")
    assert round((position.tp - position.sl) * 100_000) == 1_200
    flat = load("pymt5adapter.order").Order.as_flatten(position).send()
    assert flat.retcode == mt5.TRADE_RETCODE_DONE
    assert adapter.positions_get() == ()
    assert [deal.entry for deal in adapter.history_deals_get(position=position.ticket)] == [0, 1]


def test_pending_orders_of_its_order_class(adapter: Any, load: Load, session: Any) -> None:
    order = load("pymt5adapter.order").Order
    placed = order.as_buy_limit(symbol="EURUSD", volume=0.1, price=0.9, comment="later").send()
    [pending] = adapter.orders_get(ticket=placed.order)
    assert (pending.price_open, pending.comment) == (0.9, "later")
    assert order.as_delete_pending(pending).send().retcode == mt5.TRADE_RETCODE_DONE
    assert adapter.orders_total() == 0
    [done] = adapter.history_orders_get(ticket=placed.order)
    assert done.state == adapter.ORDER_STATE.CANCELED


def test_the_modules_own_shortcuts(adapter: Any, session: Any) -> None:
    assert adapter.Buy("EURUSD", 0.1, comment="b").retcode == mt5.TRADE_RETCODE_DONE
    assert adapter.Sell("EURUSD", 0.2, mt5.symbol_info_tick("EURUSD").bid).retcode == mt5.TRADE_RETCODE_DONE
    assert adapter.Close("EURUSD", comment="c") is True
    assert adapter.positions_total() == 0


def test_errors_become_exceptions_with_the_modules_code(adapter: Any, session: Any) -> None:
    with pytest.raises(adapter.MT5Error, match=r"NOT_FOUND|FAIL"):
        adapter.symbol_info("NOPE")
    with pytest.raises(adapter.MT5Error, match=r"INVALID_PARAMS.*comment"):
        adapter.order_send(action=1, symbol="EURUSD", volume=0.1, type=0, comment="x" * 40)
    session.raise_on_errors = False
    assert adapter.symbol_info("NOPE") is None
    assert adapter.Buy("NOPE", 0.1) is None  # the module itself raises AttributeError, which it catches


def test_a_session_that_cannot_begin(adapter: Any, desk: Desk) -> None:
    with pytest.raises(adapter.MT5Error, match="AUTH_FAILED"), connected(adapter, desk, password="wrong"):
        pass
    hands.press_algo_trading(desk.folder, on=False)
    disabled = connected(adapter, desk, ensure_trade_enabled=True)
    with pytest.raises(adapter.MT5Error, match="Auto-Trading is disabled"), disabled:
        pass
    assert mt5.account_info() is None


def test_a_real_account_wants_consent(adapter: Any, desk: Desk) -> None:
    real = {"login": 2002, "password": "pw-bob"}
    account = Account(login=2002, name="Bob", server=SERVER, trade_mode=mt5.ACCOUNT_TRADE_MODE_REAL)
    desk.hands.open_account(account, "pw-bob", 500.0)
    with pytest.raises(adapter.MT5Error, match="Real account trading"), connected(adapter, desk, **real):
        pass
    with connected(adapter, desk, enable_real_trading=True, **real):
        assert adapter.account_info().balance == 500.0


def test_answers_as_dictionaries_and_as_plain_objects(adapter: Any, desk: Desk) -> None:
    with connected(adapter, desk, return_as_dict=True):
        assert adapter.account_info()["login"] == LOGIN
        assert adapter.order_check(action=1, symbol="EURUSD", volume=0.1, type=0)["request"]["volume"] == 0.1
    with connected(adapter, desk, return_as_native_python_objects=True):
        assert isinstance(adapter.copy_rates_from_pos("EURUSD", 1, 0, 2), list)
