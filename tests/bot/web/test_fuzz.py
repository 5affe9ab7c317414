"""Whatever is sent, signed or not: an answer of 2xx or 4xx in the one form, never a 500."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
fuzz = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

GOOD = {
    "external_id": "x1",
    "instrument": "EURUSD",
    "side": "buy",
    "kind": "market",
    "entry": "1.1",
    "entry_zone": None,
    "stop_loss": "1.0",
    "take_profits": ["1.2"],
    "expires_in_s": None,
    "expires_at": None,
    "note": "",
}
numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.decimals().map(str),
    st.sampled_from(["1e400", "-0", "٣", "1_000", "0x1", ""]),
)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=12) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
header_values = st.binary(max_size=60).filter(lambda value: not set(value) & set(b"\r\n\0"))


def check(answer: httpx.Response) -> None:
    assert answer.status_code in {200, 202, 400, 401, 404, 409, 413, 422, 429}, answer.text
    if answer.status_code >= 400:
        assert {"code", "message"} <= set(answer.json()["error"]) <= {"code", "message", "field"}


@fuzz
@given(st.binary(max_size=1100))
async def test_signed_bytes(unlimited: Any, body: bytes) -> None:
    check(await unlimited.post(body))


@fuzz
@given(values)
async def test_signed_json(unlimited: Any, value: Any) -> None:
    check(await unlimited.post(json.dumps(value).encode()))


@fuzz
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), values, min_size=1, max_size=3))
async def test_signed_signals_with_some_fields_of_any_kind(unlimited: Any, change: dict[str, Any]) -> None:
    check(await unlimited.post(json.dumps({**GOOD, **change}).encode()))


@fuzz
@given(st.lists(st.tuples(st.sampled_from(sorted(GOOD)), numbers | st.text(max_size=9)), max_size=6))
async def test_signed_objects_with_repeated_keys(unlimited: Any, pairs: list[tuple[str, Any]]) -> None:
    inside = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs)
    check(await unlimited.post(f"{{{inside}}}".encode()))


@fuzz
@given(
    st.dictionaries(
        st.sampled_from(
            ["webhook-id", "webhook-timestamp", "webhook-signature", "x-tapdesk-source", "content-length"]
        ),
        header_values,
    ),
    st.binary(max_size=30),
)
async def test_any_headers(unlimited: Any, headers: dict[str, bytes], body: bytes) -> None:
    signed = {name: value.encode() for name, value in unlimited.headers(body).items()}
    check(await unlimited.http.post("/api/v1/signals", content=body, headers={**signed, **headers}))


@fuzz
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.dictionaries(st.sampled_from(["limit", "x"]), values.map(str)),
)
async def test_any_path_and_query(unlimited: Any, path: str, query: dict[str, str]) -> None:
    url = f"/api/v1/signals/{quote(path)}"
    check(await unlimited.http.get(url, params=query, headers=unlimited.headers(b"")))
