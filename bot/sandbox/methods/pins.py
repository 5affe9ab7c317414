"""Pinned messages: of a chat, and of one topic of it."""

from __future__ import annotations

from bot.sandbox.membership import need
from bot.sandbox.methods.reach import reachable_chat
from bot.sandbox.methods.topics import named_topic
from bot.sandbox.model import GENERAL_TOPIC, Chat, Message, Topic
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.service import announce
from bot.sandbox.world import World

DEED = "manage pinned messages in the chat"


def pin_chat_message(world: World, p: Parameters) -> bool:
    """Tells it in the chat; the bot hears of its own pin too, as at Telegram."""
    chat = _pinnable(world, p)
    message = _present(chat, p)
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    announce(world, chat, world.bot, {"pinned_message": message.without_reply()}, message.topic)
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def unpin_chat_message(world: World, p: Parameters) -> bool:
    """Without a message id the newest pinned one."""
    chat = _pinnable(world, p)
    if p.integer("message_id") is None and not chat.pinned:
        raise bad_request("message to unpin not found")
    message_id = chat.pinned[-1] if p.integer("message_id") is None else p.integer("message_id")
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def unpin_all_chat_messages(world: World, p: Parameters) -> bool:
    chat = _pinnable(world, p)
    chat.pinned.clear()
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def unpin_all_forum_topic_messages(world: World, p: Parameters) -> bool:
    chat = _pinnable(world, p)
    return _unpin_in(world, chat, named_topic(chat, p))


def unpin_all_general_forum_topic_messages(world: World, p: Parameters) -> bool:
    chat = _pinnable(world, p)
    return _unpin_in(world, chat, named_topic(chat, p, GENERAL_TOPIC))


def _unpin_in(world: World, chat: Chat, topic: Topic) -> bool:
    chat.pinned = [one for one in chat.pinned if (chat.messages[one].topic or GENERAL_TOPIC) != topic.id]
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def _pinnable(world: World, p: Parameters) -> Chat:
    chat = reachable_chat(world, p)
    need(chat, world.bot, "can_pin_messages", DEED)
    return chat


def _present(chat: Chat, p: Parameters) -> Message:
    message = chat.messages.get(p.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    return message
