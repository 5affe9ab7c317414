"""Answering taps, and reactions."""

from __future__ import annotations

from bot.sandbox.methods.reach import reachable_chat
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import QUERY_TOO_OLD, bad_request
from bot.sandbox.world import World

# The emoji that the Bot API's ReactionTypeEmoji lists.
REACTION_EMOJI = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊
🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋
🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃
💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(REACTION_EMOJI.split())


def answer_callback_query(world: World, p: Parameters) -> bool:
    """Once per tap and in time; unknown, expired and second answers are refused alike."""
    query = world.taps.pop(p.text("callback_query_id"), None)
    if query is None or world.now() - query.at > world.settings.callback_expiry_s:
        raise bad_request(QUERY_TOO_OLD)
    text = p.text("text")
    if len(text) > world.settings.callback_answer_limit:
        world.taps[query.id] = query
        raise bad_request("MESSAGE_TOO_LONG")
    world.show_answer(query, text, show_alert=p.flag("show_alert"))
    return True


def set_message_reaction(world: World, p: Parameters) -> bool:
    chat = reachable_chat(world, p)
    message = chat.messages.get(p.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    reactions = p.listed("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in REACTIONS for one in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions[world.bot.id] = [{"type": "emoji", "emoji": one["emoji"]} for one in reactions]
    world.feed.tell("message", chat_id=chat.id, message_id=message.id)
    return True
