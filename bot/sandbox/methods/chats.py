"""Chats: who is in them, what is pinned, what the bot is doing."""

from __future__ import annotations

from bot.sandbox.methods.sending import reachable_chat
from bot.sandbox.model import Chat, Json, Message, User
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

ACTION_NAMES = """
typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
find_location record_video_note upload_video_note
"""
ACTIONS = frozenset(ACTION_NAMES.split())


def send_chat_action(world: World, p: Parameters) -> bool:
    chat = reachable_chat(world, p)
    if p.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.feed.tell("action", chat_id=chat.id, action=p.text("action"))
    return True


def get_chat(world: World, p: Parameters) -> Json:
    chat = world.chat(p.text("chat_id"))
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    full: Json = chat.json() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].without_reply()
    return full


def get_chat_member(world: World, p: Parameters) -> Json:
    chat = world.chat(p.text("chat_id"))
    user_id = p.integer("user_id")
    known = {user.id: user for user in [*world.users.values(), world.bot]}
    if user_id not in known:
        raise bad_request("invalid user_id specified")
    return _membership(world, chat, known[user_id])


def _membership(world: World, chat: Chat, user: User) -> Json:
    inside = user in chat.members or (chat.is_private and user is world.bot)
    if inside and not chat.is_private and user is chat.members[0]:
        return {"status": "creator", "user": user.json(), "is_anonymous": False}
    return {"status": "member" if inside else "left", "user": user.json()}


def get_chat_member_count(world: World, p: Parameters) -> int:
    chat = world.chat(p.text("chat_id"))
    return 2 if chat.is_private else len(chat.members)


def pin_chat_message(world: World, p: Parameters) -> bool:
    chat = reachable_chat(world, p)
    message = _present(chat, p, "message to pin not found")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def unpin_chat_message(world: World, p: Parameters) -> bool:
    """Without a message id the newest pinned one."""
    chat = reachable_chat(world, p)
    if p.integer("message_id") is None and not chat.pinned:
        raise bad_request("message to unpin not found")
    message_id = chat.pinned[-1] if p.integer("message_id") is None else p.integer("message_id")
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def unpin_all_chat_messages(world: World, p: Parameters) -> bool:
    chat = reachable_chat(world, p)
    chat.pinned.clear()
    world.feed.tell("pinned", chat_id=chat.id)
    return True


def _present(chat: Chat, p: Parameters, otherwise: str) -> Message:
    message = chat.messages.get(p.integer("message_id") or 0)
    if message is None:
        raise bad_request(otherwise)
    return message
