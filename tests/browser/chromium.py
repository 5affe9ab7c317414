"""A headless Chromium from the system, for tests of pages and for the README's pictures."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

HOW_TO_GET = "no Chromium here: apt-get install chromium (Debian), or put `chromium` on the PATH"
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@asynccontextmanager
async def page(width: int, height: int) -> AsyncIterator[Page]:
    """An empty page of that size. Raises RuntimeError, saying how to get one, without a Chromium."""
    path = chromium_path()
    if path is None:
        raise RuntimeError(HOW_TO_GET)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        try:
            yield await browser.new_page(viewport={"width": width, "height": height})
        finally:
            await browser.close()
