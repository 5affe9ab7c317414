"""Sending signals and reading them back: every answer that a source can get."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from core.model.accounts import Account
from core.model.ids import SourceId
from core.ports import Store

SIGNAL: dict[str, Any] = {
    "external_id": "x1",
    "instrument": "EURUSD",
    "side": "buy",
    "entry": "1.08650",
    "stop_loss": 1.0835,
    "take_profits": ["1.08950", 1.0925],
    "expires_in_s": 60,
    "note": "Breakout",
}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def problem(answer: httpx.Response, status: int) -> dict[str, str]:
    """The error in an answer of this status, which has the one form and no more."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    error: dict[str, str] = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field"}
    return error


async def test_a_signal_is_accepted_and_read_back(sender: Any, trader: Account) -> None:
    sent = await sender.post(SIGNAL)
    assert sent.status_code == 202
    assert sent.json()["created"] is True
    one = await sender.get(f"/{sent.json()['id']}")
    assert one.status_code == 200
    assert one.json() == {
        "id": sent.json()["id"],
        "external_id": "x1",
        "instrument": "EURUSD",
        "side": "buy",
        "kind": "market",
        "entry": "1.08650",
        "entry_zone": None,
        "stop_loss": "1.0835",
        "take_profits": ["1.08950", "1.0925"],
        "received_at": "2026-11-21T03:00:00Z",
        "expires_at": "2026-11-21T03:01:00Z",
        "note": "Breakout",
        "approvals": {"pending": 1},
    }
    assert (await sender.get()).json() == {"signals": [one.json()], "next": None}


@sqlite_only
async def test_nothing_of_other_people_is_in_what_a_source_reads(sender: Any, trader: Account) -> None:
    await sender.post(SIGNAL)
    text = (await sender.get()).text
    for private in (str(trader.id), str(trader.person_id), "Ann", "4242424242", sender.secret):
        assert private not in text


@sqlite_only
async def test_what_the_reference_client_sends_is_accepted(sender: Any) -> None:
    body = '{"instrument":"EURUSD","side":"sell","entry":"1.1"}'
    signature = Webhook(sender.secret).sign("msg_1", sender.clock.now(), body)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(sender.clock.now().timestamp())),
        "webhook-signature": signature,
        "x-tapdesk-source": sender.name,
    }
    answer = await sender.http.post("/api/v1/signals", content=body, headers=headers)
    assert answer.status_code == 202


@sqlite_only
async def test_the_same_message_gets_the_first_answer_and_another_body_a_conflict(sender: Any) -> None:
    first = await sender.post(SIGNAL, "msg_1")
    sender.clock.time += timedelta(minutes=4)
    again = await sender.post(SIGNAL, "msg_1")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == {**first.json(), "created": False}
    assert problem(await sender.post({**SIGNAL, "note": "other"}, "msg_1"), 409)["code"] == "conflict"
    assert problem(await sender.post({**SIGNAL, "note": "other"}, "msg_2"), 409)["code"] == "conflict"


@sqlite_only
async def test_newest_first_and_no_more_than_asked(sender: Any) -> None:
    for number in range(4):
        await sender.post({**SIGNAL, "external_id": f"n{number}"})
        sender.clock.time += timedelta(seconds=1)
    listed = (await sender.get("?limit=3")).json()["signals"]
    assert [signal["external_id"] for signal in listed] == ["n3", "n2", "n1"]
    for limit in ("0", "51", "x"):
        assert problem(await sender.get(f"?limit={limit}"), 400)["field"] == "limit"


