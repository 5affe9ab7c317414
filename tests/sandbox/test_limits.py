"""Flood limits on an injected clock, tokens, and blocked bots."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from bot.sandbox import Rate, Sandbox, SandboxClient, Settings, World, serve
from tests.sandbox.conftest import STANDING_STILL, bot_at

LIMITS = Settings(overall=Rate(10, 10), chat=Rate(1, 3), group=Rate(20 / 60, 2))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with serve(World(settings=LIMITS, clock=lambda: 1_795_000_000.0)) as running:
        yield running


async def test_a_chat_takes_a_burst_then_one_a_second(bot: Bot, people: SandboxClient, tara: int) -> None:
    for _ in range(3):
        await bot.send_message(tara, "x")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(tara, "x")
    assert refused.value.retry_after == 1
    await people.advance(1)
    await bot.send_message(tara, "x")


async def test_edits_count_too(bot: Bot, tara: int) -> None:
    sent = await bot.send_message(tara, "0")
    for number in (1, 2):
        await bot.edit_message_text(str(number), chat_id=tara, message_id=sent.message_id)
    with pytest.raises(TelegramRetryAfter):
        await bot.edit_message_text("3", chat_id=tara, message_id=sent.message_id)


async def test_a_group_takes_twenty_a_minute(bot: Bot, people: SandboxClient, tara: int) -> None:
    group = await people.add_group("Desk", [tara])
    for _ in range(2):
        await bot.send_message(group, "x")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(group, "x")
    assert refused.value.retry_after == 3


async def test_a_group_is_a_chat_too() -> None:
    limits = Settings(overall=None, chat=Rate(1, 2), group=Rate(20 / 60, 20))
    async with (
        serve(World(settings=limits, clock=lambda: STANDING_STILL)) as running,
        SandboxClient(running.url) as people,
        bot_at(running.url, running.world.token) as bot,
    ):
        group = await people.add_group("Desk", [await people.add_user("Tara")])
        for _ in range(2):
            await bot.send_message(group, "x")
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(group, "x")
        assert refused.value.retry_after == 1


async def test_the_overall_limit_holds_over_many_chats(bot: Bot, people: SandboxClient) -> None:
    users = [await people.add_user(f"T{number}") for number in range(11)]
    for user in users:
        await people.say(user, "/start")
    outcomes = await asyncio.gather(*(bot.send_message(one, "x") for one in users), return_exceptions=True)
    assert sum(isinstance(one, TelegramRetryAfter) for one in outcomes) == 1


async def test_a_wrong_token_is_unauthorised(connect: Callable[..., Bot]) -> None:
    async with connect("7000000001:wrong") as stranger:
        with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
            await stranger.get_me()


async def test_any_token_if_the_world_says_so() -> None:
    async with (
        serve(World(settings=Settings(any_token=True))) as running,
        aiohttp.ClientSession() as session,
        session.get(f"{running.url}/bot42:other/getMe") as answer,
    ):
        assert (await answer.json())["ok"]


async def test_a_blocked_bot_is_told_and_refused(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.block(tara)
    change = (await bot.get_updates(offset=-1))[0].my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(tara, "x")
    await people.unblock(tara)
    await bot.send_message(tara, "welcome back")


async def test_refusals_cost_no_flood_budget(bot: Bot, tara: int) -> None:
    for _ in range(5):
        with pytest.raises(TelegramBadRequest, match="message text is empty"):
            await bot.send_message(tara, "")
    await bot.send_message(tara, "x")
