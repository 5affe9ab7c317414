"""Forums: topics made, closed, hidden and deleted, and where messages go."""

from __future__ import annotations

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import ReplyParameters

from bot.sandbox import Sandbox, SandboxClient, SandboxError


@pytest.fixture
async def forum(people: SandboxClient, tara: int) -> int:
    """Tara's, with the bot as an administrator."""
    forum = await people.add_group("Desk", [tara], "forum")
    await people.set_bot(forum, "administrator")
    return forum


async def test_a_message_goes_to_its_topic(bot: Bot, people: SandboxClient, forum: int) -> None:
    topic = await bot.create_forum_topic(forum, "Alerts", icon_color=0xFB6F5F)
    assert (topic.name, topic.icon_color) == ("Alerts", 0xFB6F5F)
    sent = await bot.send_message(forum, "Drawdown", message_thread_id=topic.message_thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic.message_thread_id, True)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.forum_topic_created is not None
    assert (await people.wait_for(forum, "Drawdown"))["topic"] == topic.message_thread_id
    answer = await bot.send_message(
        forum, "Seen", reply_parameters=ReplyParameters(message_id=sent.message_id)
    )
    assert answer.message_thread_id == topic.message_thread_id


async def test_general_has_no_number(bot: Bot, forum: int) -> None:
    sent = await bot.send_message(forum, "hello")
    assert (sent.message_thread_id, sent.is_topic_message) == (None, None)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum, "hello", message_thread_id=1)
    assert await bot.send_chat_action(forum, "typing", message_thread_id=1)


async def test_topics_that_are_not_there(bot: Bot, people: SandboxClient, tara: int, forum: int) -> None:
    topic = (await bot.create_forum_topic(forum, "Alerts")).message_thread_id
    await bot.send_message(forum, "gone soon", message_thread_id=topic)
    await bot.delete_forum_topic(forum, topic)
    assert "gone soon" not in [one["text"] for one in await people.messages(forum)]
    for chat, thread in ((forum, topic), (tara, 5)):
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await bot.send_message(chat, "x", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await bot.close_forum_topic(forum, topic)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(tara, "Alerts")


async def test_a_closed_topic_is_for_those_who_lead(
    bot: Bot, people: SandboxClient, tara: int, forum: int
) -> None:
    theo = await people.add_user("Theo")
    await people.add_member(forum, theo)
    topic = await people.add_topic(forum, "Rules")
    assert await bot.close_forum_topic(forum, topic)
    await bot.send_message(forum, "by an administrator", message_thread_id=topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(forum, topic)
    with pytest.raises(SandboxError, match="The topic Rules is closed"):
        await people.say(theo, "/status", chat_id=forum, topic=topic)
    await people.set_bot(forum, "member")
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(forum, "by a member", message_thread_id=topic)
    await people.close_topic(forum, topic, closed=False)
    await bot.send_message(forum, "open again", message_thread_id=topic)


async def test_what_needs_a_right_and_what_ones_own_topic_does_not(
    bot: Bot, people: SandboxClient, forum: int
) -> None:
    own = (await bot.create_forum_topic(forum, "Alerts")).message_thread_id
    others = await people.add_topic(forum, "Rules")
    await people.set_bot(forum, "member")
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(forum, "More")
    with pytest.raises(TelegramBadRequest, match="not enough rights to close or open the topic"):
        await bot.close_forum_topic(forum, others)
    with pytest.raises(TelegramBadRequest, match="not enough rights to edit the topic"):
        await bot.edit_forum_topic(forum, others, name="Laws")
    with pytest.raises(TelegramBadRequest, match="not enough rights to delete the topic"):
        await bot.delete_forum_topic(forum, others)
    assert await bot.edit_forum_topic(forum, own, name="All alerts")
    assert await bot.close_forum_topic(forum, own)
    assert (await people.transcript(forum))["topics"][1]["name"] == "All alerts"


async def test_general_is_closed_hidden_and_shown(bot: Bot, people: SandboxClient, forum: int) -> None:
    await bot.edit_general_forum_topic(forum, "Hall")
    await bot.hide_general_forum_topic(forum)
    general = (await people.transcript(forum))["topics"][0]
    assert (general["name"], general["is_hidden"], general["is_closed"]) == ("Hall", True, True)
    await bot.reopen_general_forum_topic(forum)
    general = (await people.transcript(forum))["topics"][0]
    assert (general["is_hidden"], general["is_closed"]) == (False, False)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.unhide_general_forum_topic(forum)


async def test_a_person_writes_in_a_topic(bot: Bot, people: SandboxClient, tara: int, forum: int) -> None:
    topic = await people.add_topic(forum, "Alerts")
    await people.say(tara, "/status@tapdesk_bot", chat_id=forum, topic=topic)
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert (message.text, message.message_thread_id) == ("/status@tapdesk_bot", topic)
    assert message.is_topic_message
    with pytest.raises(SandboxError, match="There is no topic 4711"):
        await people.say(tara, "x", chat_id=forum, topic=4711)


async def test_pins_of_one_topic_are_taken_away(bot: Bot, people: SandboxClient, forum: int) -> None:
    topic = (await bot.create_forum_topic(forum, "Alerts")).message_thread_id
    inside = await bot.send_message(forum, "in the topic", message_thread_id=topic)
    general = await bot.send_message(forum, "in General")
    for message in (inside, general):
        await bot.pin_chat_message(forum, message.message_id)
    assert await bot.unpin_all_forum_topic_messages(forum, topic)
    assert (await people.transcript(forum))["pinned"] == [general.message_id]
    assert await bot.unpin_all_general_forum_topic_messages(forum)
    assert (await people.transcript(forum))["pinned"] == []


async def test_the_chat_tells_what_happened_to_its_topics(
    bot: Bot, people: SandboxClient, forum: int
) -> None:
    topic = (await bot.create_forum_topic(forum, "Alerts")).message_thread_id
    await bot.close_forum_topic(forum, topic)
    told = [one["service"] for one in await people.messages(forum) if one["topic"] == topic]
    assert told == ["Tapdesk created the topic “Alerts”", "Tapdesk closed the topic"]


async def test_another_client_finds_its_way_too(sandbox: Sandbox, forum: int) -> None:
    async with telegram.Bot(sandbox.world.token, base_url=f"{sandbox.url}/bot") as second:
        topic = await second.create_forum_topic(forum, "Alerts")
        sent = await second.send_message(forum, "hello", message_thread_id=topic.message_thread_id)
        assert sent.is_topic_message
        member = await second.get_chat_member(forum, second.id)
        assert isinstance(member, telegram.ChatMemberAdministrator)
        assert member.can_manage_topics
        updates = await second.get_updates(allowed_updates=[])
        assert {one.my_chat_member.new_chat_member.status for one in updates if one.my_chat_member} == {
            "member",
            "administrator",
        }
        with pytest.raises(telegram.error.BadRequest, match="thread not found"):
            await second.send_message(forum, "hello", message_thread_id=1)
