"""The connection to the Bot API: what comes back when something else answers in its place."""

import pytest
from aiogram.exceptions import TelegramServerError
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet

from bot.sandbox import DEMO_TOKEN
from bot.settings import load_settings
from bot.telegram.connection import make_bot

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
