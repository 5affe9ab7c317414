"""A person's first ten minutes in Chromium: invited, welcomed, linked, signalled, filled and closed."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator

from tests.browser.chromium import HOW_TO_GET, chromium_path, page
from tests.browser.first_minutes import first_ten_minutes
from tests.fakes.demo import demo, told

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason=HOW_TO_GET),
]


async def test_from_the_invite_to_the_first_closed_trade(tmp_path: Path) -> None:
    seen: list[str] = []
    errors: list[str] = []

    async def look(name: str, column: Locator) -> None:
        seen.append(name)

    async with demo(tmp_path, "--port", "0") as process, asyncio.timeout(300), page(1900, 950) as chat:
        chat.on("pageerror", lambda error: errors.append(str(error)))
        await chat.goto(await told(process, r"Tap here:\s+(\S+)"))
        await first_ten_minutes(chat, look)
    assert seen == ["invited", "welcome", "linked", "card", "filled", "closed"]
    assert errors == []
