"""10,000 requests near good ones, most of them validly signed: 2xx or 4xx in the one form, nothing else.

In process an exception that the application lets through ends the test; over the socket it would be a 500.
The seed of a run is in the name of its test.
"""

import asyncio
import json
import re
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from tests.bot.web.served import raw, serving
from tests.core.intake.mutations import mutated

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
seeds = pytest.mark.parametrize("seed", range(2), ids="seed {}".format)

IN_PROCESS, ON_THE_WIRE = 5_000, 300
PAUSE = timedelta(seconds=2)  # of the stopped clock: failures of one address stay below their limit
PATH = b"/api/v1/signals"
GOOD: list[dict[str, Any]] = [
    {"entry": "1.1", "stop_loss": 1.0, "take_profits": ["1.2", 1.3], "note": "Über"},
    {"entry_zone": [1.09, "1.10"], "kind": "limit", "expires_in_s": 900, "external_id": "x1"},
    {"entry": 1.1, "kind": "stop", "expires_at": "2026-11-21T04:00:00+01:00"},
]
ODD: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        5,
        2**63,
        10**300,
        1e-300,
        0.1 + 0.2,
        [],
        {},
        [[]],
        {"a": 1},
        [1.2, 1.1],
        [1, 2, 3, 4, 5, 6],
    ),
    *(
        "",
        " ",
        "NaN",
        "-0",
        "1e-400",
        "1_0",
        "٣",
        "\0",
        "\n",
        "\ud800",
        "x" * 200,
        "BUY",
        "EURUSD ",
        "sell",
        "limit",
    ),
    *("1.05", "1.15", "2026-11-21", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "P1D"),
]
END = b"\r\n\r\n" + b"x" * 2048 + b"\r\n\r\n"
"""After whatever was cut off: enough for any body that is taken, and no request line."""


def check(answer: httpx.Response) -> str:
    """What a request came to: the code of its error, or its status."""
    assert 200 <= answer.status_code < 300 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code < 400:
        return str(answer.status_code)
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field"}
    return str(error["code"])


def a_body(random: Random) -> bytes:
    """A good signal with odd values in up to two fields, or with changed bytes, or as it is."""
    signal = {"instrument": "EURUSD", "side": "buy", **random.choice(GOOD)}
    changes = random.choice((0, 1, 1, 2))
    fields = random.choices([*signal, "external_id", "note", "take_profits", "lots"], k=changes)
    signal |= {field: random.choice(ODD) for field in fields}
    body = json.dumps(signal).encode()
    return mutated(random, body) if random.random() < 0.4 else body


def a_request(random: Random, sender: Any) -> httpx.Request:
    """A mutated body that is signed as it is, and now and then a mutated header or address too."""
    reads = random.random() < 0.1
    body = b"" if reads else a_body(random)
    headers = {name: value.encode() for name, value in sender.headers(body, _message_id(random)).items()}
    target = PATH + random.choice((b"", b"?limit=5", b"?before=" + b"0" * 32)) if reads else PATH
    if random.random() < 0.1:
        name = random.choice(sorted(headers))
        headers[name] = mutated(random, headers[name])
    if random.random() < 0.05:
        target = mutated(random, target)
    url = "http://desk/" + quote(target.lstrip(b"/"), safe="/?&=%")
    return httpx.Request("GET" if reads else "POST", url, content=body, headers=headers)


def _message_id(random: Random) -> str:
    """Now and then one that was used before."""
    return f"msg_{random.randrange(20_000)}"


@seeds
async def test_in_process(web: FastAPI, unlimited: Any, seed: int) -> None:
    random, outcomes = Random(seed), Counter[str]()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web)) as client:
        for _ in range(IN_PROCESS):
            outcomes[check(await client.send(a_request(random, unlimited)))] += 1
            unlimited.clock.time += PAUSE
    behind_the_signature = sum(outcomes[one] for one in ("malformed", "invalid_field", "202", "conflict"))
    assert behind_the_signature > IN_PROCESS / 2, outcomes
    assert min(outcomes[one] for one in ("202", "malformed", "invalid_field", "bad_signature")) > 100, (
        outcomes
    )
    assert {"200", "conflict", "not_found"} <= set(outcomes), outcomes


def _on_the_wire(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [name + b": " + value for name, value in request.headers.raw]
    return b"\r\n".join([*lines, b"", request.content])


@seeds
async def test_on_the_wire(web: FastAPI, unlimited: Any, seed: int) -> None:
    random, statuses = Random(seed), Counter[bytes]()
    async with serving(web) as port:
        for number in range(ON_THE_WIRE):
            request = _on_the_wire(a_request(random, unlimited))
            sent = (mutated(random, request) if random.random() < 0.5 else request) + END
            async with asyncio.timeout(10):
                answers = re.findall(rb"^HTTP/1.1 (\d+)", await raw(port, sent), re.MULTILINE)
            assert answers, (number, sent)
            assert all(status[:1] in b"24" for status in answers), (number, sent, answers)
            statuses.update(answers)
            unlimited.clock.time += PAUSE
    assert {b"202", b"400", b"401", b"404", b"422"} <= set(statuses), statuses