async def test_page_by_page_each_signal_once_with_its_own_approvals(sender: Any, trader: Account) -> None:
    for number in range(5):
        await sender.post({**SIGNAL, "external_id": f"n{number}"})
        if number % 2:  # pairs of one moment: the id decides between them
            sender.clock.time += timedelta(seconds=1)
    pages = [(await sender.get("?limit=2")).json()]
    while pages[-1]["next"]:
        await sender.post({**SIGNAL, "external_id": f"later{len(pages)}"})
        pages.append((await sender.get(f"?limit=2&before={pages[-1]['next']}")).json())
    assert [len(page["signals"]) for page in pages] == [2, 2, 1]
    listed = [signal for page in pages for signal in page["signals"]]
    assert {signal["external_id"] for signal in listed} == {f"n{number}" for number in range(5)}
    moments = [signal["received_at"] for signal in listed]
    assert moments == sorted(moments, reverse=True)
    assert all(signal["approvals"] == {"pending": 1} for signal in listed)


@sqlite_only
async def test_a_page_before_what_is_no_signal_of_the_source_is_refused(sender: Any, other: Any) -> None:
    theirs = (await other.post(SIGNAL)).json()["id"]
    for before in (theirs, uuid4(), "x", ""):
        assert problem(await sender.get(f"?before={before}"), 400)["field"] == "before"


@sqlite_only
async def test_a_source_sees_its_own_signals_only(sender: Any, other: Any) -> None:
    sent = (await sender.post(SIGNAL)).json()["id"]
    assert (await other.get()).json() == {"signals": [], "next": None}
    assert problem(await other.get(f"/{sent}"), 404)["code"] == "not_found"
    assert problem(await sender.get(f"/{uuid4()}"), 404)
    assert problem(await sender.get("/nonsense"), 400)["field"] == "signal_id"


@sqlite_only
async def test_a_parameter_that_is_not_known_or_given_twice_is_named(sender: Any) -> None:
    sent = (await sender.post(SIGNAL)).json()["id"]
    for path, field in (("?limt=5", "limt"), ("?limit=5&limit=6", "limit"), (f"/{sent}?limit=5", "limit")):
        wrong = problem(await sender.get(path), 400)
        assert (wrong["code"], wrong["field"]) == ("invalid_parameter", field)


@sqlite_only
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_whoever_cannot_prove_it_is_refused(sender: Any, other: Any, method: str) -> None:
    body = b"{}" if method == "POST" else b""
    good = sender.headers(body)
    wrong = [
        {},
        {**good, "webhook-signature": ""},
        {**good, "webhook-id": "other"},
        {**good, "x-tapdesk-source": other.name},
        {**good, "x-tapdesk-source": "nobody"},
        {**good, "x-tapdesk-source": b"\xff\xa0"},
        {**good, "webhook-signature": b"v1,\xff"},
        {key: value for key, value in good.items() if key != "x-tapdesk-source"},
    ]
    for headers in wrong:
        answer = await sender.http.request(method, "/api/v1/signals", content=body, headers=headers)
        assert problem(answer, 401)["code"] == "bad_signature"
        assert sender.secret not in answer.text


@sqlite_only
async def test_an_old_message_is_refused(sender: Any) -> None:
    headers = sender.headers(b"{}")
    sender.clock.time += timedelta(seconds=301)
    answer = await sender.http.post("/api/v1/signals", content=b"{}", headers=headers)
    assert "clock" in problem(answer, 401)["message"]


@sqlite_only
async def test_a_body_over_one_kibibyte_is_refused_announced_or_not(sender: Any) -> None:
    body = b"[" + b" " * 1022 + b"]"
    assert problem(await sender.post(body), 400)

    async def unannounced() -> Any:
        for _ in range(5):
            yield b" " * 300

    assert problem(await sender.post(body + b" "), 413)["code"] == "too_large"
    url, headers = "/api/v1/signals", sender.headers(b" " * 1500)
    assert problem(await sender.http.post(url, content=unannounced(), headers=headers), 413)
    for length in ("99999999999999999999", "-1", "x", "²"):
        announced = {**headers, "content-length": length.encode()}
        assert problem(await sender.http.post(url, content=b"", headers=announced), 413)


