"""Long polling: offsets, allowed updates, a second poller, a client that goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update

from bot.sandbox import Sandbox, SandboxClient

Connect = Callable[..., Bot]


async def polling(sandbox: Sandbox) -> None:
    """Until a poll is waiting in the sandbox."""
    while not sandbox.world.mailbox.is_polled:  # noqa: ASYNC110  the mailbox tells nobody that it is polled
        await asyncio.sleep(0)


async def test_a_poll_ends_with_the_first_update(
    sandbox: Sandbox, bot: Bot, people: SandboxClient, tara: int
) -> None:
    offset = (await bot.get_updates())[-1].update_id + 1
    poll = asyncio.create_task(bot.get_updates(offset=offset, timeout=30))
    await polling(sandbox)
    await people.say(tara, "/status")
    assert [one.message.text for one in await poll if one.message] == ["/status"]


async def test_updates_stay_until_they_are_confirmed(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.say(tara, "two")
    first, second = await bot.get_updates()
    assert [one.update_id for one in await bot.get_updates()] == [first.update_id, second.update_id]
    assert await bot.get_updates(offset=second.update_id) == [second]
    assert await bot.get_updates() == [second]
    assert await bot.get_updates(offset=second.update_id + 1) == []


async def test_limit_and_negative_offset(bot: Bot, people: SandboxClient, tara: int) -> None:
    for text in ("a", "b", "c"):
        await people.say(tara, text)
    assert texts(await bot.get_updates(limit=2)) == ["/start", "a"]
    assert texts(await bot.get_updates(offset=-2)) == ["b", "c"]
    assert texts(await bot.get_updates()) == ["b", "c"]


def texts(updates: list[Update]) -> list[str | None]:
    return [one.message.text for one in updates if one.message]


async def test_a_second_poller_ends_the_first_with_409(
    sandbox: Sandbox, bot: Bot, people: SandboxClient, connect: Connect
) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await polling(sandbox)
    async with connect() as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
            await first
        await people.say(await people.add_user("Theo"), "/start")
        assert len(await second) == 1


async def test_a_poll_is_refused_while_a_webhook_is_set(bot: Bot) -> None:
    await bot.set_webhook("https://example.com/hook")
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_setting_a_webhook_ends_a_waiting_poll(sandbox: Sandbox, bot: Bot, connect: Connect) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await polling(sandbox)
    async with connect() as other:
        await other.set_webhook("https://example.com/hook")
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await poll


async def test_allowed_updates_are_remembered(bot: Bot, people: SandboxClient, tara: int) -> None:
    sent = await bot.send_message(tara, "hi")
    await people.react(tara, sent.message_id, "👍")
    await people.block(tara)
    kinds = [one.event_type for one in await bot.get_updates(allowed_updates=["message_reaction"])]
    assert kinds == ["message", "my_chat_member"]
    await people.unblock(tara)
    await people.react(tara, sent.message_id, "🔥")
    assert [one.event_type for one in await bot.get_updates(offset=-1)] == ["message_reaction"]


async def test_the_poll_of_a_client_that_went_frees_its_place(
    sandbox: Sandbox, bot: Bot, people: SandboxClient, tara: int
) -> None:
    offset = (await bot.get_updates())[-1].update_id + 1
    async with aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/bot{sandbox.world.token}/getUpdates"
        leaving = asyncio.create_task(session.post(url, data={"offset": offset, "timeout": 50}))
        await polling(sandbox)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
    while sandbox.world.mailbox.is_polled:  # noqa: ASYNC110  the loser: the abandoned poll must go
        await asyncio.sleep(0)
    await people.say(tara, "still here")
    assert texts(await bot.get_updates(offset=offset)) == ["still here"]


async def test_update_ids_are_never_used_twice(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.say(tara, "two")
    before = (await bot.get_updates())[-1].update_id
    assert await bot.get_updates(offset=before + 1) == []
    await people.reset()
    assert await bot.get_updates() == []
    theo = await people.add_user("Theo")
    for text in ("/start", "again", "and again"):
        await people.say(theo, text)
    assert [one.update_id for one in await bot.get_updates()] == [before + 1, before + 2, before + 3]
