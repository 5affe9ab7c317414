"""Whatever a client sends in whatever field, the sandbox answers in the Bot API's form, never with a 500."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram import methods as telegram_methods

from bot.sandbox import Sandbox
from bot.sandbox.methods import MODELLED

KEYBOARD: list[Any] = [[{"text": "A", "copy_text": "x"}], [{"text": "A", "url": "http://["}], [7], "x"]
APPS: list[Any] = [1, {}, {"url": []}]
NONSENSE: list[Any] = [
    *("", "x", "-1", "1e9", "attach://x", "😀" * 5000, "\x00"),
    *(-5, 10**30, 1.5, True, None, [], {}, [[]], [{}], [7], ["x"], [None]),
    *({"type": []}, {"message_id": "x"}, {"type": "photo", "media": 5}, {"chat_id": {}}),
    *([{"type": []}], [{"type": "bold", "offset": True, "length": "x"}], [{"type": "date_time"}]),
    *([{"type": "photo", "media": {}}] * 2, [{"command": [], "description": {}}], [{"type": "emoji"}]),
    *({"inline_keyboard": rows} for rows in KEYBOARD),
    *({"inline_keyboard": [row]} for row in KEYBOARD),
    *({"inline_keyboard": [[{"text": "A", "web_app": app}]]} for app in APPS),
    *({"keyboard": 7}, {"force_reply": True}, {"remove_keyboard": "x"}),
]
READ = {
    *("chat_id", "message_id", "message_ids", "user_id", "text", "parse_mode", "entities", "caption"),
    *("caption_entities", "reply_markup", "reply_parameters", "photo", "document", "media", "file_id"),
    *("callback_query_id", "show_alert", "url", "secret_token", "max_connections", "allowed_updates"),
    *("commands", "scope", "language_code", "reaction", "action", "offset", "limit"),
}


@pytest.mark.parametrize("method", [*MODELLED, "getUpdates"])
async def test_nonsense_in_every_field(sandbox: Sandbox, bot: Bot, tara: int, method: str) -> None:
    sent = await bot.send_message(tara, "text")
    fields = getattr(telegram_methods, method[0].upper() + method[1:]).model_fields
    good = {"chat_id": tara, "message_id": sent.message_id, "user_id": tara, "text": "x", "timeout": 0}
    async with aiohttp.ClientSession(f"{sandbox.url}/bot{sandbox.world.token}/") as session:
        for field in READ & fields.keys():
            for wrong in NONSENSE:
                async with session.post(method, json=good | {field: wrong}) as answer:
                    body = await answer.text()
                assert answer.status < 500 or answer.status == 501, (field, wrong, body)
                assert answer.content_type == "application/json", (field, wrong)
