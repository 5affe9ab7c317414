"""What a client other than aiogram may send: GET, JSON, other spellings, nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.methods import MODELLED


@pytest.fixture
async def session(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    base = f"{sandbox.url}/bot{sandbox.world.token}/"
    async with aiohttp.ClientSession(base_url=base) as session:
        yield session


async def told(answer: aiohttp.ClientResponse) -> tuple[int, dict[str, Any]]:
    body = await answer.json()
    assert body.get("error_code", answer.status) == answer.status
    return answer.status, body


async def test_get_json_and_other_spellings(
    session: aiohttp.ClientSession, people: SandboxClient, tara: int
) -> None:
    async with session.get("sendmessage", params={"chat_id": tara, "text": "by get"}) as answer:
        assert (await told(answer))[1]["ok"]
    async with session.post("sendMessage", json={"chat_id": tara, "text": "by json"}) as answer:
        assert (await told(answer))[1]["ok"]
    assert [one["text"] for one in (await people.messages(tara))[-2:]] == ["by get", "by json"]


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("fly", {}, "Not Found: method not found"),
        ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": "TARA", "text": "x", "reply_markup": "{"},
         "Bad Request: can't parse reply_markup JSON object"),
        ("sendMessage", {"chat_id": "TARA", "text": "x", "reply_markup": "[]"},
         "Bad Request: can't parse reply_markup.InlineKeyboardMarkup: Input should be a valid dictionary"),
        ("sendMessage", {"chat_id": "TARA", "text": "x", "entities": '["x"]'},
         "Bad Request: can't parse entities.0: Input should be a valid dictionary"),
        ("sendMessage", {"chat_id": "TARA", "text": "x", "reply_markup": '{"inline_keyboard": [1]}'},
         "Bad Request: can't parse reply_markup.inline_keyboard.0: Input should be a valid list"),
        ("editMessageText", {"chat_id": "TARA", "text": "x", "message_id": "one"},
         "Bad Request: invalid message_id specified"),
        ("sendPhoto", {"chat_id": "TARA", "photo": "attach://lost"},
         "Bad Request: attached file 'attach://lost' not found"),
        ("sendPhoto", {"chat_id": "TARA"}, "Bad Request: there is no photo in the request"),
        ("sendChatAction", {"chat_id": "TARA", "action": "dancing"},
         "Bad Request: wrong parameter action in request"),
        ("deleteMessages", {"chat_id": "TARA", "message_ids": '["x"]'},
         "Bad Request: invalid message_ids specified"),
        ("getChatMember", {"chat_id": "TARA", "user_id": "1"}, "Bad Request: invalid user_id specified"),
        ("setMessageReaction", {"chat_id": "TARA", "message_id": "1", "reaction": "[7]"},
         "Bad Request: can't parse reaction.0: Input should be a valid dictionary"),
        ("sendMediaGroup", {"chat_id": "TARA", "media": '["x", "y"]'},
         "Bad Request: can't parse media.0"),
        ("setMyCommands", {"commands": "[1]"},
         "Bad Request: can't parse commands.0: Input should be a valid dictionary"),
    ],
)  # fmt: skip
async def test_malformed_calls(
    session: aiohttp.ClientSession, tara: int, method: str, fields: dict[str, str], words: str
) -> None:
    sent = {name: value.replace("TARA", str(tara)) for name, value in fields.items()}
    async with session.post(method, data=sent) as answer:
        status, body = await told(answer)
    assert (body["ok"], body["error_code"]) == (False, status)
    assert body["description"].startswith(words)


async def test_no_reply_leaves_that_a_client_could_not_parse(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELLED, "getMe", lambda *_: {"id": 1, "first_name": "no is_bot"})
    async with session.get("getMe") as answer:
        status, body = await told(answer)
    assert status == 500
    assert "the sandbox's own getMe is malformed" in body["description"]


async def test_a_body_that_is_no_json(session: aiohttp.ClientSession) -> None:
    async with session.post("getMe", data=b"{", headers={"Content-Type": "application/json"}) as answer:
        assert (await told(answer))[1]["description"] == "Bad Request: can't parse request JSON object"
