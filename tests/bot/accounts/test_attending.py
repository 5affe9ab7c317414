"""A running desk: an account that is linked in the chat is watched at once, and a SIGKILL loses no wizard."""

import asyncio

import aiohttp

from bot.sandbox import Sandbox, SandboxClient
from tests.bot.console.place import Place, logged
from tests.bot.wording import ACCEPT, ENGLISH

LINK = ENGLISH.label("accounts-button-link")


async def test_a_wizard_outlives_a_kill_and_its_account_is_watched(place: Place, telegram: Sandbox) -> None:
    async with asyncio.timeout(240), SandboxClient(telegram.url) as people, aiohttp.ClientSession() as http:
        desk = await place.start("run")
        await people.add_user("Tom", id=2)
        await people.say(2, "/start")
        await people.wait_for(2, lambda message: bool(message["buttons"]), timeout_s=60)
        await people.tap(2, ACCEPT)
        await people.wait_for(2, "You accepted", timeout_s=30)
        await people.say(2, "/accounts")
        await people.wait_for(2, "Tom paper", timeout_s=30)
        await people.tap(2, LINK)
        await people.wait_for(2, "play money", timeout_s=30)
        await people.tap(2, ENGLISH.label("accounts-link-paper"))
        await people.wait_for(2, "What is the paper account to be called", timeout_s=30)
        await people.say(2, "Play")
        await people.wait_for(2, "With how much play money", timeout_s=30)
        desk.kill()
        await desk.wait()
        again = await place.start("run")
        url = (await logged(again, "desk_started")).partition('"intake": "')[2].partition('"')[0]
        await people.say(2, "25000")
        await people.wait_for(2, "is linked and watched", timeout_s=60)
        await logged(again, "account_watched")
        await _until(http, f"{url}/metrics", 'tapdesk_account_guard_age_seconds{account="Play"}')
        await _until(http, f"{url}/readyz", "ready")
        again.terminate()
        await again.communicate()
    assert again.returncode == 0
    assert list((place.folder / "var" / "paper").glob("*/terminal.json"))


async def _until(http: aiohttp.ClientSession, url: str, text: str) -> None:
    """Ask until a good answer contains the text; the caller's time-out is the limit."""
    while True:
        async with http.get(url) as answer:
            if answer.status == 200 and text in await answer.text():
                return
        await asyncio.sleep(0.1)
