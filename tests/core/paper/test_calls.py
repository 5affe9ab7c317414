"""The contract's quirks of calls, one by one: what is refused, how, and what `last_error` says of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import core.paper
from core.mt5 import contract
from core.paper.calls import native
from tests.core.paper.world import World, market_order, opened, sent

mt5: Any = core.paper  # called with whatever comes, as Python lets one
INVALID, SUCCESS = -2, (1, "Success")


# -- keywords


@pytest.mark.parametrize("name", ["order_send", "order_check"])
def test_empty_keywords_beside_a_request_are_refused(desk: World, name: str) -> None:
    call, nothing = getattr(mt5, name), dict[str, Any]()
    assert call(market_order("EURUSD", 0, 0.1), **nothing) is None
    assert mt5.last_error() == (INVALID, "Unnamed arguments not allowed")
    assert mt5.positions_total() == 0
    assert call(market_order("EURUSD", 0, 0.1)).retcode in (0, mt5.TRADE_RETCODE_DONE)
    assert call(**nothing).retcode == mt5.TRADE_RETCODE_INVALID  # every field is missing, so zero


@pytest.mark.parametrize("name", ["order_send", "order_check"])
def test_the_calls_that_trade_are_built_in_functions(name: str) -> None:
    call = getattr(mt5, name)
    assert type(call) is type(len)
    assert call.__name__ == name
    assert "request" in str(call.__doc__)


def test_a_function_that_breaks_within_c_is_a_system_error(capsys: pytest.CaptureFixture[str]) -> None:
    @native.built_in
    def broken(args: tuple[Any, ...], _: dict[str, Any] | None) -> None:
        """Fails as no call should."""
        raise ValueError(args[0])

    with pytest.raises(SystemError):
        broken("within")
    assert "ValueError: within" in capsys.readouterr().err


def test_requests_by_keyword_by_nothing_and_by_something_else(desk: World) -> None:
    assert mt5.order_check(**market_order("EURUSD", 0, 0.1)).retcode == 0
    wrongs: tuple[tuple[Any, ...], ...] = ((), ({}, {}), (5,), (None,), ([("action", 1)],))
    for wrong in wrongs:
        assert mt5.order_send(*wrong) is None
        assert mt5.last_error()[0] == INVALID
    assert mt5.order_send({}).request.volume == 0.0


@pytest.mark.parametrize("name", contract.CALLS_POSITIONAL)
def test_positional_calls_take_no_keyword_at_all(desk: World, name: str) -> None:
    with pytest.raises(TypeError):
        getattr(mt5, name)("EURUSD", nonsense=1)


def test_calls_with_keywords_ignore_those_that_they_do_not_know(desk: World) -> None:
    ticket = opened("EURUSD", 0)
    assert [row.ticket for row in mt5.positions_get(nonsense=1) or ()] == [ticket]
    assert mt5.orders_get(tickets=5) == ()
    assert mt5.symbols_get(nonsense="x")
    assert mt5.history_orders_get(1, 2**32 - 1, nonsense=1)
    assert mt5.initialize(str(desk.folder), nonsense=1) is True


# -- last_error


def test_every_call_but_last_error_resets_the_error(desk: World) -> None:
    assert mt5.positions_get(ticket="x") is None
    error = (INVALID, 'Invalid "ticket" argument')
    assert [mt5.last_error(), mt5.last_error()] == [error, error]
    assert mt5.positions_total() == 0
    assert mt5.last_error() == SUCCESS


def test_history_without_arguments_is_invalid(desk: World) -> None:
    for call in (mt5.history_orders_get, mt5.history_deals_get):
        assert call() is None
        assert mt5.last_error() == (INVALID, "Invalid arguments")
        assert call(1) is None
        assert mt5.last_error()[0] == INVALID
        assert call(5, 5) == ()
        assert mt5.last_error() == SUCCESS


def test_two_dates_win_over_a_ticket_and_a_ticket_is_that_of_the_order(desk: World) -> None:
    ticket = opened("EURUSD", 0)
    (deal,) = mt5.history_deals_get(ticket=ticket)
    assert (deal.order, deal.position_id) == (ticket, ticket)
    assert mt5.history_deals_get(ticket=deal.ticket) == ()
    everything = mt5.history_deals_get(1, 2**32 - 1)
    assert mt5.history_deals_get(1, 2**32 - 1, ticket=ticket) == everything
    assert len(everything or ()) > 1


# -- dates


def test_dates_are_epoch_seconds_or_datetimes(desk: World) -> None:
    tick = mt5.symbol_info_tick("EURUSD")
    moment = datetime.fromtimestamp(tick.time, UTC)
    dates = (tick.time, float(tick.time), moment, moment.astimezone().replace(tzinfo=None))
    newest = [mt5.copy_rates_from("EURUSD", mt5.TIMEFRAME_H1, when, 1) for when in dates]
    assert len({int(rows[0]["time"]) for rows in newest if rows is not None}) == 1
    for wrong in (date(2026, 1, 1), str(tick.time), None, tick.time * 1000, -1, float("nan"), float("inf")):
        assert mt5.copy_rates_from("EURUSD", mt5.TIMEFRAME_H1, wrong, 1) is None
        assert mt5.last_error()[0] == INVALID
        assert mt5.history_deals_total(wrong, 2**32 - 1) is None
        assert mt5.last_error()[0] == INVALID


def test_rates_from_a_date_go_backwards_in_ascending_rows(desk: World) -> None:
    now = mt5.symbol_info_tick("EURUSD").time
    rows = mt5.copy_rates_from("EURUSD", mt5.TIMEFRAME_M1, now - 600, 5)
    assert rows is not None
    times = [int(row["time"]) for row in rows]
    assert times == sorted(times)
    assert times[-1] <= now - 600 < times[-1] + 60
    assert type(rows[0]) is np.void
    assert rows.dtype.itemsize == 60


# -- groups


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("EURUSD", ["EURUSD"]), ("EURUSD,GBPUSD", ["EURUSD", "GBPUSD"]), ("*,!EURUSD,!GBPUSD", []),
        ("!EURUSD,EURUSD", ["EURUSD"]), ("EUR*,!EURUSD", []), ("*USD", ["EURUSD", "GBPUSD"]),
        ("eurusd", []), (" EURUSD , GBPUSD", ["EURUSD", "GBPUSD"]), ("", []), ("*", ["EURUSD", "GBPUSD"]),
    ],
)  # fmt: skip
def test_group_masks_apply_their_parts_in_order(desk: World, mask: str, expected: list[str]) -> None:
    opened("EURUSD", 0)
    opened("GBPUSD", 0)
    assert sorted(row.symbol for row in mt5.positions_get(group=mask) or ()) == expected


def test_a_group_mask_has_a_length(desk: World) -> None:
    assert mt5.positions_get(group="x" * 1_998) == ()
    assert mt5.positions_get(group="x" * 1_999) is None
    assert mt5.last_error() == (INVALID, 'Invalid "group" argument')
    assert mt5.symbols_get(group=5) is False
    assert mt5.last_error()[0] == INVALID


# -- requests


@pytest.mark.parametrize("value", [np.float32(0.1), Decimal("0.1"), 1, True, None, "0.1", [0.1]])
@pytest.mark.parametrize("field", ["volume", "price", "stoplimit", "sl", "tp"])
def test_prices_and_volume_are_floats_and_nothing_else(desk: World, field: str, value: Any) -> None:
    assert mt5.order_send(market_order("EURUSD", 0, 0.1) | {field: value}) is None
    assert mt5.last_error() == (INVALID, f'Invalid "{field}" argument')


@pytest.mark.parametrize("value", [np.int64(1), 1.0, None, "1"])
@pytest.mark.parametrize("field", [n for n, kind in contract.TRADE_REQUEST if kind is int])
def test_whole_fields_are_python_ints(desk: World, field: str, value: Any) -> None:
    assert mt5.order_check(market_order("EURUSD", 0, 0.1) | {field: value}) is None
    assert mt5.last_error() == (INVALID, f'Invalid "{field}" argument')


class Price(float):
    """Somebody's own float."""


