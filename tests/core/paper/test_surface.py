"""The surface: the module's names, constants, struct shapes, call classes and failures."""

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import core.paper as mt5
from core.mt5 import contract
from core.paper import hands
from tests.core.paper.world import LOGIN, World, market_order, opened

FUNCTIONS = {
    "initialize", "login", "shutdown", "version", "last_error", "terminal_info", "account_info",
    "symbols_total", "symbols_get", "symbol_info", "symbol_info_tick", "symbol_select",
    "market_book_add", "market_book_get", "market_book_release",
    "copy_rates_from", "copy_rates_from_pos", "copy_rates_range", "copy_ticks_from", "copy_ticks_range",
    "orders_total", "orders_get", "positions_total", "positions_get",
    "history_orders_total", "history_orders_get", "history_deals_total", "history_deals_get",
    "order_check", "order_send", "order_calc_margin", "order_calc_profit", "Buy", "Sell", "Close",
}  # fmt: skip


def test_every_function_is_there() -> None:
    assert [name for name in FUNCTIONS if not callable(getattr(mt5, name, None))] == []
    assert set(contract.FUNCTIONS) == FUNCTIONS - {"Buy", "Sell", "Close"}


def test_constants_have_the_values_of_the_contract() -> None:
    assert len(contract.CONSTANTS) == 223
    assert {name: getattr(mt5, name) for name in contract.CONSTANTS} == dict(contract.CONSTANTS)
    assert (mt5.TIMEFRAME_H1, mt5.TIMEFRAME_MN1, mt5.TRADE_ACTION_SLTP, mt5.TRADE_RETCODE_DONE) == (
        16385, 49153, 6, 10009,
    )  # fmt: skip


@pytest.mark.parametrize("name", contract.SHAPES)
def test_structs_are_tuples_with_names_and_no_more(name: str) -> None:
    shape = contract.SHAPES[name]
    struct: Any = getattr(mt5, name)(range(len(shape)))
    assert issubclass(type(struct), tuple)
    assert list(struct._asdict()) == [field for field, _ in shape] == list(struct.__match_args__)
    assert getattr(struct, shape[-1][0]) == struct[-1] == len(shape) - 1
    assert not [extra for extra in ("_fields", "_replace", "_make") if hasattr(struct, extra)]
    with pytest.raises(TypeError, match="sequence"):
        getattr(mt5, name)(range(len(shape) - 1))
    with pytest.raises(AttributeError):
        setattr(struct, shape[0][0], 1)


def test_structs_cannot_be_pickled(desk: World) -> None:
    with pytest.raises(pickle.PicklingError, match="AccountInfo"):
        pickle.dumps(mt5.account_info())


def test_structs_hold_the_types_of_the_contract(desk: World) -> None:
    opened("XAUUSD", mt5.ORDER_TYPE_BUY, sl=1.0)
    pending = {"action": 5, "symbol": "EURUSD", "volume": 0.1, "type": 2, "price": 0.5, "type_filling": 2}
    result = mt5.order_send(pending)
    mt5.market_book_add("EURUSD")
    live = {
        "AccountInfo": mt5.account_info(),
        "TerminalInfo": mt5.terminal_info(),
        "SymbolInfo": mt5.symbol_info("USDJPY"),
        "Tick": mt5.symbol_info_tick("BTCUSD"),
        "TradePosition": (mt5.positions_get() or ())[0],
        "TradeOrder": (mt5.orders_get() or ())[0],
        "TradeDeal": (mt5.history_deals_get(1, 2**32 - 1) or ())[0],
        "OrderSendResult": result,
        "OrderCheckResult": mt5.order_check(market_order("EURUSD", 0, 0.1)),
        "TradeRequest": result.request if result else None,
        "BookInfo": (mt5.market_book_get("EURUSD") or ())[0],
    }
    for name, struct in live.items():
        assert struct is not None, name
        for (field, kind), value in zip(contract.SHAPES[name], struct, strict=True):
            assert kind is object or type(value) is kind, (name, field, value)


