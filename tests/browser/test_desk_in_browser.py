"""The whole desk from a trader's chair: the demo's chat page, a tap, and the card that changes."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.chromium import HOW_TO_GET, chromium_path, page
from tests.fakes.demo import demo, told

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason=HOW_TO_GET),
]
PATIENCE_MS = 60_000


async def test_a_tap_on_approve_changes_the_card(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as process, asyncio.timeout(180), page(1600, 900) as chat:
        await chat.goto(await told(process, r"Tap here:\s+(\S+)"))
        toms = chat.get_by_role("region", name="Tom")
        await toms.get_by_role("button", name="Approve").click(timeout=PATIENCE_MS)
        card = toms.locator(".message", has_text="BUY EURUSD")
        await expect(card).to_contain_text("Filled", timeout=PATIENCE_MS)
        await expect(card.get_by_role("img")).to_be_visible()
        await expect(toms.get_by_role("button", name="Approve")).to_have_count(0)
        taras = chat.get_by_role("region", name="Tara")
        await expect(taras.get_by_role("button", name="Approve")).to_have_count(1)