def test_subclasses_of_float_pass_and_missing_keys_are_zero(desk: World) -> None:
    request = market_order("EURUSD", 0, Price(0.1), sl=np.float64(0.0))
    del request["type"], request["type_filling"]
    result = sent(request | {"nobody knows": object()})
    assert (result.request.type, result.request.type_filling, result.request.magic) == (0, 0, 0)
    (position,) = mt5.positions_get()
    assert position.type == mt5.POSITION_TYPE_BUY


@pytest.mark.parametrize(
    ("units", "accepted"), [("x" * 29, True), ("x" * 30, False), ("\U0001f600" * 15, False)]
)
@pytest.mark.parametrize("field", ["comment", "symbol"])
def test_texts_have_29_utf16_units_at_most(desk: World, field: str, units: str, accepted: bool) -> None:
    result = mt5.order_check(market_order("EURUSD", 0, 0.1) | {field: units})
    assert (result is not None) is accepted
    assert accepted or mt5.last_error() == (INVALID, f'Invalid "{field}" argument')


@pytest.mark.parametrize(
    "call",
    [
        lambda: mt5.order_send(market_order("EURUSD", 0, 0.1, magic=-1)),
        lambda: mt5.order_check(market_order("EURUSD", 0, 0.1, magic=2**64)),
        lambda: mt5.copy_rates_from_pos("EURUSD", "H1", 0, 5),
        lambda: mt5.copy_rates_from_pos("EURUSD", 1, 0, 2**40),
        lambda: mt5.copy_ticks_from("EURUSD", 1, None, -1),
        lambda: mt5.order_calc_margin(0, "EURUSD", "1", 1.1),
        lambda: mt5.order_calc_profit(None, "EURUSD", 1.0, 1.1, 1.2),
    ],
)
def test_numbers_that_do_not_parse_leave_an_error_pending(desk: World, call: Callable[[], object]) -> None:
    with pytest.raises(SystemError):
        call()
    assert mt5.positions_total() == 0


