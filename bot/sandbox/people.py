"""What people do: tap, block, react. Each act tells the bot what Telegram would tell it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.membership import chat_member, tell_change
from bot.sandbox.model import Chat, Json, Message, User
from bot.sandbox.world import Tap, World


class CannotAct(Exception):
    """A person cannot do that; the text is a sentence for the one who asked."""


def person(world: World, user_id: int) -> User:
    if user_id not in world.users:
        raise CannotAct(f"There is no user {user_id}; the users are {sorted(world.users)}.")
    return world.users[user_id]


def chat_of(world: World, user: User, chat_id: int | None) -> Chat:
    """The chat in which the person acts: their private one, unless a group is named."""
    if chat_id is None or chat_id == user.id:
        return world.open_private_chat(user)
    chat = world.chats.get(chat_id)
    if chat is None or user not in chat.members:
        raise CannotAct(f"{user.first_name} is in no chat {chat_id}.")
    return chat


def message_in(chat: Chat, message_id: int) -> Message:
    if message_id not in chat.messages:
        raise CannotAct(f"There is no message {message_id} in chat {chat.id}.")
    return chat.messages[message_id]


def tap(
    world: World,
    user: User,
    label: str,
    chat_id: int | None = None,
    message_id: int | None = None,
) -> Json:
    """Tap the button of that label on the newest message that carries it; tells what tapping it does.

    A callback button sends the query (`callback_query_id` names it); others act in the client alone.
    """
    chat = chat_of(world, user, chat_id)
    message, button = _find_button(chat, label, message_id)
    if "callback_data" not in button:
        return _client_side(button) | {"message_id": message.id}
    query = press(world, user, message, button["callback_data"])
    return {"kind": "callback", "callback_query_id": query.id, "message_id": message.id}


def _client_side(button: Json) -> Json:
    kind = next(name for name in button if name not in ("text", "style", "icon_custom_emoji_id"))
    return {"kind": kind, "value": button[kind]}


def _find_button(chat: Chat, label: str, message_id: int | None) -> tuple[Message, Json]:
    candidates: Iterable[Message] = reversed(chat.messages.values())
    if message_id is not None:
        candidates = [message_in(chat, message_id)]
    labels: list[str] = []
    for message in candidates:
        for button in message.buttons():
            if button["text"] == label:
                return message, button
            labels.append(button["text"])
    shown = ", ".join(dict.fromkeys(labels)) or "none at all"
    raise CannotAct(f"No message in chat {chat.id} has a button '{label}'; there are: {shown}.")


def tap_stale(world: World, user: User, data: str, message_id: int, chat_id: int | None = None) -> Json:
    """Tap a button that the client still shows though the message has changed or is gone."""
    chat = chat_of(world, user, chat_id)
    message = chat.messages.get(message_id) or Message(message_id, chat, world.bot, 0, {})
    query = press(world, user, message, data)
    return {"kind": "callback", "callback_query_id": query.id, "message_id": message_id}


def press(world: World, user: User, message: Message, data: str) -> Tap:
    query = Tap(str(world.number("tap")), user, message, world.now())
    world.taps[query.id] = query
    body = {
        "id": query.id,
        "from": user.json(),
        "message": message.json() if message.date else _inaccessible(message),
        "chat_instance": str(-message.chat.id * 7919),
        "data": data,
    }
    world.mailbox.put("callback_query", body)
    return query


def _inaccessible(message: Message) -> Json:
    return {"message_id": message.id, "chat": message.chat.json(), "date": 0}


def set_blocked(world: World, user: User, *, blocked: bool) -> None:
    """Block or unblock the bot; telling it twice changes nothing."""
    chat = world.open_private_chat(user)
    before = chat_member(chat, world.bot)
    user.has_blocked_bot = blocked
    tell_change(world, chat, user, world.bot, before)
    world.feed.tell("user", id=user.id)


def react(world: World, user: User, message: Message, emoji: str) -> None:
    """Put one reaction on a message, or take it away with an empty emoji."""
    before = message.reactions.get(user.id, [])
    after = [{"type": "emoji", "emoji": emoji}] if emoji else []
    message.reactions[user.id] = after
    body = {
        "chat": message.chat.json(),
        "message_id": message.id,
        "user": user.json(),
        "date": int(world.now()),
        "old_reaction": before,
        "new_reaction": after,
    }
    world.mailbox.put("message_reaction", body)
    world.feed.tell("message", chat_id=message.chat.id, message_id=message.id)
