"""Topics of a forum: made, renamed, closed, hidden, deleted."""

from __future__ import annotations

from bot.sandbox import topics
from bot.sandbox.membership import may, need
from bot.sandbox.methods.reach import reachable_chat
from bot.sandbox.model import GENERAL_TOPIC, Chat, Json, Topic
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

NOT_MODIFIED = "TOPIC_NOT_MODIFIED"


def create_forum_topic(world: World, p: Parameters) -> Json:
    chat = _forum(world, p)
    need(chat, world.bot, "can_manage_topics", "create a topic")
    color = p.integer("icon_color") or topics.ICON_COLORS[0]
    if color not in topics.ICON_COLORS:
        raise bad_request("invalid icon color specified")
    topic = topics.open_topic(world, chat, world.bot, _name(p), color, p.text("icon_custom_emoji_id"))
    return {"message_thread_id": topic.id, "name": topic.name} | topic.icon()


def edit_forum_topic(world: World, p: Parameters) -> bool:
    chat = _forum(world, p)
    return _edit(world, chat, p, named_topic(chat, p), ("name", "icon_custom_emoji_id"))


def edit_general_forum_topic(world: World, p: Parameters) -> bool:
    chat = _forum(world, p)
    return _edit(world, chat, p, named_topic(chat, p, GENERAL_TOPIC), ("name",))


def _edit(world: World, chat: Chat, p: Parameters, topic: Topic, fields: tuple[str, ...]) -> bool:
    _need_topic(world, chat, topic, "edit the topic")
    asked = {name: p.text(name) for name in fields if name in p.fields}
    if "name" in asked:
        asked["name"] = _name(p)
    changes = {name: value for name, value in asked.items() if getattr(topic, name) != value}
    if not changes:
        raise bad_request(NOT_MODIFIED)
    topics.edit_topic(world, chat, world.bot, topic, changes)
    return True


def close_forum_topic(world: World, p: Parameters) -> bool:
    return _set_closed(world, p, None, closed=True)


def reopen_forum_topic(world: World, p: Parameters) -> bool:
    return _set_closed(world, p, None, closed=False)


def close_general_forum_topic(world: World, p: Parameters) -> bool:
    return _set_closed(world, p, GENERAL_TOPIC, closed=True)


def reopen_general_forum_topic(world: World, p: Parameters) -> bool:
    """Shows it again, when it was hidden."""
    chat = _forum(world, p)
    if chat.topics[GENERAL_TOPIC].is_hidden:
        unhide_general_forum_topic(world, p)
    return _set_closed(world, p, GENERAL_TOPIC, closed=False)


def _set_closed(world: World, p: Parameters, number: int | None, *, closed: bool) -> bool:
    chat = _forum(world, p)
    topic = named_topic(chat, p, number)
    _need_topic(world, chat, topic, "close or open the topic")
    if topic.is_closed == closed:
        raise bad_request(NOT_MODIFIED)
    topics.set_closed(world, chat, world.bot, topic, closed=closed)
    return True


def hide_general_forum_topic(world: World, p: Parameters) -> bool:
    return _set_hidden(world, p, hidden=True)


def unhide_general_forum_topic(world: World, p: Parameters) -> bool:
    return _set_hidden(world, p, hidden=False)


def _set_hidden(world: World, p: Parameters, *, hidden: bool) -> bool:
    chat = _forum(world, p)
    need(chat, world.bot, "can_manage_topics", "close or open the topic")
    if chat.topics[GENERAL_TOPIC].is_hidden == hidden:
        raise bad_request(NOT_MODIFIED)
    topics.set_hidden(world, chat, world.bot, hidden=hidden)
    return True


def delete_forum_topic(world: World, p: Parameters) -> bool:
    chat = _forum(world, p)
    topic = named_topic(chat, p)
    if topic.creator is not world.bot:
        need(chat, world.bot, "can_delete_messages", "delete the topic")
    topics.delete_topic(world, chat, topic)
    return True


def named_topic(chat: Chat, p: Parameters, number: int | None = None) -> Topic:
    """The topic of that number, or the one that the call names, which cannot be General."""
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    asked = p.integer("message_thread_id") if number is None else number
    topic = chat.topics.get(asked or 0)
    if topic is None or (number is None and topic.id == GENERAL_TOPIC):
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _forum(world: World, p: Parameters) -> Chat:
    chat = reachable_chat(world, p)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _need_topic(world: World, chat: Chat, topic: Topic, deed: str) -> None:
    """Who made a topic may lead it without the right."""
    if topic.creator is not world.bot and not may(chat, world.bot, "can_manage_topics"):
        raise bad_request(f"not enough rights to {deed}")


def _name(p: Parameters) -> str:
    name = p.text("name").strip()
    if not name:
        raise bad_request("title must be non-empty")
    return name[: topics.LONGEST_NAME]
