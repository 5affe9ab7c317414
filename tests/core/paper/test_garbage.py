"""Bad input: never an exception that the module would not raise, never a trace in the books."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.paper as mt5
from core.mt5 import contract
from tests.core.paper.world import World

ALLOWED = (SystemError, TypeError)  # an error left pending, and a wrong number of arguments
FIXED = ("action", "symbol")
numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(0, 12),
    st.floats(),
    st.floats(0, 2),
    st.sampled_from([0.1, 1, 5, 6, 7, 8]),
)
words = st.sampled_from(["EURUSD", "BTCUSD", "\ud800", "a\0b", "*", "[", b"x", None, True])
strangers = st.sampled_from([Decimal("0.1"), np.int64(1), date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)])
junk: st.SearchStrategy[Any] = st.one_of(
    numbers,
    words,
    strangers,
    st.text(max_size=40),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
requests = st.fixed_dictionaries(
    {
        "action": st.sampled_from([1, 5, 6, 7, 8, 10]),
        "symbol": st.sampled_from(["EURUSD", "XAUUSD", "BTCUSD"]),
    },
    optional={name: st.one_of(numbers, junk) for name, _ in contract.TRADE_REQUEST if name not in FIXED},
)
quick = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(request_=requests, check=st.booleans())
def test_any_request_gets_an_answer_or_none(desk: World, request_: dict[str, Any], check: bool) -> None:
    call = mt5.order_check if check else mt5.order_send
    try:
        result = call(request_)
    except SystemError:
        return
    error = mt5.last_error()[0]
    assert (result is None) == (error != mt5.RES_S_OK)
    assert result is None or result.retcode == 0 or result.retcode in contract.RETCODE_NAMES


@quick
@given(
    name=st.sampled_from([n for n in contract.FUNCTIONS if n not in ("initialize", "login", "shutdown")]),
    args=st.lists(junk, max_size=5),
    kwargs=st.dictionaries(st.sampled_from(["ticket", "symbol", "group", "position"]), junk, max_size=2),
)
def test_any_call_with_anything_fails_as_the_module_fails(
    desk: World, name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    keywords = kwargs if name in contract.CALLS_WITH_KEYWORDS else {}
    try:
        getattr(mt5, name)(*args, **keywords)
    except ALLOWED:
        return
    assert mt5.last_error()[0] in (1, -1, -2, -4)


@quick
@given(name=st.sampled_from(["initialize", "login"]), args=st.lists(junk, max_size=4), kwargs=st.dictionaries(
    st.sampled_from(["path", "login", "password", "server", "portable"]), junk, max_size=3))  # fmt: skip
def test_any_sign_in_is_answered_with_true_or_false(
    desk: World, name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    assert getattr(mt5, name)(*args, **kwargs, timeout=0) in (True, False)
