"""Service messages: what happened in a chat, told by the chat itself."""

from __future__ import annotations

from bot.sandbox.model import Chat, Json, Message, User
from bot.sandbox.world import World


def announce(world: World, chat: Chat, by: User, content: Json, topic: int | None = None) -> Message:
    """Post it, and tell the bot while it is in the chat: of these messages it sees its own too."""
    return deliver(world, world.post(chat, by, content, topic=topic))


def deliver(world: World, message: Message) -> Message:
    if message.chat.is_private or world.bot in message.chat.members:
        world.mailbox.put("message", message.json())
    return message


def words(message: Message) -> str:
    """What a client writes in the middle of the chat; empty for what is no service message."""
    who, content = message.sender.full_name, message.content
    for kind, sentence in SENTENCES.items():
        if kind in content:
            return sentence.format(who=who, what=_what(kind, content[kind]))
    return ""


SENTENCES = {
    "group_chat_created": "{who} created the group",
    "new_chat_members": "{who} added {what}",
    "left_chat_member": "{what} left the group",
    "pinned_message": "{who} pinned {what}",
    "migrate_to_chat_id": "This group became a supergroup",
    "migrate_from_chat_id": "This supergroup was a group before",
    "forum_topic_created": "{who} created the topic “{what}”",
    "forum_topic_edited": "{who} changed the topic to “{what}”",
    "forum_topic_closed": "{who} closed the topic",
    "forum_topic_reopened": "{who} opened the topic again",
    "general_forum_topic_hidden": "{who} hid the topic General",
    "general_forum_topic_unhidden": "{who} shows the topic General again",
}


def _what(kind: str, value: object) -> str:
    match kind, value:
        case "new_chat_members", list():
            return ", ".join(_name(one) for one in value)
        case "left_chat_member", dict():
            return _name(value)
        case "pinned_message", dict():
            first = str(value.get("text") or value.get("caption") or "").partition("\n")[0]
            return f"“{first}”" if first else "a message"
        case _, dict():
            return str(value.get("name", ""))
        case _:
            return ""


def _name(user: Json) -> str:
    return f"{user['first_name']} {user.get('last_name', '')}".strip()
