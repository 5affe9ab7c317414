"""Updates delivered to a webhook: with its secret, again until they are taken, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import Sandbox, SandboxClient, Settings, World, serve


@dataclass
class Receiver:
    """The bot's side: answers with the next of `statuses`, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: asyncio.Queue[tuple[str, dict[str, Any]]] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        await self.received.put((secret, await request.json()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with serve(World(settings=Settings(webhook_retry_s=0.01))) as running:
        yield running


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    async with TestServer(app, host="127.0.0.1") as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver


async def test_delivery_carries_the_secret(
    bot: Bot, people: SandboxClient, tara: int, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url, secret_token="s3cret-_", drop_pending_updates=True)
    await people.say(tara, "/status")
    secret, update = await receiver.received.get()
    assert secret == "s3cret-_"
    assert update["message"]["text"] == "/status"
    await people.until(bot.get_webhook_info, lambda info: info.pending_update_count == 0)


async def test_a_failed_delivery_is_repeated_before_the_next(
    bot: Bot, people: SandboxClient, tara: int, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    await people.say(tara, "second")
    await bot.set_webhook(receiver.url)
    seen = [(await receiver.received.get())[1]["message"]["text"] for _ in range(4)]
    assert seen == ["/start", "/start", "/start", "second"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_a_receiver_that_is_down_is_told_by_the_info(
    bot: Bot, people: SandboxClient, tara: int, receiver: Receiver
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    info = await people.until(bot.get_webhook_info, lambda info: bool(info.last_error_message))
    assert info.last_error_message == "Connection refused"
    assert info.pending_update_count == 1
    await bot.set_webhook(receiver.url)
    assert (await receiver.received.get())[1]["message"]["text"] == "/start"


async def test_an_impossible_address_does_not_stop_delivery(
    bot: Bot, people: SandboxClient, tara: int, receiver: Receiver
) -> None:
    await bot.set_webhook("https://:99999999/hook")
    await people.until(bot.get_webhook_info, lambda info: bool(info.last_error_message))
    await bot.set_webhook(receiver.url)
    assert (await receiver.received.get())[1]["message"]["text"] == "/start"


async def test_webhooks_that_are_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="An HTTPS URL must be provided for webhook"):
        await bot.set_webhook("http://example.com/hook")
    with pytest.raises(TelegramBadRequest, match="secret token contains unallowed characters"):
        await bot.set_webhook("https://example.com/hook", secret_token="with space")
