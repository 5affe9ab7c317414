"""Taps on buttons and what the bot may answer to them."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    CopyTextButton,
    DisabledButton,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)

from bot.sandbox import SandboxClient, SandboxError

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


async def card(bot: Bot, chat_id: int, *labels: str) -> int:
    row = [InlineKeyboardButton(text=label, callback_data=f"do:{label}") for label in labels]
    markup = InlineKeyboardMarkup(inline_keyboard=[row])
    return (await bot.send_message(chat_id, "card", reply_markup=markup)).message_id


async def newest_query(bot: Bot) -> CallbackQuery:
    query = (await bot.get_updates(offset=-1, timeout=5))[-1].callback_query
    assert query is not None
    return query


async def test_a_tap_reaches_the_bot_and_its_answer_the_person(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    message_id = await card(bot, tara, "Approve", "Reject")
    await people.tap(tara, "Approve")
    query = await newest_query(bot)
    assert (query.data, query.from_user.id) == ("do:Approve", tara)
    assert query.message is not None
    assert query.message.message_id == message_id
    await bot.answer_callback_query(query.id, "Not enough margin", show_alert=True)
    answer = await people.wait_for_answer(tara)
    assert (answer["text"], answer["show_alert"]) == ("Not enough margin", True)


async def test_the_newest_button_of_a_label_is_tapped(bot: Bot, people: SandboxClient, tara: int) -> None:
    older, newer = await card(bot, tara, "Approve"), await card(bot, tara, "Approve")
    assert (await people.tap(tara, "Approve"))["message_id"] == newer
    assert (await people.tap(tara, "Approve", message_id=older))["message_id"] == older


async def test_a_second_answer_is_refused(bot: Bot, people: SandboxClient, tara: int) -> None:
    await card(bot, tara, "Approve")
    query_id = (await people.tap(tara, "Approve"))["callback_query_id"]
    assert await bot.answer_callback_query(query_id)
    with pytest.raises(TelegramBadRequest, match=TOO_OLD):
        await bot.answer_callback_query(query_id)


async def test_a_late_answer_is_refused(bot: Bot, people: SandboxClient, tara: int) -> None:
    await card(bot, tara, "Approve")
    query_id = (await people.tap(tara, "Approve"))["callback_query_id"]
    await people.advance(15.1)
    with pytest.raises(TelegramBadRequest, match=TOO_OLD):
        await bot.answer_callback_query(query_id)
    assert await people.answers(tara) == []


async def test_an_answer_to_no_tap_is_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match=TOO_OLD):
        await bot.answer_callback_query("4711")


async def test_an_answer_has_at_most_200_characters(bot: Bot, people: SandboxClient, tara: int) -> None:
    await card(bot, tara, "Approve")
    query_id = (await people.tap(tara, "Approve"))["callback_query_id"]
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query_id, "x" * 201)
    assert await bot.answer_callback_query(query_id, "x" * 200)


async def test_a_double_tap_is_two_queries(bot: Bot, people: SandboxClient, tara: int) -> None:
    await card(bot, tara, "Approve")
    first, second = await people.tap(tara, "Approve"), await people.tap(tara, "Approve")
    assert first["callback_query_id"] != second["callback_query_id"]
    updates = await bot.get_updates()
    assert [one.callback_query is not None for one in updates] == [False, True, True]


async def test_buttons_that_the_client_handles_alone(bot: Bot, people: SandboxClient, tara: int) -> None:
    row = [
        InlineKeyboardButton(text="Page", url="https://example.com"),
        InlineKeyboardButton(text="Copy", copy_text=CopyTextButton(text="EURUSD")),
        InlineKeyboardButton(text="Done", disabled=DisabledButton(), style="success"),
    ]
    await bot.send_message(tara, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]))
    assert (await people.tap(tara, "Page"))["value"] == "https://example.com"
    assert (await people.tap(tara, "Copy"))["value"] == {"text": "EURUSD"}
    assert (await people.tap(tara, "Done"))["kind"] == "disabled"
    assert len(await bot.get_updates()) == 1


async def test_a_missing_button_is_told_with_those_that_are_there(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    await card(bot, tara, "Approve", "Reject")
    with pytest.raises(SandboxError, match="has a button 'Undo'; there are: Approve, Reject"):
        await people.tap(tara, "Undo")


async def test_a_stale_button_of_a_deleted_message(bot: Bot, people: SandboxClient, tara: int) -> None:
    message_id = await card(bot, tara, "Approve")
    await bot.delete_message(tara, message_id)
    await people.tap_stale(tara, "do:Approve", message_id)
    query = await newest_query(bot)
    assert isinstance(query.message, InaccessibleMessage)
    assert query.data == "do:Approve"