@sqlite_only
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"\xff", b"[" * 1000, b'{"entry":NaN}', b'{"entry":-Infinity}'),
        *(b'{"entry":1e99999999999999999999}', b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16")),
    ],
)
async def test_what_is_no_json_object_is_malformed(sender: Any, body: bytes) -> None:
    assert problem(await sender.post(body), 400)["code"] == "malformed"


@sqlite_only
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("instrument", {"instrument": "GBPUSD"}),
        ("instrument", {"instrument": None}),
        ("side", {"side": "long"}),
        ("kind", {"kind": "iceberg"}),
        ("entry", {"entry": "NaN"}),
        ("entry", {"entry": True}),
        ("entry", {"entry": 0}),
        ("entry", {"entry": "1" * 300}),
        ("stop_loss", {"stop_loss": "1.2"}),
        ("take_profits", {"take_profits": ["1.01"]}),
        ("take_profits", {"take_profits": [2] * 6}),
        ("take_profits.0", {"take_profits": ["Infinity"]}),
        ("entry_zone", {"entry_zone": [2, 1]}),
        ("expires_in_s", {"expires_in_s": 0}),
        ("expires_in_s", {"expires_in_s": "soon"}),
        ("expires_at", {"expires_at": "2026-11-21T04:00:00"}),
        ("expires_at", {"expires_at": "2026-11-21T04:00:00Z"}),
        ("expires_at", {"expires_at": "2020-11-21T04:00:00Z", "expires_in_s": None}),
        ("external_id", {"external_id": "a\0b"}),
        ("note", {"note": "\ud800"}),
        ("note", {"note": "a\nb"}),
        ("lots", {"lots": 5}),
        ("??", {"\n\0": 5}),
    ],
)
async def test_a_wrong_field_is_named(sender: Any, field: str, change: dict[str, Any]) -> None:
    assert problem(await sender.post({**SIGNAL, **change}), 422)["field"] == field


@sqlite_only
async def test_a_flood_of_a_source_is_told_when_to_come_back_and_hinders_nobody_else(
    sender: Any, other: Any
) -> None:
    for number in range(2):
        assert (await other.post({**SIGNAL, "external_id": f"n{number}"})).status_code == 202
    flooded = await other.post({**SIGNAL, "external_id": "n2"})
    assert problem(flooded, 429)["code"] == "too_many_requests"
    assert flooded.headers["Retry-After"] == "30"
    assert (await sender.post(SIGNAL)).status_code == 202
    assert (await other.get()).status_code == 200
    other.clock.time += timedelta(seconds=30)
    assert (await other.post({**SIGNAL, "external_id": "n2"})).status_code == 202


@sqlite_only
async def test_an_address_that_keeps_failing_is_turned_away_before_its_signature_is_looked_at(
    sender: Any,
) -> None:
    url = "/api/v1/signals"
    failed = [await sender.http.post(url, content=b"{}") for _ in range(31)]
    assert [answer.status_code for answer in failed] == [401] * 30 + [429]
    assert problem(await sender.post(SIGNAL), 429)
    assert 1 <= int(failed[-1].headers["Retry-After"]) <= 2
    sender.clock.time += timedelta(seconds=2)
    assert (await sender.post(SIGNAL)).status_code == 202


@sqlite_only
async def test_a_secret_that_is_rotated_out_still_signs(sender: Any, store: Store) -> None:
    old = f"whsec_{base64.b64encode(b'o' * 32).decode()}"
    async with store.read() as tx:
        source = await tx.sources.by_name(sender.name)
    assert source is not None
    rotated = replace(source, id=SourceId(uuid4()), name="rotated")
    async with store.write() as tx:
        await tx.sources.add(rotated, [sender.secret, old])
    for secret in (sender.secret, old):
        rotating = replace(sender, name="rotated", secret=secret)
        assert (await rotating.post({**SIGNAL, "external_id": secret[6:20]})).status_code == 202
