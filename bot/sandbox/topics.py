"""Topics of a forum: their life, whoever leads it, the bot or a person."""

from __future__ import annotations

from bot.sandbox.model import GENERAL_TOPIC, Chat, Json, Topic, User
from bot.sandbox.service import announce, deliver
from bot.sandbox.world import World

# Those that createForumTopic takes.
ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
LONGEST_NAME = 128


def make_forum(chat: Chat) -> None:
    """The chat gets topics, General at first."""
    chat.topics[GENERAL_TOPIC] = Topic(GENERAL_TOPIC, "General", ICON_COLORS[0], chat.members[0])


def open_topic(world: World, chat: Chat, by: User, name: str, color: int, emoji: str = "") -> Topic:
    topic = Topic(0, name, color, by, emoji)
    message = world.post(chat, by, {"forum_topic_created": {"name": name} | topic.icon()})
    topic.id = message.topic = message.id
    chat.topics[topic.id] = topic
    deliver(world, message)
    world.feed.tell("chat", id=chat.id)
    return topic


def edit_topic(world: World, chat: Chat, by: User, topic: Topic, changes: Json) -> None:
    """`changes` are `name` and `icon_custom_emoji_id`, as in ForumTopicEdited."""
    topic.name = changes.get("name", topic.name)
    topic.icon_custom_emoji_id = changes.get("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    _announce(world, chat, by, topic, {"forum_topic_edited": changes})


def set_closed(world: World, chat: Chat, by: User, topic: Topic, *, closed: bool) -> None:
    topic.is_closed = closed
    _announce(world, chat, by, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


def set_hidden(world: World, chat: Chat, by: User, *, hidden: bool) -> None:
    """General alone can be hidden; hiding it closes it."""
    general = chat.topics[GENERAL_TOPIC]
    general.is_hidden = hidden
    general.is_closed = general.is_closed or hidden
    kind = "general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden"
    _announce(world, chat, by, general, {kind: {}})


def delete_topic(world: World, chat: Chat, topic: Topic) -> None:
    """It goes with all that was said in it."""
    del chat.topics[topic.id]
    for message in [one for one in chat.messages.values() if one.topic == topic.id]:
        world.remove(message)
    world.feed.tell("chat", id=chat.id)


def _announce(world: World, chat: Chat, by: User, topic: Topic, content: Json) -> None:
    announce(world, chat, by, content, None if topic.id == GENERAL_TOPIC else topic.id)
    world.feed.tell("chat", id=chat.id)
