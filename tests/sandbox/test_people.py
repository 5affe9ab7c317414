"""The control API: people, what can be seen, and its refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import KeyboardButton, ReplyKeyboardMarkup

from bot.sandbox import Sandbox, SandboxClient, SandboxError


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


async def test_a_picture_comes_in_place_of_a_text(
    bot: Bot, people: SandboxClient, tara: int, png: Callable[[int, int], bytes]
) -> None:
    await people.send_file(tara, "chart.png", png(60, 40), "photo", caption="my stop")
    await people.send_file(tara, "log.txt", b"nothing")
    photo, document = (one.message for one in (await bot.get_updates())[-2:])
    assert photo is not None
    assert (photo.text, photo.caption) == (None, "my stop")
    assert document is not None
    assert document.document is not None
    downloaded = await bot.download(document.document)
    assert downloaded is not None
    assert downloaded.read() == b"nothing"
    with pytest.raises(SandboxError, match="no picture that Telegram takes"):
        await people.send_file(tara, "chart.png", b"no picture", "photo")


async def test_a_person_edits_their_own_words(bot: Bot, people: SandboxClient, tara: int) -> None:
    said = await people.say(tara, "/close")
    await people.edit(tara, said["message_id"], "/closeall")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None
    assert edited.text == "/closeall"
    assert [one["text"] for one in await people.messages(tara)][-1] == "/closeall"
    sent = await bot.send_message(tara, "mine")
    with pytest.raises(SandboxError, match="is no text of Tara"):
        await people.edit(tara, sent.message_id, "theirs")


async def test_a_keyboard_for_one_use_hides_itself(bot: Bot, people: SandboxClient, tara: int) -> None:
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Yes")]], one_time_keyboard=True)
    await bot.send_message(tara, "Sure?", reply_markup=keyboard)
    assert (await people.transcript(tara))["reply_keyboard"]
    await people.say(tara, "Yes")
    assert (await people.transcript(tara))["reply_keyboard"] is None
