"""The ping: it goes out while the desk is well, and its URL into no log."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.watch.ping import Ping
from tests.bot.stage import QuickClock, eventually


class Service:
    """Whoever waits for the ping; `status` is what they answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.problems: dict[str, str] = {}

    async def answer(self, _: web.BaseRequest) -> web.Response:
        self.asked += 1
        return web.Response(status=self.status)

    async def ready(self) -> dict[str, str]:
        return self.problems

    async def was_asked(self) -> bool:
        return self.asked > 0


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """With a desk that pings it."""
    service = Service()
    runner = web.ServerRunner(web.Server(service.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/secret-path"
    task = asyncio.create_task(Ping(SecretStr(url), service.ready, QuickClock()).run())
    yield service
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await runner.cleanup()


async def test_an_unhealthy_desk_does_not_ping(service: Service) -> None:
    await eventually(service.was_asked, True)
    service.problems = {"guard": "late"}
    asked = -1
    while service.asked != asked:
        asked = service.asked
        await asyncio.sleep(0.05)
    service.problems = {}

    async def again() -> bool:
        return service.asked > asked

    await eventually(again, True)


async def test_a_trouble_is_logged_once_and_so_is_its_end(
    service: Service, logs: list[MutableMapping[str, Any]]
) -> None:
    service.status = 500

    async def told() -> list[str]:
        return [line["event"] for line in logs]

    await eventually(told, ["ping_failed"])
    before = service.asked

    async def tried_again() -> bool:
        return service.asked > before + 2

    await eventually(tried_again, True)
    service.status = 200
    await eventually(told, ["ping_failed", "ping_arrives_again"])
    assert "secret-path" not in str(logs)


async def test_a_host_that_cannot_be_is_a_trouble_like_others(logs: list[MutableMapping[str, Any]]) -> None:
    async def is_ready() -> dict[str, str]:
        return {}

    async def told() -> list[str]:
        return [line["event"] for line in logs]

    task = asyncio.create_task(Ping(SecretStr("http://a..b/secret-path"), is_ready, QuickClock()).run())
    await eventually(told, ["ping_failed"])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert "secret-path" not in str(logs)
