"""Groups: who is in them, what the bot hears there, when it may not write, and their upgrade."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.sandbox import SandboxClient, SandboxError


@pytest.fixture
async def olga(people: SandboxClient) -> int:
    return await people.add_user("Olga")


@pytest.fixture
async def group(bot: Bot, people: SandboxClient, olga: int, tara: int) -> int:
    """Olga's, with Tara and the bot in it; the bot has been told of it already."""
    group = await people.add_group("Desk", [olga, tara], "supergroup")
    await forget_updates(bot)
    return group


async def forget_updates(bot: Bot) -> None:
    await bot.get_updates(offset=(await bot.get_updates(offset=-1))[-1].update_id + 1, timeout=0)


async def heard(bot: Bot) -> list[Message]:
    return [one.message for one in await bot.get_updates() if one.message]


async def changes(bot: Bot) -> list[ChatMemberUpdated]:
    return [one.my_chat_member for one in await bot.get_updates() if one.my_chat_member]


async def test_the_bot_is_told_that_it_was_let_in(
    bot: Bot, people: SandboxClient, olga: int, tara: int
) -> None:
    await people.add_group("Desk", [olga, tara])
    joined, message = (await bot.get_updates())[-2:]
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert message.message is not None
    assert [one.id for one in message.message.new_chat_members or []] == [bot.id]


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("just talking", False),
        ("/status", True),
        ("/status@tapdesk_bot now", True),
        ("/status@Tapdesk_Bot", True),
        ("/status@other_bot", False),
        ("hey @tapdesk_bot", True),
    ],
)
async def test_a_member_hears_only_what_is_meant_for_it(
    bot: Bot, people: SandboxClient, tara: int, group: int, text: str, is_heard: bool
) -> None:
    await people.say(tara, text, chat_id=group)
    assert [one.text for one in await heard(bot)] == [text] * is_heard


async def test_replies_to_the_bot_are_heard_and_an_administrator_hears_all(
    bot: Bot, people: SandboxClient, tara: int, group: int
) -> None:
    sent = await bot.send_message(group, "How much?")
    await people.say(tara, "a half", chat_id=group, reply_to=sent.message_id)
    await people.set_bot(group, "administrator")
    await people.say(tara, "just talking", chat_id=group)
    assert [one.text for one in await heard(bot)] == ["a half", "just talking"]


async def test_who_is_in_it(bot: Bot, people: SandboxClient, olga: int, tara: int, group: int) -> None:
    statuses = [(await bot.get_chat_member(group, one)).status for one in (olga, tara, bot.id)]
    assert statuses == ["creator", "member", "member"]
    assert await bot.get_chat_member_count(group) == 3
    await people.remove_member(group, tara)
    assert (await bot.get_chat_member(group, tara)).status == "left"
    with pytest.raises(SandboxError, match="Tara is in no chat"):
        await people.say(tara, "/status", chat_id=group)
    await people.add_member(group, tara)
    left, back = await heard(bot)
    assert left.left_chat_member is not None
    assert (left.left_chat_member.id, [one.id for one in back.new_chat_members or []]) == (tara, [tara])
    with pytest.raises(SandboxError, match="cannot leave"):
        await people.remove_member(group, olga)


async def test_rights_of_an_administrator(bot: Bot, people: SandboxClient, olga: int, group: int) -> None:
    await people.set_bot(group, "administrator", ["can_pin_messages"])
    promoted = (await changes(bot))[0].new_chat_member
    assert isinstance(promoted, ChatMemberAdministrator)
    assert (promoted.can_pin_messages, promoted.can_delete_messages) == (True, False)
    assert [one.user.id for one in await bot.get_chat_administrators(group)] == [olga, bot.id]
    with pytest.raises(SandboxError, match="There is no right can_fly"):
        await people.set_bot(group, "administrator", ["can_fly"])


async def test_members_coming_and_going_are_told_to_an_administrator_who_asks(
    bot: Bot, people: SandboxClient, tara: int, group: int
) -> None:
    await bot.get_updates(allowed_updates=["chat_member"])
    await people.remove_member(group, tara)
    await people.set_bot(group, "administrator")
    await people.add_member(group, tara)
    told = [one.chat_member for one in await bot.get_updates() if one.chat_member]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in told] == [("left", "member")]


async def test_what_needs_a_right(bot: Bot, people: SandboxClient, tara: int, group: int) -> None:
    theirs = await people.say(tara, "/status", chat_id=group)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(group, theirs["message_id"])
    with pytest.raises(TelegramBadRequest, match="not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group, theirs["message_id"])
    await people.set_bot(group, "administrator")
    await bot.pin_chat_message(group, theirs["message_id"])
    pinned = (await heard(bot))[-1]
    assert pinned.pinned_message is not None
    assert pinned.pinned_message.message_id == theirs["message_id"]
    assert await bot.delete_message(group, theirs["message_id"])


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_bot_that_was_thrown_out(
    bot: Bot, people: SandboxClient, olga: int, tara: int, kind: str
) -> None:
    group = await people.add_group("Desk", [olga, tara], kind)
    await people.set_bot(group, "kicked")
    assert (await changes(bot))[-1].new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match=f"bot was kicked from the {kind} chat"):
        await bot.send_message(group, "x")
    await people.say(tara, "/status", chat_id=group)
    assert "/status" not in [one.text for one in await heard(bot)]
    await people.set_bot(group, "member")
    assert (await bot.send_message(group, "back")).chat.id == group


async def test_a_bot_that_has_left(bot: Bot, group: int) -> None:
    await bot.leave_chat(group)
    assert (await changes(bot))[-1].new_chat_member.status == "left"
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group, "x")


async def test_an_upgraded_group_tells_its_new_id(
    bot: Bot, people: SandboxClient, olga: int, tara: int
) -> None:
    group = await people.add_group("Desk", [tara])
    await people.set_bot(group, "administrator")
    upgraded = await people.upgrade_group(group, to_forum=True)
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(group, "hello")
    assert refused.value.migrate_to_chat_id == upgraded
    sent = await bot.send_message(upgraded, "hello")
    assert (sent.chat.type, sent.chat.is_forum) == ("supergroup", True)
    told = await heard(bot)
    assert (told[-2].migrate_to_chat_id, told[-1].migrate_from_chat_id) == (upgraded, group)
    assert (await bot.get_chat_member(upgraded, bot.id)).status == "administrator"
    with pytest.raises(SandboxError, match="is no group that could be upgraded"):
        await people.upgrade_group(group)


async def test_a_tap_in_a_group_names_who_tapped(
    bot: Bot, people: SandboxClient, tara: int, group: int
) -> None:
    row = [InlineKeyboardButton(text="Approve", callback_data="a")]
    sent = await bot.send_message(group, "card", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]))
    await people.tap(tara, "Approve", chat_id=group)
    query = (await bot.get_updates(offset=-1))[0].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.from_user.id, query.message.chat.id) == (tara, group)
    assert query.message.message_id == sent.message_id


async def test_each_supergroup_numbers_its_messages_itself(
    bot: Bot, people: SandboxClient, tara: int, group: int
) -> None:
    other = await people.add_group("Other", [tara], "supergroup")
    first, second = await bot.send_message(group, "here"), await bot.send_message(other, "there")
    assert first.message_id == second.message_id
    await bot.edit_message_text("changed", chat_id=other, message_id=second.message_id)
    seen = [(await people.messages(chat))[-1]["text"] for chat in (group, other)]
    assert seen == ["here", "changed"]
