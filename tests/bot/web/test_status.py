"""Status, metrics, the API page, and the form of errors outside the API's own."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import Gauge, generate_latest

from bot.web.status import SLICE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_alive(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "alive"}


async def test_ready_until_a_part_has_a_problem(http: httpx.AsyncClient, health: Any) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": {}})
    health.problems = {"polling": "no update for 90 s"}
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "problems": health.problems})


async def test_metrics_count_the_answers(http: httpx.AsyncClient) -> None:
    await http.get("/healthz")
    await http.get("/nowhere")
    answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'tapdesk_http_answers_total{status="200"} 1.0' in answer.text
    assert 'tapdesk_http_answers_total{status="404"} 1.0' in answer.text


async def test_metrics_of_many_accounts_are_the_same_in_slices(http: httpx.AsyncClient, health: Any) -> None:
    ages = Gauge("age", "of an account", ["account"], registry=health.registry)
    for number in range(2 * SLICE + 1):
        ages.labels(f"account {number}").set(number)
    Gauge("nothing", "has no samples yet", ["account"], registry=health.registry)
    whole = generate_latest(health.registry).decode()
    told = (await http.get("/metrics")).text
    assert [line for line in told.splitlines() if "http_answers" not in line] == [
        line for line in whole.splitlines() if "http_answers" not in line
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/signals", 405, "method_not_allowed"),
        ("POST", "/docs", 405, "method_not_allowed"),
    ],
)
async def test_every_error_has_the_one_form(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_bug_of_ours_shows_no_trace(web: FastAPI, http: httpx.AsyncClient) -> None:
    @web.get("/bug")
    async def bug() -> None:
        raise RuntimeError("private detail")

    answer = await http.get("/bug")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "private detail" not in answer.text


async def test_the_api_page_asks_for_nothing_from_outside(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "//" not in page.text.replace("<!doctype", "")


async def test_the_description_says_how_to_sign_and_what_may_go_wrong(http: httpx.AsyncClient) -> None:
    api = (await http.get("/openapi.json")).json()
    send = api["paths"]["/api/v1/signals"]["post"]
    names = {parameter["name"] for parameter in send["parameters"]}
    assert names == {"x-tapdesk-source", "webhook-id", "webhook-timestamp", "webhook-signature"}
    expected = {"200", "202", "400", "401", "408", "409", "413", "422", "429"}
    assert set(send["responses"]) == expected
    fields = send["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"instrument", "side", "entry", "stop_loss", "take_profits"} <= set(fields)
    listing = {each["name"] for each in api["paths"]["/api/v1/signals"]["get"]["parameters"]}
    assert listing == names | {"limit", "before"}
