"""The panel of terminals beside the chats: what a person does there is so at the broker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.demo.cast import TARA, TOM, terminal_of
from bot.sandbox import serve
from core.paper.folder import Folder
from tests.browser.chromium import HOW_TO_GET, chromium_path, page
from tests.sandbox.floor import Floor, floor_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason=HOW_TO_GET),
]


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with floor_in(tmp_path) as floor:
        yield floor


@pytest.fixture
async def chat(floor: Floor) -> AsyncIterator[Page]:
    """The chat page as its link opens it, with the terminals; an error in its scripts fails the test."""
    errors: list[str] = []
    async with page(1600, 900) as chat:
        chat.on("pageerror", lambda error: errors.append(str(error)))
        await chat.goto(f"{floor.url}/#terminals")
        yield chat
    assert errors == []


def terminal(chat: Page, name: str) -> Locator:
    return chat.get_by_role("article", name=f"Terminal of {name}")


def told(chat: Page) -> Locator:
    return chat.get_by_label("Terminals", exact=True).get_by_role("status")


async def test_a_person_closes_by_hand_and_pulls_the_network(floor: Floor, chat: Page) -> None:
    ticket, other = floor.opened(TOM, lots=0.3), floor.opened(TOM, "XAUUSD", lots=0.01)
    toms, folder = terminal(chat, "Tom"), Folder(terminal_of(floor.folder, TOM))
    await toms.get_by_role("button", name=f"Half EURUSD {ticket}").click()
    await expect(toms.get_by_text("EURUSD buy 0.15")).to_be_visible()
    assert floor.positions(TOM)[ticket].volume == pytest.approx(0.15)
    await toms.get_by_role("button", name=f"Close EURUSD {ticket}").click()
    await expect(told(chat)).to_contain_text("Closed: 0.15 EURUSD at")
    await expect(toms.get_by_text("EURUSD buy")).to_have_count(0)
    assert list(floor.positions(TOM)) == [other]
    await expect(toms.get_by_role("button", name=f"Half XAUUSD {other}")).to_be_disabled()
    await toms.get_by_role("switch", name="Network").click()
    await expect(toms.get_by_role("switch", name="Network")).not_to_be_checked()
    assert folder.setup.unplugged
    await toms.get_by_role("switch", name="Network").click()
    await expect(toms.get_by_role("switch", name="Network")).to_be_checked()
    assert not folder.setup.unplugged


async def test_what_happens_at_the_broker_is_seen_while_one_looks(floor: Floor, chat: Page) -> None:
    taras = terminal(chat, "Tara")
    await expect(taras.get_by_text("Nothing is open.")).to_be_visible()
    ticket = floor.opened(TARA)
    await expect(taras.get_by_text("EURUSD buy 0.1")).to_be_visible()
    floor.hands.close_position(TARA.login, ticket)
    await expect(taras.get_by_text("Nothing is open.")).to_be_visible()


async def test_an_order_is_typed_and_its_stops_are_set(floor: Floor, chat: Page) -> None:
    toms = terminal(chat, "Tom")
    await toms.get_by_text("New order").click()
    await toms.get_by_label("Symbol").select_option("US30")
    await toms.get_by_label("Lots").fill("0.05")
    await toms.get_by_role("button", name="Sell").click()
    await expect(told(chat)).to_contain_text("US30: 0.1 to 250 in steps of 0.1.")
    await toms.get_by_label("Lots").fill("0.2")
    await toms.get_by_role("button", name="Sell").click()
    await toms.get_by_role("button", name="Stops US30").click()
    dialog = chat.get_by_role("dialog")
    await dialog.get_by_label("Stop loss").fill("1")
    await dialog.get_by_role("button", name="Set").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("A stop is on the wrong side")
    await dialog.get_by_label("Stop loss").fill("90000")
    await dialog.get_by_role("button", name="Set").click()
    await expect(dialog).to_have_count(0)
    (held,) = floor.positions(TOM).values()
    assert (held.symbol, held.side, held.volume, held.sl) == ("US30", -1, 0.2, 90_000.0)
    await toms.get_by_label("Price").fill("20000")
    await toms.get_by_role("button", name="Buy").click()
    await toms.get_by_role("button", name="Change US30").click()
    await dialog.get_by_label("Price").fill("19000")
    await dialog.get_by_role("button", name="Change").click()
    await expect(toms.get_by_text("at 19000.0")).to_be_visible()
    await toms.get_by_role("button", name="Cancel US30").click()
    await expect(toms.get_by_text("US30 buy limit")).to_have_count(0)
    assert floor.orders(TOM) == {}


async def test_money_account_and_market_are_in_reach(floor: Floor, chat: Page) -> None:
    toms, dialog = terminal(chat, "Tom"), chat.get_by_role("dialog")
    await toms.get_by_role("button", name="Deposit").click()
    await dialog.get_by_label("Amount").fill("-2500")
    await dialog.get_by_role("button", name="Pay").click()
    await expect(toms).to_contain_text("7,500.00 USD")
    await toms.get_by_role("button", name="Switch account").click()
    await dialog.get_by_label("Account").select_option(f"{TARA.login} · Tara")
    await dialog.get_by_role("button", name="Switch").click()
    await expect(toms).to_contain_text(f"{TARA.login} · Tara")
    assert Folder(terminal_of(floor.folder, TOM)).setup.login == TARA.login
    await toms.get_by_role("button", name="Misfortune").click()
    await dialog.get_by_role("button", name="Let it come").click()
    await expect(told(chat)).to_contain_text("Tom: fail awaits the next call of order_send.")
    await chat.get_by_role("button", name="Shock the market").click()
    await dialog.get_by_label("Symbol").select_option("XAUUSD")
    await dialog.get_by_role("button", name="Shock").click()
    await expect(told(chat)).to_contain_text("XAUUSD moves by -1 % over 10 s.")
    assert [shock.symbol for shock in floor.hands.broker.book.plan().shocks] == ["XAUUSD"]


async def test_an_order_is_given_by_keyboard_alone_and_enter_gives_none(floor: Floor, chat: Page) -> None:
    toms = terminal(chat, "Tom")
    await toms.get_by_text("New order").focus()
    await chat.keyboard.press("Enter")
    for key in ("Tab", "G", "Tab", "2", "Enter", "Tab", "1", "Backspace", "Tab", "Tab", "Tab", "Tab"):
        await chat.keyboard.press(key)
    await expect(toms.get_by_role("button", name="Buy")).to_be_focused()
    assert floor.positions(TOM) == {}
    await chat.keyboard.press("Space")
    await expect(toms.get_by_text("GBPUSD buy 2")).to_be_visible()
    assert [held.volume for held in floor.positions(TOM).values()] == [2.0]


async def test_by_keyboard_the_panel_opens_and_closes(chat: Page) -> None:
    panel, button = (
        chat.get_by_label("Terminals", exact=True),
        chat.get_by_role("button", name="Terminals", exact=True),
    )
    await expect(button).to_have_attribute("aria-expanded", "true")
    await expect(panel.get_by_role("heading", name="Terminals")).to_be_focused()
    await chat.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "false")
    await chat.keyboard.press("Enter")
    await expect(terminal(chat, "Tim")).to_be_visible()


async def test_the_broker_is_asked_only_while_someone_looks(floor: Floor) -> None:
    async with page(1600, 900) as chat:
        await chat.clock.install()
        await chat.goto(f"{floor.url}/#terminals")
        await expect(terminal(chat, "Tom")).to_be_visible()
        async with chat.expect_request("**/control/terminals"):
            await chat.clock.run_for(1_000)
        await chat.get_by_role("button", name="Close the terminals").click()
        asked: list[str] = []
        chat.on("request", lambda request: asked.append(request.url))
        await chat.clock.run_for(10_000)
        assert [url for url in asked if "/control/" in url] == []


async def test_it_fits_a_phone(floor: Floor, chat: Page) -> None:
    floor.opened(TOM)
    await chat.set_viewport_size({"width": 390, "height": 844})
    await expect(terminal(chat, "Tom").get_by_role("button", name="Close EURUSD")).to_be_in_viewport()
    assert await chat.evaluate("document.documentElement.scrollWidth") == 390
    await chat.get_by_role("button", name="Close the terminals").click()
    await expect(chat.get_by_role("button", name="Add a person")).to_be_in_viewport(ratio=1)


async def test_without_a_desktop_the_button_is_not_there() -> None:
    async with serve() as sandbox, page(1600, 900) as chat:
        await chat.goto(f"{sandbox.url}/#terminals")
        await expect(chat.get_by_role("status")).to_have_text("live")
        await expect(chat.get_by_role("button", name="Add a person")).to_be_visible()
        await expect(chat.get_by_role("button", name="Terminals", exact=True)).to_be_hidden()
        await expect(chat.get_by_label("Terminals", exact=True)).to_be_hidden()
