"""A person's first ten minutes, on the demo's chat page: from an owner's invite to the first closed trade."""

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from bot.demo.cast import OLIVIA

PATIENCE_MS = 60_000
"""A signal comes every forty seconds."""
NEWCOMER = "Vera"
POSITION = re.compile(r"^\S+ [A-Z0-9]{4,} \d")

Shoot = Callable[[str, Locator], Awaitable[None]]


async def first_ten_minutes(chat: Page, shoot: Shoot) -> None:
    """Play them. `shoot` is handed a name and the newcomer's column whenever there is something to see."""
    await _invite(chat)
    column = chat.get_by_role("region", name=NEWCOMER)
    await shoot("invited", column)
    await column.get_by_role("button", name="Start", exact=True).click()
    await expect(column.get_by_text("Your role: trader")).to_be_visible(timeout=PATIENCE_MS)
    await shoot("welcome", column)
    await _accept(column)
    await _link_account(column)
    await shoot("linked", column)
    card = await _card(column)
    await shoot("card", column)
    await card.get_by_role("button", name="Approve").click()
    await expect(card).to_contain_text("Filled", timeout=PATIENCE_MS)
    await expect(column.locator(".toast")).to_have_count(0)  # it has said its word
    await shoot("filled", column)
    await _close(column)
    await expect(card).to_contain_text("Closed", timeout=PATIENCE_MS)
    await expect(card).to_contain_text("Result")
    await expect(column.locator(".toast")).to_have_count(0)
    await card.scroll_into_view_if_needed()
    await shoot("closed", column)


async def _invite(chat: Page) -> None:
    """The owner asks for a link; somebody new, who speaks English, opens it."""
    owner = chat.get_by_role("region", name=OLIVIA.name)
    await write(owner, "/invite trader")
    await owner.get_by_role("link", name="start=").click(timeout=PATIENCE_MS)
    await chat.get_by_label("Who opens it").select_option("Somebody new…")
    await chat.get_by_role("button", name="Open", exact=True).click()
    await chat.get_by_label("Name").fill(NEWCOMER)
    await chat.get_by_role("button", name="Open", exact=True).click()


async def _accept(column: Locator) -> None:
    await column.get_by_role("button", name="I have read this and accept").click(timeout=PATIENCE_MS)
    await expect(column.get_by_text("Signals arrive here as cards")).to_be_visible(timeout=PATIENCE_MS)


async def _link_account(column: Locator) -> None:
    """By the button of the first steps."""
    await column.get_by_role("button", name="Link an account").click(timeout=PATIENCE_MS)
    await column.get_by_role("button", name="Paper").click(timeout=PATIENCE_MS)
    await expect(column.get_by_text("What is the paper account to be called?")).to_be_visible()
    await write(column, "First steps")
    await expect(column.get_by_text("how much play money")).to_be_visible(timeout=PATIENCE_MS)
    await write(column, "10000")
    await expect(column.get_by_text("First steps is linked")).to_be_visible(timeout=PATIENCE_MS)


async def _card(column: Locator) -> Locator:
    """The first card of theirs; `data-id` keeps it in sight when others follow."""
    card = column.locator(".message", has=column.page.get_by_role("button", name="Approve")).first
    await expect(card).to_be_visible(timeout=PATIENCE_MS)
    number = await card.get_attribute("data-id")
    return column.locator(f'.message[data-id="{number}"]')


async def _close(column: Locator) -> None:
    await write(column, "/positions")
    await column.get_by_role("button", name=POSITION).click(timeout=PATIENCE_MS)
    await column.get_by_role("button", name="Close", exact=True).click(timeout=PATIENCE_MS)
    await column.get_by_role("button", name="Yes, close").click(timeout=PATIENCE_MS)


async def write(column: Locator, text: str) -> None:
    """Type it below the chat and send it."""
    field = column.get_by_label("Message", exact=True)
    await field.fill(text)
    await field.press("Enter")