def test_a_magic_above_two_to_the_63_comes_back_negative(desk: World) -> None:
    sent(market_order("EURUSD", 0, 0.1, magic=2**64 - 1))
    (position,) = mt5.positions_get()
    assert position.magic == -1


def test_order_check_passes_with_retcode_0(desk: World) -> None:
    check = mt5.order_check(market_order("EURUSD", 0, 0.1))
    assert (check.retcode, check.comment, check.balance) == (0, "Done", 10_000.0)
    assert check.margin_free == pytest.approx(check.equity - check.margin)
    opened("EURUSD", 0)
    held = mt5.account_info().margin
    assert mt5.order_check(market_order("EURUSD", 0, 0.1)).margin == pytest.approx(2 * held, rel=1e-3)


# -- symbols and their books


def test_unknown_symbols_fail_as_not_found_or_as_a_failed_call(desk: World) -> None:
    for call in (mt5.symbol_info, mt5.symbol_info_tick, mt5.market_book_get):
        assert call("NOSUCH") is None
        assert mt5.last_error()[0] in (-1, -4)
        assert call(5) is None
        assert mt5.last_error()[0] == INVALID
    assert mt5.symbol_select("NOSUCH", True) is False
    assert mt5.last_error()[0] in (-1, -4)


def test_the_market_book_fails_in_its_own_way(desk: World) -> None:
    for call in (mt5.market_book_add, mt5.market_book_release):
        assert call("EURUSD") is True
        assert call(5) is None  # a bad argument
        assert mt5.last_error()[0] == INVALID
    mt5.shutdown()
    for call in (mt5.market_book_add, mt5.market_book_release):
        assert call("EURUSD") is False  # the connection's failure, without a code
        assert mt5.last_error() == SUCCESS
