"""The connection to the Bot API: what comes back when something else answers in its place."""

import contextlib
import socket

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet

from bot.delivery.refusals import may_have_happened
from bot.sandbox import DEMO_TOKEN
from bot.settings import load_settings
from bot.telegram.connection import DeskSession, make_bot

PAGE = "<html><h1>502 Bad Gateway</h1></html>"


@pytest.mark.parametrize(("status", "body"), [(502, PAGE), (200, PAGE), (500, ""), (200, "[]")])
async def test_a_page_in_place_of_an_answer_is_an_error_of_the_server(status: int, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body, status=status, content_type="text/html")

    proxy = web.Application()
    proxy.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(proxy) as server:
        url, key = str(server.make_url("/")), Fernet.generate_key().decode()
        bot = make_bot(load_settings(_env_file=None, bot_token=DEMO_TOKEN, telegram_url=url, secret_keys=key))
        try:
            with pytest.raises(TelegramServerError, match=f"HTTP {status}"):
                await bot.get_updates()
        finally:
            await bot.session.close()


async def test_where_packets_are_swallowed_no_message_may_have_been_sent() -> None:
    """The kernel takes no more connections than its backlog: the next one is never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as swallowing:
        address = swallowing.getsockname()
        with contextlib.ExitStack() as others:
            for _ in range(3):
                other = others.enter_context(socket.socket())
                other.setblocking(False)
                other.connect_ex(address)
            server = TelegramAPIServer.from_base(f"http://{address[0]}:{address[1]}")
            async with Bot(DEMO_TOKEN, session=DeskSession(server, connect_s=0.05)) as bot:
                with pytest.raises(TelegramNetworkError) as trouble:
                    await bot.send_message(7, "Drawdown 19 %")
    assert not may_have_happened(trouble.value)
