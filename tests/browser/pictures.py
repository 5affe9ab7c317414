"""`make pictures`: the README's screenshots, of the demo as it is today."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Locator

from bot.demo.cast import ADAM, OLIVIA, TARA, TIM, TOM
from bot.sandbox import SandboxClient
from tests.browser.chromium import page
from tests.browser.first_minutes import first_ten_minutes
from tests.fakes.demo import demo, told

DOCS = Path("docs")


async def main() -> None:
    """Play a little with the demo and take the page on a desk and on a phone; then live through the first
    ten minutes of somebody new."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder), "--port", "0") as process:
            chat = await told(process, r"Tap here:\s+(\S+)")
            async with SandboxClient(chat) as telegram:
                await _play(telegram)
            await _shoot(chat, DOCS / "chat.png", 1680, 1000)
            await _shoot(chat, DOCS / "chat-phone.png", 390, 844, tab=TOM.name)
    await _first_minutes()


async def _first_minutes() -> None:
    """A newcomer's column in each scene, as wide as a phone."""
    folder = DOCS / "first-minutes"
    folder.mkdir(exist_ok=True)

    async def shoot(name: str, column: Locator) -> None:
        await column.page.wait_for_timeout(1_000)  # pictures fade in
        await column.screenshot(path=folder / f"{name}.png")

    with tempfile.TemporaryDirectory() as desk:
        async with demo(Path(desk), "--port", "0") as process, page(2340, 900) as chat:
            await chat.goto(await told(process, r"Tap here:\s+(\S+)"))
            await first_ten_minutes(chat, shoot)


async def _play(telegram: SandboxClient) -> None:
    for trader in (TOM, TARA, TIM):
        await telegram.wait_for(trader.telegram_id, lambda it: "✅ Approve" in it["buttons"], timeout_s=60)
    await telegram.tap(TOM.telegram_id, "✅ Approve")
    await telegram.tap(TARA.telegram_id, "✖️ Reject")
    await telegram.wait_for(TARA.telegram_id, lambda message: "Too late" in message["buttons"])
    await telegram.tap(TARA.telegram_id, "Too late")
    await telegram.wait_for(TOM.telegram_id, "Filled", timeout_s=30)
    await telegram.say(ADAM.telegram_id, "/signals")
    await telegram.wait_for(ADAM.telegram_id, "EURUSD")
    await telegram.say(OLIVIA.telegram_id, "/status")
    await telegram.wait_for(OLIVIA.telegram_id, "1 position", timeout_s=30)


async def _shoot(url: str, path: Path, width: int, height: int, tab: str = "") -> None:
    async with page(width, height) as chat:
        await chat.goto(url)
        if tab:
            await chat.get_by_label("People").get_by_role("button", name=tab).click()
        await chat.locator(".message").first.wait_for()
        await chat.wait_for_timeout(1_000)  # pictures fade in
        await chat.screenshot(path=path)


if __name__ == "__main__":
    asyncio.run(main())
