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


async def test_commands_groups_and_their_refusals(
    second: telegram.Bot, people: SandboxClient, tara: int
) -> None:
    await second.set_my_commands([("status", "How the desk is")], scope=telegram.BotCommandScopeChat(tara))
    assert [one["command"] for one in (await people.users())[0]["commands"]] == ["status"]
    group = await people.add_group("Desk", [tara])
    await people.set_bot(group, "administrator", ["can_pin_messages"])
    owner, me = await second.get_chat_administrators(group)
    assert isinstance(owner, telegram.ChatMemberOwner)
    assert isinstance(me, telegram.ChatMemberAdministrator)
    assert (me.can_pin_messages, me.can_manage_topics) == (True, False)
    upgraded = await people.upgrade_group(group)
    with pytest.raises(telegram.error.ChatMigrated) as moved:
        await second.send_message(group, "x")
    assert moved.value.new_chat_id == upgraded
    await people.set_bot(upgraded, "kicked")
    with pytest.raises(telegram.error.Forbidden, match="bot was kicked from the supergroup chat"):
        await second.send_message(upgraded, "x")


async def test_an_invited_stranger_answers_a_question(
    second: telegram.Bot, people: SandboxClient, png: Callable[[int, int], bytes]
) -> None:
    vera = await people.add_user("Vera", language_code="ru")
    await people.follow(vera, "https://t.me/tapdesk_bot?start=inv-7")
    started = (await second.get_updates())[-1]
    assert started.message is not None
    assert started.message.text == "/start inv-7"
    asked = await second.send_message(
        vera, "Which stop?", reply_markup=telegram.ForceReply(), disable_notification=True
    )
    await people.say(vera, "1.0780\nno, 1.0775", reply_to=asked.message_id)
    answered = (await second.get_updates(offset=started.update_id + 1))[-1].message
    assert answered is not None
    assert answered.reply_to_message is not None
    assert answered.reply_to_message.message_id == asked.message_id
    media = telegram.InputMediaPhoto(png(60, 40), caption="So be it")
    edited = await second.edit_message_media(media, chat_id=vera, message_id=asked.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.photo
    assert await second.delete_message(vera, answered.message_id)
