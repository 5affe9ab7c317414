"""Chats: who is in them, and what the bot is doing there."""

from __future__ import annotations

from bot.sandbox import groups
from bot.sandbox.membership import chat_member, is_administrator
from bot.sandbox.methods.reach import known_chat, reachable_chat, thread_of
from bot.sandbox.model import GENERAL_TOPIC, Json
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
    if p.integer("message_thread_id") != GENERAL_TOPIC:  # which is taken here, unlike with messages
        thread_of(chat, p)
    if p.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.feed.tell("action", chat_id=chat.id, action=p.text("action"))
    return True


def get_chat(world: World, p: Parameters) -> Json:
    chat = known_chat(world, p)
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
    chat = known_chat(world, p)
    user_id = p.integer("user_id")
    known = {user.id: user for user in [*world.users.values(), world.bot]}
    if user_id not in known:
        raise bad_request("invalid user_id specified")
    return chat_member(chat, known[user_id])


def get_chat_member_count(world: World, p: Parameters) -> int:
    chat = known_chat(world, p)
    return 2 if chat.is_private else len(chat.members)


def get_chat_administrators(world: World, p: Parameters) -> list[Json]:
    chat = known_chat(world, p)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [chat_member(chat, one) for one in chat.members if is_administrator(chat, one)]


def leave_chat(world: World, p: Parameters) -> bool:
    chat = reachable_chat(world, p)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    groups.leave(world, chat)
    return True
