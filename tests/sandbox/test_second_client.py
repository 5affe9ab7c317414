"""python-telegram-bot, a client written by others, works against the sandbox too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import telegram
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.sandbox import Sandbox, SandboxClient

Context = ContextTypes.DEFAULT_TYPE


@pytest.fixture
async def second(sandbox: Sandbox) -> AsyncIterator[telegram.Bot]:
    base = f"{sandbox.url}/bot"
    async with telegram.Bot(
        sandbox.world.token, base_url=base, base_file_url=f"{sandbox.url}/file/bot"
    ) as bot:
        yield bot


async def test_sending_editing_and_files(
    second: telegram.Bot, people: SandboxClient, tara: int, png: Callable[[int, int], bytes]
) -> None:
    assert (await second.get_me()).username == "tapdesk_bot"
    assert (await second.get_updates())[0].message is not None
    picture = png(60, 40)
    button = telegram.InlineKeyboardButton("Approve", callback_data="a")
    sent = await second.send_photo(
        tara, picture, caption="<b>BUY</b>", parse_mode="HTML",
        reply_markup=telegram.InlineKeyboardMarkup([[button]]),
    )  # fmt: skip
    assert sent.caption_entities[0].type == "bold"
    file = await second.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == picture
    await second.edit_message_caption(tara, sent.message_id, caption="Approved")
    assert (await people.wait_for(tara, "Approved"))["buttons"] == []
    with pytest.raises(telegram.error.BadRequest, match="not modified"):
        await second.edit_message_caption(tara, sent.message_id, caption="Approved")


async def test_refusals_arrive_as_its_own_errors(
    second: telegram.Bot, people: SandboxClient, tara: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    await people.fault("sendMessage", 429, retry_after=3)
    with pytest.raises(telegram.error.RetryAfter):
        await second.send_message(tara, "x")
    await people.block(tara)
    with pytest.raises(telegram.error.Forbidden, match="blocked by the user"):
        await second.send_message(tara, "x")


async def test_a_whole_bot_polls_and_answers_a_tap(sandbox: Sandbox, people: SandboxClient) -> None:
    application = (
        Application.builder()
        .token(sandbox.world.token)
        .base_url(f"{sandbox.url}/bot")
        .base_file_url(f"{sandbox.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", _offer))
    application.add_handler(CallbackQueryHandler(_approve))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=5)
        tara = await people.add_user("Tara")
        await people.say(tara, "/start")
        await people.wait_for(tara, "Approve?")
        await people.tap(tara, "Approve")
        assert (await people.wait_for_answer(tara))["text"] == "Approved"
        await asyncio.gather(application.updater.stop(), people.say(tara, "bye"))
        await application.stop()


async def _offer(update: telegram.Update, _: Context) -> None:
    assert update.message is not None
    button = telegram.InlineKeyboardButton("Approve", callback_data="a")
    await update.message.reply_text("Approve?", reply_markup=telegram.InlineKeyboardMarkup([[button]]))


async def _approve(update: telegram.Update, _: Context) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Approved")
