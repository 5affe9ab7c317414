"""What people write: messages, files and edits, and what of it the bot is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.entities import Formatted, with_found_entities
from bot.sandbox.files import Upload, media_content
from bot.sandbox.membership import is_administrator, may
from bot.sandbox.model import GENERAL_TOPIC, Chat, Json, Message, User
from bot.sandbox.people import CannotAct, chat_of, message_in
from bot.sandbox.refusals import Refusal
from bot.sandbox.service import deliver
from bot.sandbox.world import World

FileKind = Literal["photo", "document"]


@dataclass(frozen=True, slots=True)
class Where:
    """In private unless a chat is named; an answer goes to the topic of what it answers."""

    chat_id: int | None = None
    reply_to: int | None = None
    topic: int | None = None


IN_PRIVATE = Where()


def say(world: World, user: User, text: str, where: Where = IN_PRIVATE) -> Message:
    """Write a message; the first one to the bot opens the private chat, as pressing Start does."""
    if not text.strip():
        raise CannotAct("A message needs a text.")
    return _write(
        world, user, with_found_entities(Formatted(text.strip(), [])).json("text", "entities"), where
    )


def send_file(
    world: World, user: User, kind: FileKind, upload: Upload, caption: str = "", where: Where = IN_PRIVATE
) -> Message:
    """Send a photo (a PNG or JPEG) or a document, as it comes in place of the text that a bot asked for."""
    store = world.files.store_photo if kind == "photo" else world.files.store_document
    try:
        stored = store(upload)
    except Refusal as refused:
        raise CannotAct(f"{upload.name} is no picture that Telegram takes: {refused}.") from refused
    words = _words(caption, "caption", "caption_entities")
    return _write(world, user, media_content(stored) | words, where)


def _words(said: str, text_field: str, entities_field: str) -> Json:
    return with_found_entities(Formatted(said.strip(), [])).json(text_field, entities_field)


def _write(world: World, user: User, content: Json, where: Where) -> Message:
    if user.has_blocked_bot and where.chat_id in (None, user.id):
        raise CannotAct(f"{user.first_name} has blocked the bot; unblock it first.")
    chat = chat_of(world, user, where.chat_id)
    answered = message_in(chat, where.reply_to) if where.reply_to is not None else None
    topic = open_topic_of(chat, user, answered.topic if answered else where.topic)
    message = world.post(chat, user, content, reply_to=answered, topic=topic)
    _hide_used_keyboard(chat)
    return deliver(world, message) if _bot_reads(world, message) else message


def edit(world: World, user: User, message_id: int, text: str, chat_id: int | None = None) -> Message:
    """Change the words of one's own message."""
    message = message_in(chat_of(world, user, chat_id), message_id)
    if message.sender is not user or "text" not in message.content:
        raise CannotAct(f"Message {message_id} is no text of {user.first_name}.")
    world.change(message, _words(text, "text", "entities"), message.markup)
    if _bot_reads(world, message):
        world.mailbox.put("edited_message", message.json())
    return message


def open_topic_of(chat: Chat, user: User, number: int | None) -> int | None:
    """The topic in which the person may write; none for General and for chats without topics."""
    topic = chat.topics.get(number or GENERAL_TOPIC)
    if topic is None and (number or chat.is_forum):
        raise CannotAct(f"There is no topic {number} in chat {chat.id}.")
    if topic is not None and topic.is_closed and not may(chat, user, "can_manage_topics"):
        raise CannotAct(f"The topic {topic.name} is closed.")
    return None if topic is None or topic.id == GENERAL_TOPIC else topic.id


def _hide_used_keyboard(chat: Chat) -> None:
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        chat.keyboard = None


def _bot_reads(world: World, message: Message) -> bool:
    """Privacy mode: in a group a bot sees commands, mentions of itself and replies to itself.

    A command that names another bot is not for this one. Administrators read everything.
    """
    chat, me = message.chat, f"@{world.bot.username}".lower()
    everything = world.settings.reads_all_group_messages or is_administrator(chat, world.bot)
    if chat.is_private or everything:
        return True
    replied = message.reply_to is not None and message.reply_to.sender is world.bot
    if message.text.startswith("/"):
        name = message.text.split()[0].lower()
        return replied or "@" not in name or name.endswith(me)
    return replied or me in message.text.lower()