def test_asdict_leaves_the_request_nested(desk: World) -> None:
    result = mt5.order_send(market_order("EURUSD", 0, 0.1, magic=5))
    assert result is not None
    assert isinstance(result._asdict()["request"], mt5.TradeRequest)
    assert result.request.magic == 5


@pytest.mark.parametrize("name", contract.CALLS_WITHOUT_ARGUMENTS)
def test_calls_without_arguments_take_none(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(mt5, name)(1)


@pytest.mark.parametrize("name", contract.CALLS_POSITIONAL)
def test_positional_calls_refuse_keywords(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(mt5, name)(symbol="EURUSD")


CALLS: dict[str, tuple[Any, ...]] = {
    "version": (), "terminal_info": (), "account_info": (), "symbols_total": (), "positions_total": (),
    "orders_total": (), "symbols_get": (), "positions_get": (), "orders_get": (),
    "symbol_info": ("EURUSD",), "symbol_info_tick": ("EURUSD",), "market_book_get": ("EURUSD",),
    "copy_rates_from": ("EURUSD", 1, 1_700_000_000, 3), "copy_rates_from_pos": ("EURUSD", 1, 0, 3),
    "copy_rates_range": ("EURUSD", 1, 1_700_000_000, 1_700_000_100),
    "copy_ticks_from": ("EURUSD", 1_700_000_000, 3, -1),
    "copy_ticks_range": ("EURUSD", 1_700_000_000, 1_700_000_001, -1),
    "history_orders_total": (1, 2), "history_deals_total": (1, 2),
    "history_orders_get": (1, 2), "history_deals_get": (1, 2),
    "order_check": ({},), "order_send": ({},),
    "order_calc_margin": (0, "EURUSD", 0.1, 1.1), "order_calc_profit": (0, "EURUSD", 0.1, 1.1, 1.2),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_every_call_fails_without_a_connection(name: str) -> None:
    mt5.shutdown()
    assert getattr(mt5, name)(*CALLS[name]) is None
    assert mt5.last_error() == (-10004, "No IPC connection")
    assert mt5.shutdown() is True
    assert mt5.last_error() == (1, "Success")


def test_initialize_names_what_is_wrong(world: World) -> None:
    assert mt5.initialize(str(world.folder / "nowhere")) is False
    assert mt5.last_error()[0] == -10003
    assert mt5.initialize(str(world.folder), login=LOGIN, password="wrong") is False
    assert mt5.last_error() == (-6, "Terminal: Authorization failed")
    assert mt5.initialize(str(world.folder), login="1001") is False
    assert mt5.last_error() == (-2, 'Invalid "login" argument')
    assert mt5.initialize(str(world.folder), timeout=100) is False  # signed in to no account
    assert mt5.last_error()[0] == -10005
    assert world.initialize() is True
    assert mt5.initialize(str(world.folder / "terminal64.exe")) is True  # the account is saved by now


@pytest.mark.parametrize("path", ["x" * 5_000, "a\0b", "\ud800", ".exe", "/", "relative/nowhere"])
def test_a_path_that_names_no_terminal(path: str) -> None:
    assert mt5.initialize(path) is False
    assert mt5.last_error()[0] == -10003


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"watch": []}', '{"book": "b", "watch": [], "unheard_of": 1}']
)
def test_a_terminal_whose_file_is_spoilt_is_gone(desk: World, text: str) -> None:
    (desk.folder / "terminal.json").write_text(text)
    assert mt5.account_info() is None
    assert mt5.last_error()[0] == -10001
    assert mt5.initialize(str(desk.folder)) is False
    assert mt5.last_error()[0] < -10000


def test_a_book_that_is_spoilt_fails_the_call_and_ends_nothing_else(world: World) -> None:
    (world.folder.parent / "spoilt").write_bytes(b"no book" * 1_000)
    hands.install_terminal(world.folder, world.folder.parent / "spoilt")
    assert world.initialize() is False
    assert mt5.last_error()[0] == -10002
    assert mt5.account_info() is None
    hands.install_terminal(world.folder, world.book)
    assert world.initialize() is True


def test_initialize_without_a_path_takes_the_terminal_of_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAPDESK_PAPER_TERMINAL", raising=False)
    assert mt5.initialize() is False
    assert mt5.last_error()[0] == -10003
    assert world.initialize()
    monkeypatch.setenv("TAPDESK_PAPER_TERMINAL", str(world.folder))
    assert mt5.initialize() is True


def test_importing_the_terminal_stays_light() -> None:
    probe = "import sys, core.paper; print(sorted({'numpy', 'asyncio', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_symbols_by_group_and_market_watch(desk: World) -> None:
    found = mt5.symbols_get("EUR*,!*JPY,!*.r")
    assert found
    assert [info.name for info in found] == ["EURUSD", "EURGBP"]
    assert mt5.symbols_get(group="nothing") == ()
    assert mt5.symbols_get(5) is False
    assert mt5.symbol_info("EURUSD.x") is None
    assert mt5.last_error()[0] in (-1, -4)
    assert mt5.symbol_select("EURUSD", False) is True
    assert mt5.symbol_info_tick("EURUSD") is None
    info = mt5.symbol_info("EURUSD")
    assert info is not None
    assert (info.select, info.bid) == (False, 0.0)
    assert mt5.symbol_select("EURUSD") is True
    assert mt5.symbol_info_tick("EURUSD") is not None


def test_positions_are_filtered_as_the_module_does(desk: World) -> None:
    euro, gold = opened("EURUSD", 0), opened("XAUUSD", 1, 0.01)
    tickets = [{p.ticket for p in mt5.positions_get(**f) or ()} for f in (
        {"ticket": euro, "symbol": "XAUUSD"}, {"symbol": "XAUUSD", "group": "EUR*"}, {"group": "!EUR*,*"},
        {"misspelt": 1}, {"symbol": "GBPUSD"},
    )]  # fmt: skip
    assert tickets == [{euro}, {gold}, {euro, gold}, {euro, gold}, set()]
    assert mt5.positions_get(ticket=999) == ()
    assert mt5.last_error() == (1, "Success")
    assert mt5.positions_get("EURUSD") is None
    assert mt5.last_error() == (-2, "Unnamed arguments not allowed")


@pytest.mark.parametrize(
    ("field", "value"),
    [("volume", 1), ("volume", np.float32(0.1)), ("price", None), ("sl", "1"), ("type", np.int64(0)),
     ("expiration", 1.0), ("symbol", b"EURUSD"), ("comment", "x" * 30), ("symbol", "x" * 30), ("magic", 1.0)],
)  # fmt: skip
def test_request_fields_are_strict_about_types(desk: World, field: str, value: Any) -> None:
    assert mt5.order_send(market_order("EURUSD", 0, 0.1) | {field: value}) is None
    assert mt5.last_error() == (-2, f'Invalid "{field}" argument')
    assert mt5.positions_total() == 0


def test_request_fields_that_pass(desk: World) -> None:
    request = market_order("EURUSD", 0, np.float64(0.1), comment="x" * 29, nonsense=object())
    result = mt5.order_send(request)
    assert result is not None
    assert result.retcode == mt5.TRADE_RETCODE_DONE
    by_keywords = mt5.order_send(**market_order("EURUSD", 1, 0.1))
    assert by_keywords is not None
    assert by_keywords.retcode == mt5.TRADE_RETCODE_DONE
    with pytest.raises(SystemError):
        mt5.order_send(market_order("EURUSD", 0, 0.1, magic=-1))
    assert mt5.order_send({}, symbol="EURUSD") is None
    assert mt5.last_error() == (-2, "Unnamed arguments not allowed")
    assert mt5.order_send() is None
    assert mt5.last_error()[0] == -2


def test_numbers_that_do_not_parse_surface_as_system_error(desk: World) -> None:
    for call in (
        lambda: mt5.copy_rates_from_pos("EURUSD", "H1", 0, 5),  # type: ignore[arg-type]
        lambda: mt5.order_calc_margin(0, "EURUSD", "1", 1.1),  # type: ignore[arg-type]
    ):
        with pytest.raises(SystemError):
            call()
