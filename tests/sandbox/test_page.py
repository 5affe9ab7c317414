"""The chat page in a real browser: what people see, tap and write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from playwright.async_api import Page, expect

from bot.sandbox import Sandbox, SandboxClient
from tests.browser.chromium import HOW_TO_GET, chromium_path
from tests.browser.chromium import page as empty_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason=HOW_TO_GET),
]


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    """The chat page, on a screen of 1600 pixels; an error in its scripts fails the test."""
    errors: list[str] = []
    async with empty_page(1600, 900) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        await page.goto(sandbox.url)
        await expect(page.get_by_role("status")).to_have_text("live")  # what is told before is not seen
        yield page
    assert errors == []


def card(*labels: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=label, callback_data=label.lower(), style="success") for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])


async def test_a_tap_shows_the_toast_and_the_edited_card(
    page: Page, bot: Bot, people: SandboxClient, tara: int, photo_id: str
) -> None:
    sent = await bot.send_photo(tara, photo_id, caption="BUY EURUSD", reply_markup=card("Approve"))
    chat = page.locator(f"#chat{tara}")
    await chat.get_by_role("button", name="Approve").click()
    updates = await bot.get_updates(offset=-1, timeout=10)
    assert updates[0].callback_query is not None
    await bot.answer_callback_query(updates[0].callback_query.id, "Sending your order")
    await bot.edit_message_caption(chat_id=tara, message_id=sent.message_id, caption="Approved by Tara")
    await expect(chat.locator(".toast")).to_have_text("Sending your order")
    await expect(chat.get_by_text("Approved by Tara")).to_be_visible()
    await expect(chat.get_by_text("edited")).to_be_visible()
    await expect(chat.get_by_role("button", name="Approve")).to_have_count(0)


async def test_an_alert_stays_until_ok(page: Page, bot: Bot, people: SandboxClient, tara: int) -> None:
    await bot.send_message(tara, "card", reply_markup=card("Approve"))
    query = await people.tap(tara, "Approve")
    await bot.answer_callback_query(query["callback_query_id"], "Not enough margin", show_alert=True)
    alert = page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Not enough margin")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_have_count(0)


async def test_markup_in_a_text_is_inert(page: Page, bot: Bot, people: SandboxClient, tara: int) -> None:
    nasty = '<img src=x onerror=alert(1)><script>alert(2)</script> & "quotes"'
    await people.say(tara, nasty)
    await bot.send_message(tara, nasty, reply_markup=card("<b>bold</b>"))
    messages = page.locator(f"#chat{tara} .text")
    await expect(messages.nth(1)).to_have_text(nasty)
    await expect(messages.nth(2)).to_have_text(nasty)
    await expect(page.get_by_role("button", name="<b>bold</b>")).to_be_visible()
    await expect(page.locator(".text img, .text script")).to_have_count(0)


async def test_formatting_is_drawn(page: Page, bot: Bot, tara: int) -> None:
    source = (
        '<b>BUY</b> <code>0.25</code> <a href="https://example.com">page</a>'
        "<blockquote expandable>why</blockquote>"
        '<tg-time unix="1795000240" format="r">at 12:05</tg-time>'
    )
    await bot.send_message(tara, source, parse_mode="HTML")
    text = page.locator(f"#chat{tara} .text").last
    await expect(text.locator("strong")).to_have_text("BUY")
    await expect(text.locator("code")).to_have_text("0.25")
    await expect(text.locator("a")).to_have_attribute("href", "https://example.com")
    await expect(text.locator("blockquote.expandable")).to_have_text("why")
    await expect(text.locator("time")).to_contain_text("in 3 minutes")


async def test_a_person_is_added_starts_and_is_offered_commands(
    page: Page, bot: Bot, people: SandboxClient
) -> None:
    await bot.set_my_commands([BotCommand(command="status", description="How the desk is")])
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("Name").fill("Theo")
    await page.get_by_label("Role, as a label").fill("trader")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name="Start").click()
    await page.get_by_label("Message", exact=True).fill("/st")
    await page.get_by_role("button", name="/status How the desk is").click()
    theo = (await people.users())[0]
    assert (theo["name"], theo["label"]) == ("Theo", "trader")
    await people.until(
        lambda: people.messages(theo["id"]),
        lambda seen: [one["text"] for one in seen] == ["/start", "/status"],
    )


async def test_a_stranger_comes_by_an_invite_link(
    page: Page, bot: Bot, people: SandboxClient, tara: int
) -> None:
    await bot.send_message(tara, "Invite: https://t.me/tapdesk_bot?start=inv-7")
    await page.locator(f"#chat{tara}").get_by_role("link", name="t.me/tapdesk_bot").click()
    await page.get_by_label("Who opens it").select_option("Somebody new…")
    await page.get_by_role("button", name="Open", exact=True).click()
    await page.get_by_label("Name").fill("Вера")
    await page.get_by_label("Language of their Telegram").select_option("ru")
    await page.get_by_role("button", name="Open", exact=True).click()
    column = page.get_by_role("region", name="Вера")
    await expect(column).to_contain_text("inv-7")
    await column.get_by_role("button", name="Start", exact=True).click()
    message = (await bot.get_updates(offset=-1, timeout=10))[0].message
    assert message is not None
    assert message.from_user is not None
    assert (message.text, message.from_user.language_code) == ("/start inv-7", "ru")


async def test_the_menu_speaks_the_persons_language(page: Page, bot: Bot, people: SandboxClient) -> None:
    await bot.set_my_commands([BotCommand(command="status", description="How the desk is")])
    await bot.set_my_commands([BotCommand(command="status", description="Состояние")], language_code="ru")
    vera = await people.add_user("Vera", language_code="ru")
    await people.say(vera, "/start")
    column = page.locator(f"#chat{vera}")
    await column.get_by_role("button", name="Commands").click()
    await expect(column.get_by_role("list", name="Commands")).to_have_text("/statusСостояние")
    await column.get_by_label("Message", exact=True).press("ArrowDown")
    await column.get_by_label("Message", exact=True).press("Enter")
    await expect(column.locator(".message").last).to_contain_text("/status")


async def test_several_rows_and_a_reply(page: Page, bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "Why do you reject it?")
    column = page.locator(f"#chat{tara}")
    await column.locator(".message").last.hover()
    await column.locator(".message").last.get_by_role("button", name="Reply").click()
    await expect(column.locator(".answering")).to_contain_text("Why do you reject it?")
    field = column.get_by_label("Message", exact=True)
    await field.press_sequentially("Spread")
    await field.press("Shift+Enter")
    await field.press_sequentially("too wide")
    await people.add_user("Theo")  # what is typed survives that the page is drawn anew
    await expect(page.get_by_role("region", name="Theo")).to_be_visible()
    await expect(field).to_be_focused()
    await field.press("Enter")
    message = (await bot.get_updates(offset=-1, timeout=10))[0].message
    assert message is not None
    assert message.text == "Spread\ntoo wide"
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == sent.message_id


async def test_the_bot_asks_for_an_answer(page: Page, bot: Bot, people: SandboxClient, tara: int) -> None:
    await bot.send_message(tara, "Which stop?", reply_markup=ForceReply(input_field_placeholder="A price"))
    field = page.locator(f"#chat{tara}").get_by_label("Message", exact=True)
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("placeholder", "A price")
    await field.fill("1.0780")
    await field.press("Enter")
    message = (await bot.get_updates(offset=-1, timeout=10))[0].message
    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "Which stop?"


async def test_who_reads_further_up_stays_there(
    page: Page, bot: Bot, people: SandboxClient, tara: int
) -> None:
    for number in range(40):
        await bot.send_message(tara, f"line {number}")
    column = page.locator(f"#chat{tara}")
    await expect(column.get_by_text("line 39")).to_be_in_viewport()
    await column.get_by_text("line 3", exact=True).scroll_into_view_if_needed()
    await bot.send_message(tara, "line 40")
    await people.add_user("Theo")
    await expect(page.get_by_role("region", name="Theo")).to_be_visible()
    await expect(column.get_by_text("line 40")).to_have_count(1)
    await expect(column.get_by_text("line 3", exact=True)).to_be_in_viewport()
    await expect(column.get_by_text("line 40")).not_to_be_in_viewport()


async def test_topics_of_a_forum(page: Page, bot: Bot, people: SandboxClient, tara: int) -> None:
    forum = await people.add_group("Desk", [tara], "forum")
    await people.set_bot(forum, "administrator")
    topic = (await bot.create_forum_topic(forum, "Alerts")).message_thread_id
    await bot.send_message(forum, "Drawdown 5 %", message_thread_id=topic)
    column = page.locator(f"#chat{forum}")
    await expect(column.get_by_text("Drawdown 5 %")).to_have_count(0)
    await column.get_by_role("button", name="Alerts 1 new").click()
    await expect(column.get_by_text("Drawdown 5 %")).to_be_visible()
    await expect(column.get_by_text("Tapdesk created the topic “Alerts”")).to_be_visible()
    await column.get_by_label("Message", exact=True).fill("/status")
    await column.get_by_label("Message", exact=True).press("Enter")
    message = (await bot.get_updates(offset=-1, timeout=10))[0].message
    assert message is not None
    assert message.message_thread_id == topic
    await column.get_by_label("What the bot is here").select_option("bot: removed")
    await expect(column.get_by_text("Tapdesk left the group")).to_have_count(0)  # that is told in General
    await column.get_by_role("button", name="General").click()
    await expect(column.get_by_text("Tapdesk left the group")).to_be_visible()


async def test_a_person_makes_a_forum_and_a_topic(page: Page, people: SandboxClient, tara: int) -> None:
    await page.get_by_role("button", name="Add a group").click()
    await page.get_by_label("Title").fill("War room")
    await page.get_by_role("button", name="Add", exact=True).click()
    column = page.get_by_role("region", name="War room")
    await column.get_by_role("button", name="Open a topic").click()
    await page.get_by_label("Name").fill("Trades")
    await page.get_by_role("button", name="Open", exact=True).click()
    await expect(column.get_by_role("button", name="Trades")).to_be_visible()


async def test_a_silent_message_and_a_document(page: Page, bot: Bot, tara: int) -> None:
    report = BufferedInputFile(b'{"trades": 3}', "audit.json")
    await bot.send_document(tara, report, caption="Everything", disable_notification=True)
    message = page.locator(f"#chat{tara} .message").last
    await expect(message.get_by_role("img", name="sent without a sound")).to_be_visible()
    await message.get_by_role("button", name="Open").click()
    await expect(page.get_by_role("dialog", name="audit.json")).to_contain_text('{"trades": 3}')
    await page.get_by_role("button", name="Close", exact=True).click()
    async with page.expect_download() as download:
        await message.get_by_role("link", name="Save audit.json").click()
    assert (await download.value).suggested_filename == "audit.json"


async def test_a_moment_counts_by_itself_in_the_persons_language(
    page: Page, bot: Bot, people: SandboxClient
) -> None:
    vera = await people.add_user("Vera", language_code="ru")
    await people.say(vera, "/start")
    await bot.send_message(vera, '<tg-time unix="1795000240" format="r">12:05</tg-time>', parse_mode="HTML")
    moment = page.locator(f"#chat{vera} time")
    await expect(moment).to_have_text("через 3 минуты")
    await people.advance(120)
    await expect(moment).to_have_text("через 1 минуту")


async def test_the_log_tells_calls_and_refusals(
    page: Page, bot: Bot, people: SandboxClient, tara: int
) -> None:
    await people.fault("sendMessage", 502)
    with pytest.raises(Exception, match="Bad Gateway"):
        await bot.send_message(tara, "x")
    await page.get_by_text("API calls").click()
    await expect(page.locator(".calls .failed").first).to_contain_text("502 Bad Gateway")


async def test_it_fits_a_phone(page: Page, bot: Bot, tara: int, people: SandboxClient, photo_id: str) -> None:
    await people.add_user("Theo")
    await page.set_viewport_size({"width": 390, "height": 844})
    await bot.send_photo(tara, photo_id, caption="BUY EURUSD", reply_markup=card("Approve", "Reject"))
    column = await page.locator(f"#chat{tara}").bounding_box()
    assert column is not None
    assert 350 <= column["width"] <= 390
    await expect(page.locator(f"#chat{tara}").get_by_role("button", name="Reject")).to_be_in_viewport()
    await page.locator("#tabs").get_by_text("Theo").click()
    await expect(page.locator("#columns").get_by_role("button", name="Start", exact=True)).to_be_in_viewport()


async def test_the_control_api_page_calls_the_api(
    page: Page, sandbox: Sandbox, people: SandboxClient
) -> None:
    await page.goto(f"{sandbox.url}/control/docs")
    operation = page.locator(".operation", has_text="Add User")
    await operation.locator("summary").click()
    await operation.get_by_label("Body").fill('{"first_name": "Olga"}')
    await operation.get_by_role("button", name="Call").click()
    await expect(operation.locator("pre")).to_contain_text("201")
    assert [one["name"] for one in await people.users()] == ["Olga"]


def test_the_page_uses_nothing_from_outside() -> None:
    folder = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
    for asset in folder.iterdir():
        text = asset.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, asset.name
        assert "https://" not in text, asset.name
