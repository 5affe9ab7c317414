"""API keys of the desk: who has none reads nothing, and is told what to do."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.web.app import create_web
from core.desk import Desk
from tests.bot.web.conftest import API_KEYS, Reader, SetHealth
from tests.bot.web.test_signals import problem

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ACCOUNTS = "/api/v1/reconciliation/accounts"
PATHS = ("", f"/{'0' * 32}", f"/{'0' * 32}/log", "/nonsense", "?limt=1")


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_read_without_a_key(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"{ACCOUNTS}{path}")
    assert "Authorization: Bearer" in problem(answer, 401)["message"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("key", API_KEYS)
async def test_each_key_opens(reader: Reader, key: str) -> None:
    reader.key = key
    assert (await reader.get()).json() == {"accounts": []}


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {API_KEYS[0][:-1]}",
        f"Bearer {API_KEYS[0]}x",
        f"Bearer {','.join(API_KEYS)}",
        f"Basic {API_KEYS[0]}",
        API_KEYS[0],
        "Bearer",
        "Bearer \xff\xe4",
        "",
    ],
)
async def test_what_is_no_key_is_refused_and_kept_out_of_logs(http: httpx.AsyncClient, header: str) -> None:
    with capture_logs() as logs:
        answer = await http.get(ACCOUNTS, headers={b"Authorization": header.encode("latin-1")})
    assert problem(answer, 401)["code"] == "unauthorized"
    assert API_KEYS[0][:20] not in answer.text + str(logs)


async def test_a_desk_without_keys_says_who_has_to_set_one(desk: Desk) -> None:
    transport = httpx.ASGITransport(create_web(desk, SetHealth()))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {API_KEYS[0]}"}):
            answer = await client.get(ACCOUNTS, headers=headers)
            assert "its owner has to set TAPDESK_API_KEYS" in problem(answer, 401)["message"]


async def test_an_address_that_keeps_failing_is_turned_away_but_with_a_good_key(
    reader: Reader, sender: Any
) -> None:
    """Behind a proxy all have one address: who fails there keeps no holder of a key out."""
    failed = [await reader.http.get(ACCOUNTS) for _ in range(31)]
    assert [answer.status_code for answer in failed] == [401] * 30 + [429]
    assert (await reader.get()).status_code == 200
    assert problem(await sender.get(), 429), "keys and signatures are failures of one address"
    sender.clock.time += timedelta(seconds=int(failed[-1].headers["Retry-After"]))
    assert (await reader.http.get(ACCOUNTS)).status_code == 401


async def test_the_description_names_the_scheme_and_every_parameter(http: httpx.AsyncClient) -> None:
    api = (await http.get("/openapi.json")).json()
    assert api["components"]["securitySchemes"]["API key"]["scheme"] == "bearer"
    for path, parameters in {
        ACCOUNTS: set(),
        f"{ACCOUNTS}/{{account_id}}": {"account_id"},
        f"{ACCOUNTS}/{{account_id}}/log": {
            *("account_id", "status", "kind", "lasting", "symbol", "position", "since", "until"),
            *("limit", "before"),
        },
    }.items():
        route = api["paths"][path]["get"]
        assert route["security"] == [{"API key": []}]
        assert {each["name"] for each in route.get("parameters", [])} == parameters
        assert {"200", "400", "401", "429"} <= set(route["responses"])
        assert "422" not in route["responses"]
    for path in ("/api/v1/signals", "/api/v1/signals/{signal_id}"):
        assert "security" not in api["paths"][path]["get"]
        assert "422" not in api["paths"][path]["get"]["responses"]
