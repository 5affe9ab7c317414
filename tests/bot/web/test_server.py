"""The server over real sockets: as one task of a group, stopped while it works, and fed nonsense."""

import asyncio
import json
import socket
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.web.limits import FAILURES_PER_MINUTE
from bot.web.server import listen, serve
from tests.bot.web.served import raw, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SIGNAL = {"instrument": "EURUSD", "side": "buy", "entry": "1.1"}
HEADLINE = b"POST /api/v1/signals HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n"


async def test_a_signed_signal_over_a_socket(web: FastAPI, sender: Any) -> None:
    async with serving(web) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        remote = replace(sender, http=client)
        assert (await remote.post(SIGNAL, "m")).status_code == 202
        assert (await remote.post(SIGNAL, "m")).status_code == 200
        assert len((await remote.get()).json()["signals"]) == 1
        answer = await client.get("/healthz", headers={"X-Forwarded-For": "6.6.6.6"})
        assert "server" not in answer.headers


async def test_floods_are_told_when_to_come_back(web: FastAPI, sender: Any, other: Any) -> None:
    async with serving(web) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        flooding, honest = replace(other, http=client), replace(sender, http=client)
        floods = await asyncio.gather(
            *(flooding.post(SIGNAL | {"external_id": f"n{number}"}) for number in range(10))
        )
        assert sorted(answer.status_code for answer in floods) == [202] * 2 + [429] * 8
        assert {a.headers.get("Retry-After") for a in floods if a.status_code == 429} == {"30"}
        assert (await honest.post(SIGNAL)).status_code == 202
        forged = await asyncio.gather(
            *(replace(honest, name="other").post(SIGNAL) for _ in range(FAILURES_PER_MINUTE + 10))
        )
        refused = [answer.status_code for answer in forged]
        assert sorted(refused) == [401] * FAILURES_PER_MINUTE + [429] * 10
        turned_away = await honest.post(SIGNAL)
        assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (429, "2")


async def test_a_request_in_flight_is_finished_before_the_server_ends(web: FastAPI) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    @web.get("/slow")
    async def slow() -> dict[str, bool]:
        entered.set()
        await release.wait()
        return {"finished": True}

    sock = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = asyncio.create_task(serve(web, sock))
    async with httpx.AsyncClient(base_url=url) as client:
        request = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        server.cancel()
        await asyncio.sleep(0)
        assert not server.done()
        release.set()
        assert (await request).json() == {"finished": True}
    with pytest.raises(asyncio.CancelledError):
        await server
    async with httpx.AsyncClient(base_url=url) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


async def test_a_task_group_ends_cleanly_with_the_server_in_it(web: FastAPI) -> None:
    class Stop(Exception):
        pass

    async def stop_once_it_answers(port: int) -> None:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
        raise Stop

    sock = listen("127.0.0.1", 0)
    with pytest.RaisesGroup(Stop):
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(web, sock))
            group.create_task(stop_once_it_answers(sock.getsockname()[1]))
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_busy_port_is_an_ordinary_error(web: FastAPI) -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_the_listening_socket_says_that_it_is_tcp_so_that_asyncio_switches_nagle_off(web: FastAPI) -> None:
    with listen("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (HEADLINE + b"Content-Length: 99999\r\n\r\n", 413),
        (
            HEADLINE + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n1\r\nx\r\n",
            413,
        ),
        (HEADLINE + b"Content-Length: x\r\n\r\n", 400),
        (HEADLINE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (HEADLINE + b"X-Big: " + b"x" * 20_000, 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /api/v1/signals/%00%ff HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n", 400),
        (b"TRACE / HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n", 404),
    ],
)
async def test_nonsense_on_the_wire_is_refused(web: FastAPI, request_bytes: bytes, status: int) -> None:
    async with serving(web) as port:
        answer = await raw(port, request_bytes)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"application/json" in head:
        assert "error" in json.loads(body)


async def test_a_sender_that_hangs_up_in_the_middle_harms_nobody(web: FastAPI, sender: Any) -> None:
    async with serving(web) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEADLINE + b"Content-Length: 500\r\n\r\n{")
        await writer.drain()
        writer.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await replace(sender, http=client).post(SIGNAL)).status_code == 202
