"""Faults that a test injects: refusals, late answers, none at all, cut connections."""

from __future__ import annotations

import asyncio

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.sandbox import Sandbox, SandboxClient


async def test_a_fault_strikes_as_often_as_told(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.fault("sendMessage", 502, times=2)
    for _ in range(2):
        with pytest.raises(TelegramServerError, match="Bad Gateway"):
            await bot.send_message(tara, "x")
    await bot.send_message(tara, "x")
    assert [one["ok"] for one in await people.calls("sendMessage")] == [False, False, True]


async def test_a_fault_for_one_text(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.fault("*", 429, retry_after=7, matching="GBPUSD")
    await bot.send_message(tara, "EURUSD")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(tara, "GBPUSD")
    assert refused.value.retry_after == 7


async def test_a_lost_answer_is_a_performed_call(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.fault("sendMessage", 504, performed=True)
    with pytest.raises(TelegramServerError, match="Gateway Timeout"):
        await bot.send_message(tara, "twice?")
    assert (await people.wait_for(tara, "twice?"))["edits"] == 0


async def test_cleared_faults_strike_no_more(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.fault("getMe", 500, times=100)
    await people.clear_faults()
    assert (await bot.get_me()).is_bot


async def test_the_usual_words_of_a_code(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.fault("sendMessage", 403)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(tara, "x")
    await people.fault("sendMessage", 429)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(tara, "x")
    assert refused.value.retry_after == 1


async def test_a_fault_for_one_chat(bot: Bot, people: SandboxClient, tara: int) -> None:
    theo = await people.add_user("Theo")
    await people.say(theo, "/start")
    await people.fault("*", 502, chat_id=theo)
    await bot.send_message(tara, "passes")
    with pytest.raises(TelegramServerError):
        await bot.send_message(theo, "fails")
    assert [fault["hits"] for fault in await people.faults()] == [1]


async def test_a_fault_for_the_taps_of_one_chat(bot: Bot, people: SandboxClient, tara: int) -> None:
    row = [InlineKeyboardButton(text="Approve", callback_data="a")]
    await bot.send_message(tara, "card", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]))
    await people.fault("answerCallbackQuery", 502, chat_id=tara + 1)
    await people.fault("answerCallbackQuery", 502, chat_id=tara)
    tap = await people.tap(tara, "Approve")
    with pytest.raises(TelegramServerError):
        await bot.answer_callback_query(tap["callback_query_id"])
    assert [fault["hits"] for fault in await people.faults()] == [0, 1]
    assert await bot.answer_callback_query(tap["callback_query_id"])


async def test_a_late_answer_is_of_a_call_that_was_made_at_once(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    await people.delay("sendMessage", 60)
    sending = asyncio.create_task(bot.send_message(tara, "on its way"))
    await people.wait_for(tara, "on its way")
    assert not sending.done()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await people.delay("sendMessage", 0.01)
    assert (await bot.send_message(tara, "in time")).text == "in time"


@pytest.mark.parametrize("performed", [True, False])
async def test_an_answer_that_never_comes(
    bot: Bot, people: SandboxClient, tara: int, performed: bool
) -> None:
    await people.silence("sendMessage", performed=performed)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.send_message(tara, "lost"), 0.2)
    assert ("lost" in [one["text"] for one in await people.messages(tara)]) is performed
    await bot.send_message(tara, "next")


@pytest.mark.parametrize("performed", [True, False])
async def test_a_cut_connection(bot: Bot, people: SandboxClient, tara: int, performed: bool) -> None:
    await people.cut("sendMessage", performed=performed)
    with pytest.raises(TelegramNetworkError, match="disconnected"):
        await bot.send_message(tara, "lost")
    assert ("lost" in [one["text"] for one in await people.messages(tara)]) is performed
    told = (await people.calls("sendMessage"))[-1]["error"]["description"]
    assert told == f"the connection was cut; the call {'took effect' if performed else 'did nothing'}"
    await bot.send_message(tara, "next")


async def test_a_cut_poll_loses_no_update(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.cut("getUpdates", performed=True)
    with pytest.raises(TelegramNetworkError):
        await bot.get_updates()
    assert [one.message.text for one in await bot.get_updates() if one.message] == ["/start"]


async def test_other_clients_are_cut_too(sandbox: Sandbox, people: SandboxClient, tara: int) -> None:
    await people.cut("sendMessage", performed=True)
    async with telegram.Bot(sandbox.world.token, base_url=f"{sandbox.url}/bot") as second:
        with pytest.raises(telegram.error.NetworkError):
            await second.send_message(tara, "once")
    assert [one["text"] for one in await people.messages(tara)][1:] == ["once"]
