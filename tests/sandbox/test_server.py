"""The server's life: started alone or in-process, stopped at once, nothing left."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

import aiohttp
import pytest
from fastapi import APIRouter

from bot.sandbox import DEMO_TOKEN, SandboxClient, World, serve


async def test_it_stops_at_once_though_clients_wait() -> None:
    before = asyncio.all_tasks()
    world = World()
    async with aiohttp.ClientSession() as session:
        async with serve(world) as sandbox:
            bot = f"{sandbox.url}/bot{world.token}"
            poll = asyncio.create_task(session.get(f"{bot}/getUpdates", params={"timeout": 50}))
            stream = await session.get(f"{sandbox.url}/sandbox/events")
            changes = asyncio.create_task(
                session.get(f"{sandbox.url}/control/changes", params={"after": 99, "timeout": 60})
            )
            assert b"snapshot" in await stream.content.readline()
            while not world.mailbox.is_polled or world.feed.watchers < 2:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert await (await poll).json() == {"ok": True, "result": []}
        assert (await changes).status == 200
        assert await stream.content.read() == b"\n"
    assert asyncio.all_tasks() == before


async def test_a_world_outlives_an_outage() -> None:
    world = World()
    async with serve(world) as sandbox, SandboxClient(sandbox.url) as people:
        await people.say(await people.add_user("Tara"), "/start")
    async with serve(world, port=int(sandbox.url.rpartition(":")[2])) as again:
        poll = f"{again.url}/bot{world.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            async with session.get(poll) as answer:
                offset = (await answer.json())["result"][0]["update_id"] + 1
            waiting = asyncio.create_task(session.get(poll, params={"offset": offset, "timeout": 50}))
            while not world.mailbox.is_polled:  # noqa: ASYNC110  it waits again: the first end is forgotten
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


async def test_a_busy_port_raises() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with serve(port=taken.getsockname()[1]):
            pass


async def test_an_error_in_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with serve():
            raise LookupError("mine")


async def test_the_demo_can_add_routes() -> None:
    router = APIRouter(prefix="/control/broker")
    router.add_api_route("/hands", lambda: {"hands": 2})
    async with (
        serve(extra_routers=[router]) as sandbox,
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/control/broker/hands") as answer,
    ):
        assert await answer.json() == {"hands": 2}


async def run_alone(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.sandbox", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process on Windows")
async def test_alone_it_prints_its_address_and_ends_with_0() -> None:
    process = await run_alone("--port", "0")
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1].rstrip("/")
    async with SandboxClient(url) as people:
        user_id = await people.add_user("Tara")
        await people.say(user_id, "/start")
        async with aiohttp.ClientSession() as session, session.get(f"{url}/bot{DEMO_TOKEN}/getMe") as answer:
            assert (await answer.json())["ok"]
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_alone_on_a_busy_port_it_says_so_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await run_alone("--port", str(port))
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().strip() == f"Cannot listen on 127.0.0.1:{port}: Address already in use."
