"""Deep links: opened by a person, whose button Start sends the token."""

from __future__ import annotations

import pytest
from aiogram import Bot

from bot.sandbox import SandboxClient, SandboxError


async def test_a_stranger_starts_the_bot_by_a_deep_link(bot: Bot, people: SandboxClient) -> None:
    olga = await people.add_user("Olga", last_name="Orlova", language_code="de")
    opened = await people.open_link(olga, "https://t.me/tapdesk_bot?start=invite-7")
    assert (opened["at_start"], opened["start_token"], opened["started"]) == (True, "invite-7", False)
    assert await bot.get_updates() == []
    await people.follow(olga, "https://t.me/tapdesk_bot?start=invite-7")
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.text == "/start invite-7"
    assert message.from_user is not None
    assert (message.from_user.full_name, message.from_user.language_code) == ("Olga Orlova", "de")
    assert [(one.type, one.offset, one.length) for one in message.entities or []] == [("bot_command", 0, 6)]
    assert not (await people.users())[0]["at_start"]


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("t.me/tapdesk_bot?start=A_b-9", "/start A_b-9"),
        ("tg://resolve?domain=Tapdesk_Bot&start=x", "/start x"),
        ("https://t.me/tapdesk_bot", "/start"),
        ("https://t.me/tapdesk_bot?start=two%20words", "/start"),
        (f"https://t.me/tapdesk_bot?start={'x' * 65}", "/start"),
    ],
)
async def test_what_the_button_sends(people: SandboxClient, tara: int, link: str, text: str) -> None:
    assert (await people.follow(tara, link))["text"] == text


async def test_start_lets_a_blocked_bot_in_again(bot: Bot, people: SandboxClient, tara: int) -> None:
    await people.block(tara)
    await people.follow(tara, "https://t.me/tapdesk_bot?start=again")
    kinds = [one.event_type for one in await bot.get_updates()]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]
    await bot.send_message(tara, "welcome back")


async def test_links_that_lead_elsewhere(people: SandboxClient, tara: int) -> None:
    with pytest.raises(SandboxError, match="There is no bot @other_bot here; the bot is @tapdesk_bot"):
        await people.follow(tara, "https://t.me/other_bot?start=x")
    with pytest.raises(SandboxError, match="is no link to a bot"):
        await people.follow(tara, "https://example.com/tapdesk_bot?start=x")


async def test_a_link_brings_the_bot_into_a_group(bot: Bot, people: SandboxClient, tara: int) -> None:
    group = await people.add_group("Desk", [tara])
    await people.set_bot(group, "kicked")
    await people.open_link(tara, "https://t.me/tapdesk_bot?startgroup=route-1", chat_id=group)
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert (message.text, message.chat.id) == ("/start@tapdesk_bot route-1", group)
