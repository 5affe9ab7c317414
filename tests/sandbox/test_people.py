"""The control API: people, groups, what can be seen, and its refusals as sentences."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramMigrateToChat
from aiogram.types import ChatMemberOwner

from bot.sandbox import Sandbox, SandboxClient, SandboxError


async def test_a_person_starts_the_bot_by_a_deep_link(bot: Bot, people: SandboxClient) -> None:
    olga = await people.add_user(
        "Olga", last_name="Orlova", username="olga", language_code="de", label="owner"
    )
    await people.say(olga, "/start invite-7")
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.text == "/start invite-7"
    assert message.from_user is not None
    assert (message.from_user.full_name, message.from_user.language_code) == ("Olga Orlova", "de")
    assert [(one.type, one.offset, one.length) for one in message.entities or []] == [("bot_command", 0, 6)]
    assert (await people.users())[0]["label"] == "owner"


async def test_what_people_cannot_do_is_told_in_a_sentence(people: SandboxClient, tara: int) -> None:
    with pytest.raises(SandboxError, match=r"There is no user 5; the users are \[\d+\]\."):
        await people.say(5, "x")
    with pytest.raises(SandboxError, match="There is no message 77 in chat"):
        await people.react(tara, 77, "👍")
    with pytest.raises(SandboxError, match=f"There is a user {tara} already"):
        await people.add_user("Twin", id=tara)
    await people.block(tara)
    with pytest.raises(SandboxError, match="Tara has blocked the bot; unblock it first"):
        await people.say(tara, "x")
    with pytest.raises(SandboxError, match="There is no chat 4711"):
        await people.transcript(4711)


async def test_blocking_twice_is_one_change(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.block(tara)
    await people.block(tara)
    assert [one.event_type for one in await bot.get_updates()] == ["message", "my_chat_member"]


async def test_a_group_hears_only_what_is_meant_for_the_bot(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    olga = await people.add_user("Olga")
    group = await people.add_group("Desk", [olga, tara])
    await people.say(tara, "just talking", chat_id=group)
    await people.say(tara, "/status", chat_id=group)
    await people.say(tara, "hey @tapdesk_bot", chat_id=group)
    updates = await bot.get_updates()
    assert updates[1].my_chat_member is not None
    assert [one.message.text for one in updates[2:] if one.message] == ["/status", "hey @tapdesk_bot"]
    assert isinstance(await bot.get_chat_member(group, olga), ChatMemberOwner)
    assert await bot.get_chat_member_count(group) == 3
    await bot.send_message(group, "hello all")
    assert (await people.wait_for(group, "hello all"))["chat_id"] == group


async def test_an_upgraded_group_tells_its_new_id(bot: Bot, people: SandboxClient, tara: int) -> None:
    group = await people.add_group("Desk", [tara])
    upgraded = await people.upgrade_group(group)
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(group, "hello")
    assert refused.value.migrate_to_chat_id == upgraded
    assert (await bot.send_message(upgraded, "hello")).chat.type == "supergroup"
    told = [one.message for one in await bot.get_updates() if one.message]
    assert (told[-2].migrate_to_chat_id, told[-1].migrate_from_chat_id) == (upgraded, group)
    with pytest.raises(SandboxError, match="is no group that could be upgraded"):
        await people.upgrade_group(group)


async def test_the_log_of_calls_shows_parameters_and_results(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    await bot.send_message(tara, "hello")
    call = (await people.calls("sendMessage"))[0]
    assert call["parameters"]["text"] == "hello"
    assert call["result"]["message_id"] == (await people.messages(tara))[-1]["message_id"]
    assert await people.calls("sendMessage", after=call["number"]) == []


async def test_waiting_in_vain_tells_what_was_seen(bot: Bot, people: SandboxClient, tara: int) -> None:
    await bot.send_message(tara, "something else")
    with pytest.raises(TimeoutError, match="something else"):
        await people.wait_for(tara, "never", timeout_s=0.05)


async def test_a_reply_keyboard_is_shown_until_it_is_removed(sandbox: Sandbox, people: SandboxClient) -> None:
    tara = await people.add_user("Tara")
    await people.say(tara, "/start")
    shown = {"keyboard": [[{"text": "Yes"}]]}
    for markup in (shown, {"remove_keyboard": True}):
        body = {"chat_id": tara, "text": "?", "reply_markup": markup}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{sandbox.url}/bot{sandbox.world.token}/sendMessage", json=body) as answer,
        ):
            assert answer.status == 200
        assert (await people.transcript(tara))["reply_keyboard"] == (shown if markup is shown else None)


async def test_a_reset_forgets_the_people(people: SandboxClient, tara: int) -> None:
    await people.reset()
    assert await people.users() == []
    assert await people.messages(tara) == []


async def test_the_control_api_describes_itself(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/control/openapi.json") as answer:
            paths = (await answer.json())["paths"]
        async with session.get(f"{sandbox.url}/control/docs") as page:
            assert page.status == 200
    assert "/control/users/{user_id}/tap" in paths
