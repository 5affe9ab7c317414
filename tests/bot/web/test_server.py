"""The server over real sockets: as one task of a group, stopped while it works, and fed nonsense."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.web.server import listen, serve

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SIGNAL = {"instrument": "EURUSD", "side": "buy", "entry": "1.1"}
HEADLINE = b"POST /api/v1/signals HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n"


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[int]:
    """The port of the application, served by a task that is cancelled at the end, as the desk does it."""
    sock = listen("127.0.0.1", 0)
    server = asyncio.create_task(serve(app, sock))
    yield sock.getsockname()[1]
    server.cancel()
    with pytest.raises(asyncio.CancelledError):
        await server


async def raw(port: int, request: bytes) -> bytes:
    """All that the server says to these bytes before it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_signed_signal_over_a_socket(web: FastAPI, sender: Any) -> None:
    async with serving(web) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        remote = replace(sender, http=client)
        assert (await remote.post(SIGNAL, "m")).status_code == 202
        assert (await remote.post(SIGNAL, "m")).status_code == 200
        assert len((await remote.get()).json()["signals"]) == 1
        answer = await client.get("/healthz", headers={"X-Forwarded-For": "6.6.6.6"})
        assert "server" not in answer.headers


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
        (b"GET /api/v1/signals/%00%ff HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n", 422),
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
