"""Who is let in: programs, the page itself, links to it; not what other sites' pages send."""

from __future__ import annotations

import aiohttp
import pytest

from bot.sandbox import Sandbox, serve

CROSS = {"sec-fetch-site": "cross-site"}
LINK = CROSS | {"sec-fetch-mode": "navigate"}


async def status(sandbox: Sandbox, method: str, path: str, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{sandbox.url}{path}", headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/", {}, 200),
        ("GET", "/", LINK, 200),
        ("GET", "/", {"host": "localhost:8088"}, 200),
        ("GET", "/", {"host": "[::1]:8088"}, 200),
        ("GET", "/control/chats", {"sec-fetch-site": "same-origin"}, 200),
        ("POST", "/control/reset", {"sec-fetch-site": "same-origin"}, 200),
        ("POST", "/control/reset", {}, 200),
        ("POST", "/control/reset", CROSS, 403),
        ("POST", "/control/reset", LINK, 403),
        ("POST", "/control/reset", {"sec-fetch-site": "same-site"}, 403),
        ("GET", "/control/chats", CROSS, 403),
        ("GET", "/control/chats", {"host": "rebound.example"}, 403),
        ("GET", "/control/chats", {"host": "127.0.0.1.rebound.example"}, 403),
        ("GET", "/control/chats", {"host": "["}, 403),
    ],
)
async def test_other_sites_pages_are_kept_out(
    sandbox: Sandbox, method: str, path: str, headers: dict[str, str], expected: int
) -> None:
    assert await status(sandbox, method, path, headers) == expected


async def test_a_sandbox_for_other_machines_answers_by_every_name() -> None:
    async with serve(host="0.0.0.0") as wide:  # noqa: S104 - what is tested
        local = Sandbox(wide.url.replace("0.0.0.0", "127.0.0.1"), wide.world)  # noqa: S104
        assert await status(local, "GET", "/", {"host": "desk.example:8081"}) == 200
        assert await status(local, "POST", "/control/reset", CROSS) == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", r'{"first_name": "\ud800"}'),
        ("users/7/say", r'{"text": "half \udc00"}'),
        ("users/7/tap", r'{"label": "\ud83d"}'),
        ("groups", r'{"title": "\ud800", "members": []}'),
    ],
)
async def test_half_a_character_is_kept_out_before_it_spoils_every_answer(
    sandbox: Sandbox, path: str, body: str
) -> None:
    headers = {"content-type": "application/json"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sandbox.url}/control/users", json={"first_name": "Tara", "id": 7}):
            pass
        async with session.post(f"{sandbox.url}/control/{path}", data=body, headers=headers) as answer:
            assert answer.status == 422, await answer.text()
    assert await status(sandbox, "GET", "/control/chats", {}) == 200
