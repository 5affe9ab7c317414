"""Pacing: below Telegram's limits with its flood control on, and one pause for all after a 429."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.sandbox import Sandbox, SandboxClient, Settings, World, serve
from bot.telegram.pace import Bucket, Pace
from tests.bot.stage import QuickClock


@pytest.fixture
async def sandbox(clock: QuickClock) -> AsyncIterator[Sandbox]:
    """With Telegram's own limits, by the clock of the pace."""
    async with serve(World(settings=Settings(), clock=clock.monotonic)) as running:
        yield running


@pytest.fixture
def pace(clock: QuickClock) -> Pace:
    return Pace(clock)


async def test_forty_chats_at_once_get_their_message_each(people: SandboxClient, bot: Bot) -> None:
    """More than Telegram takes at once: unpaced, the last ones would be refused and their sends raise."""
    chats = [await people.add_user(f"U{number}") for number in range(40)]
    for chat in chats:
        await people.say(chat, "/start")
    await asyncio.gather(*(bot.send_message(chat, "hello") for chat in chats))
    delivered = [call["parameters"]["chat_id"] for call in await people.calls("sendMessage") if call["ok"]]
    assert sorted(delivered) == sorted(map(str, chats))


async def test_a_group_gets_no_more_than_twenty_in_any_minute(
    people: SandboxClient, bot: Bot, clock: QuickClock
) -> None:
    olga = await people.add_user("Olga")
    group = await people.add_group("Risk", [olga])
    sent_s = []
    for number in range(45):
        await bot.send_message(group, str(number))
        sent_s.append(clock.monotonic())
    assert max(sum(first <= each < first + 60 for each in sent_s) for first in sent_s) <= 20
    assert all(call["ok"] for call in await people.calls("sendMessage"))


async def test_a_thousand_go_out_at_the_rate_of_the_limit(clock: QuickClock) -> None:
    bucket, began_s = Bucket(clock, 30, 5), clock.monotonic()
    for _ in range(1_000):
        await bucket.turn()
    assert clock.monotonic() - began_s == pytest.approx((1_000 - 5) / 30, abs=1)


async def test_a_short_burst_in_one_chat_passes_at_once(people: SandboxClient, bot: Bot) -> None:
    chat = await people.add_user("Tara")
    await people.say(chat, "/start")
    await asyncio.gather(*(bot.send_message(chat, str(number)) for number in range(4)))
    assert all(call["ok"] for call in await people.calls("sendMessage"))


async def test_a_short_pause_is_waited_out_and_the_call_made_again(
    people: SandboxClient, bot: Bot, clock: QuickClock, pace: Pace
) -> None:
    chat = await people.add_user("Tara")
    await people.say(chat, "/start")
    await people.fault("sendMessage", 429, description="Too Many Requests", retry_after=4)
    assert (await bot.send_message(chat, "hello")).text == "hello"
    assert clock.skipped_s == pytest.approx(4, abs=0.5)
    assert pace.pause_left_s == 0


async def test_a_long_pause_is_raised_and_holds_for_every_chat(
    people: SandboxClient, bot: Bot, clock: QuickClock, pace: Pace
) -> None:
    chats = [await people.add_user(name) for name in ("Tara", "Tom")]
    for chat in chats:
        await people.say(chat, "/start")
    await people.fault("sendMessage", 429, description="Too Many Requests", retry_after=90)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(chats[0], "hello")
    assert pace.pause_left_s == pytest.approx(90, abs=1)
    await bot.send_message(chats[1], "hello")
    assert clock.skipped_s == pytest.approx(90, abs=1)


async def test_a_shorter_pause_does_not_cut_a_longer_one(pace: Pace) -> None:
    pace.pause(60)
    pace.pause(1)
    assert pace.pause_left_s == pytest.approx(60, abs=1)


async def test_answers_to_taps_and_polling_are_not_held_back(bot: Bot, pace: Pace, clock: QuickClock) -> None:
    pace.pause(60)
    await bot.get_me()
    assert clock.skipped_s == 0


async def test_a_menu_that_is_refused_mutes_no_chat(people: SandboxClient, bot: Bot, pace: Pace) -> None:
    await people.fault("setMyCommands", 429, description="Too Many Requests", retry_after=600)
    with pytest.raises(TelegramRetryAfter):
        await bot.set_my_commands([])
    assert pace.pause_left_s == 0


async def test_what_names_no_chat_waits_alone_and_is_made_once_more(
    people: SandboxClient, bot: Bot, pace: Pace, clock: QuickClock
) -> None:
    """An answer to a tap that is given up leaves its button turning."""
    tara = await people.add_user("Tara")
    await people.say(tara, "/start")
    tapped = await people.tap_stale(tara, "x", 1)
    await people.fault("answerCallbackQuery", 429, retry_after=2)
    await bot.answer_callback_query(tapped["callback_query_id"], "Noted.")
    assert [answer["text"] for answer in await people.answers(tara)] == ["Noted."]
    assert clock.skipped_s == pytest.approx(2, abs=0.5)
    assert pace.pause_left_s == 0
