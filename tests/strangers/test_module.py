"""What strangers' code leans on without saying so: how the module's functions bind, and in which thread."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from core.mt5 import contract
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5


class Client:
    """Somebody's class with the module's functions as its own."""

    initialize = mt5.initialize
    positions_get = mt5.positions_get
    last_error = mt5.last_error


def test_functions_made_attributes_of_a_class_take_no_self(desk: Desk) -> None:
    client: Any = Client()
    assert client.initialize(desk.program, login=LOGIN, password=PASSWORD, server=SERVER)
    assert client.positions_get(symbol="EURUSD") == ()
    assert client.last_error() == (1, "Success")


def test_functions_have_the_names_and_texts_of_functions() -> None:
    functions = [getattr(mt5, name) for name in contract.FUNCTIONS]
    assert [function.__name__ for function in functions] == list(contract.FUNCTIONS)


def test_calls_from_many_threads_wait_for_one_another(desk: Desk) -> None:
    assert mt5.initialize(desk.program)
    request = {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.01, "type": mt5.ORDER_TYPE_BUY,
        "type_filling": mt5.ORDER_FILLING_FOK,
    }  # fmt: skip
    with ThreadPoolExecutor(8) as threads:
        # not `map(mt5.order_send, ...)`: an executor passes `**{}` along, which the module takes amiss
        sent = list(threads.map(lambda _: mt5.order_send(request), range(100)))
        read = list(threads.map(lambda _: mt5.positions_get(), range(100)))
    assert {result.retcode for result in sent if result} == {mt5.TRADE_RETCODE_DONE}
    assert len({result.order for result in sent if result}) == 100
    assert {len(positions) for positions in read if positions is not None} == {100}
    assert None not in read


def test_a_flat_account_has_the_types_of_a_busy_one(desk: Desk) -> None:
    """Data frames and typed models of strangers take the type of a column from the first value they see."""
    assert mt5.initialize(desk.program)
    request = {"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1, "type": mt5.ORDER_TYPE_BUY}
    shown = {"AccountInfo": mt5.account_info(), "OrderCheckResult": mt5.order_check(request)}
    wrong = [
        (name, field, type(value))
        for name, struct in shown.items()
        for (field, kind), value in zip(contract.SHAPES[name], struct, strict=True)
        if kind is not object and type(value) is not kind
    ]
    assert wrong == []
