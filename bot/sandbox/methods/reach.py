"""Where a call may write: the chat that it names, and the topic in it."""

from __future__ import annotations

from bot.sandbox.membership import may, status
from bot.sandbox.model import GENERAL_TOPIC, Chat, Message
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import Refusal, bad_request, forbidden
from bot.sandbox.world import World

UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"


def known_chat(world: World, p: Parameters) -> Chat:
    """The chat of the call, if the bot may look at it."""
    chat = world.chat(p.text("chat_id"))
    if chat.upgraded_to is not None:
        raise Refusal(400, UPGRADED, migrate_to=chat.upgraded_to)
    if not chat.is_private and status(chat, world.bot) == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    return chat


def reachable_chat(world: World, p: Parameters) -> Chat:
    """The chat of the call, if the bot may write there."""
    chat = known_chat(world, p)
    if chat.is_private and chat.members[0].has_blocked_bot:
        raise forbidden("bot was blocked by the user")
    if not chat.is_private and status(chat, world.bot) == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def replied_message(chat: Chat, p: Parameters) -> Message | None:
    reply = Parameters(p.nested("reply_parameters") or {})
    message_id = reply.integer("message_id") or p.integer("reply_to_message_id")
    if message_id is None:
        return None
    message = chat.messages.get(message_id)
    if message is None and not reply.flag("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def writable_thread(world: World, chat: Chat, p: Parameters, replied: Message | None) -> int | None:
    """The topic for a new message: the named one, else that of the message it answers; none for General."""
    number = thread_of(chat, p)
    if number is None and replied is not None:
        number = replied.topic
    topic = chat.topics.get(number or GENERAL_TOPIC)
    if topic is not None and topic.is_closed and not may(chat, world.bot, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return number


def thread_of(chat: Chat, p: Parameters) -> int | None:
    """The topic that the call names. General has no number: Telegram refuses 1 as it does unknown ones."""
    number = p.integer("message_thread_id")
    if not number:
        return None
    if number == GENERAL_TOPIC or number not in chat.topics:
        raise bad_request("message thread not found")
    return number
