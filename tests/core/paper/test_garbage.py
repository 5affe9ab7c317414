"""Bad input: never an exception that the module would not raise, never a trace in the books."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import isfinite, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.mt5 import contract
from core.paper.server.ledger import Ledger
from tests.core.paper.world import LOGIN, PASSWORD, World

ALLOWED = (SystemError, TypeError)  # an error left pending, and a wrong number of arguments
CONNECTIONS = ("initialize", "login", "shutdown")
EVERY = [name for name in contract.FUNCTIONS if name not in CONNECTIONS]
WORDS = (
    "ticket",
    "symbol",
    "group",
    "position",
    "path",
    "login",
    "password",
    "server",
    "portable",
    "nonsense",
)
FIXED = ("action", "symbol")


class Unkind:
    """An object that fails whatever is asked of it."""

    def __index__(self) -> int:
        raise ValueError("not today")

    __float__ = __str__ = __bool__ = __len__ = __index__  # type: ignore[assignment]


numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-3, 12),
    st.integers(1_600_000_000, 2**32 + 1),
    st.floats(),
    st.floats(0, 2),
    st.sampled_from([0.1, 2**31, 2**32, 2**63, 2**64, 10**400, -(10**400), nan, 5e-324, 1.7e308]),
)
words = st.one_of(
    st.sampled_from(
        ["EURUSD", "BTCUSD", "\ud800", "\udcff\ud800", "a\0b", "*", "[", "!", ",", "*," * 900, "é" * 29]
    ),
    st.text(max_size=40),
)
strangers = st.sampled_from(
    [
        None, True, b"EURUSD", bytearray(b"x"), Decimal("0.1"), Decimal("NaN"), 1j, object(), Unkind(), int,
        np.int64(1), np.float32(0.1), np.float64("nan"), np.array([1, 2]), np.datetime64("2026-01-01"), len,
        date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), datetime.min, datetime.max,  # noqa: DTZ901
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-23))), (), [], {}, {"action": 1}, [1, 2],
    ]
)  # fmt: skip
junk: st.SearchStrategy[Any] = st.one_of(numbers, words, strangers)
arguments = st.lists(junk, max_size=6)
keywords = st.dictionaries(st.sampled_from(WORDS), junk, max_size=3)
requests = st.fixed_dictionaries(
    {
        "action": st.sampled_from([1, 5, 6, 7, 8, 10]),
        "symbol": st.sampled_from(["EURUSD", "XAUUSD", "BTCUSD"]),
    },
    optional={name: st.one_of(numbers, junk) for name, _ in contract.TRADE_REQUEST if name not in FIXED},
)
quick = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _adds_up(ledger: Ledger, paid: float) -> bool:
    """Whether an account's books hold whole numbers of its own deals and nothing else."""
    held = [x for p in ledger.positions.values() for x in (p.volume, p.price_open, p.sl, p.tp, p.margin)]
    asked = [x for o in ledger.orders.values() for x in (o.volume_current, o.price_open, o.price_stoplimit)]
    return all(map(isfinite, (*held, *asked))) and ledger.account.balance == pytest.approx(paid, abs=0.01)


def _assert_books(desk: World) -> None:
    book = desk.hands.broker.book
    deals = book.deals(LOGIN)
    ledger = book.ledger(LOGIN)
    assert ledger is not None
    assert _adds_up(ledger, sum(deal.profit + deal.swap + deal.commission + deal.fee for deal in deals))


@quick
@given(request_=requests, check=st.booleans(), by_name=st.booleans())
def test_any_request_gets_an_answer_or_none(
    desk: World, request_: dict[str, Any], check: bool, by_name: bool
) -> None:
    call = mt5.order_check if check else mt5.order_send
    try:
        result = call(**request_) if by_name else call(request_)
    except SystemError:
        return
    error = mt5.last_error()[0]
    assert (result is None) == (error != mt5.RES_S_OK)
    assert result is None or result.retcode == 0 or result.retcode in contract.RETCODE_NAMES
    _assert_books(desk)


@quick
@given(name=st.sampled_from(EVERY), args=arguments, kwargs=keywords)
def test_any_call_with_anything_fails_as_the_module_fails(
    desk: World, name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    try:
        answer = getattr(mt5, name)(*args, **kwargs)
    except ALLOWED:
        return
    assert name not in contract.CALLS_POSITIONAL or not kwargs
    assert name not in contract.CALLS_WITHOUT_ARGUMENTS or not (args or kwargs)
    failed = mt5.last_error()[0] != mt5.RES_S_OK
    assert not failed or answer in (None, False) or name == "last_error"
    assert mt5.last_error()[0] in (1, -1, -2, -4)
    assert mt5.account_info() is not None


@quick
@given(name=st.sampled_from(EVERY), args=arguments)
def test_the_arguments_that_a_call_takes_may_be_anything(desk: World, name: str, args: list[Any]) -> None:
    """As many as it takes, the first of them a symbol: deeper than what the number of arguments stops."""
    taken = TAKEN.get(name, len(args))
    values = (*args, *(0,) * 6)[:taken]
    if name in SYMBOL_FIRST:
        values = ("EURUSD", *values[1:])
    try:
        getattr(mt5, name)(*values)
    except ALLOWED:
        return
    assert mt5.last_error()[0] in (1, -1, -2, -4)


TAKEN = {
    "symbol_info": 1, "symbol_info_tick": 1, "symbol_select": 2, "market_book_add": 1, "market_book_get": 1,
    "market_book_release": 1, "copy_rates_from": 4, "copy_rates_from_pos": 4, "copy_rates_range": 4,
    "copy_ticks_from": 4, "copy_ticks_range": 4, "history_orders_total": 2, "history_deals_total": 2,
    "history_orders_get": 2, "history_deals_get": 2, "order_calc_margin": 4, "order_calc_profit": 5,
}  # fmt: skip
SYMBOL_FIRST = {name for name in TAKEN if name.startswith(("copy_", "symbol_", "market_"))}


@quick
@given(name=st.sampled_from(["initialize", "login"]), args=arguments, kwargs=keywords)
def test_any_sign_in_is_answered_with_true_or_false(
    desk: World, name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    assert getattr(mt5, name)(*args, **kwargs, timeout=0) in (True, False)
    assert mt5.initialize(str(desk.folder), login=LOGIN, password=PASSWORD) is True


@pytest.mark.parametrize("name", contract.CALLS_WITHOUT_ARGUMENTS)
def test_calls_without_arguments_take_neither_kind(desk: World, name: str) -> None:
    for args, kwargs in (((None,), {}), ((), {"symbol": "EURUSD"})):
        with pytest.raises(TypeError):
            getattr(mt5, name)(*args, **kwargs)
    assert mt5.account_info() is not None
