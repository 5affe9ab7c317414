"""What people do: write, tap, block, react. Each act tells the bot what Telegram would tell it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.entities import Formatted, with_found_entities
from bot.sandbox.model import Chat, Json, Message, User
from bot.sandbox.world import Tap, World

SUPERGROUP_OFFSET = 1_000_000_000_000  # ids of supergroups begin with -100


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


def say(
    world: World, user: User, text: str, chat_id: int | None = None, reply_to: int | None = None
) -> Message:
    """Write a message; the first one to the bot opens the private chat, as pressing Start does."""
    if user.has_blocked_bot and chat_id in (None, user.id):
        raise CannotAct(f"{user.first_name} has blocked the bot; unblock it first.")
    if not text.strip():
        raise CannotAct("A message needs a text.")
    chat = chat_of(world, user, chat_id)
    content = with_found_entities(Formatted(text.strip(), [])).json("text", "entities")
    answered = message_in(chat, reply_to) if reply_to is not None else None
    message = world.post(chat, user, content, reply_to=answered)
    if _bot_reads(world, message):
        world.mailbox.put("message", message.json())
    return message


def _bot_reads(world: World, message: Message) -> bool:
    """Privacy mode: in a group a bot sees commands, mentions of itself and replies to itself."""
    if message.chat.is_private or world.settings.reads_all_group_messages:
        return True
    replied = message.reply_to is not None and message.reply_to.sender is world.bot
    return replied or message.text.startswith("/") or f"@{world.bot.username}" in message.text


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
    if user.has_blocked_bot == blocked:
        return
    user.has_blocked_bot = blocked
    states = [_member(world.bot), {"status": "kicked", "user": world.bot.json(), "until_date": 0}]
    before, after = states if blocked else reversed(states)
    _tell_membership(world, world.open_private_chat(user), user, before, after)
    world.feed.tell("user", id=user.id)


def _member(user: User) -> Json:
    return {"status": "member", "user": user.json()}


def _tell_membership(world: World, chat: Chat, by: User, before: Json, after: Json) -> None:
    body = {
        "chat": chat.json(),
        "from": by.json(),
        "date": int(world.now()),
        "old_chat_member": before,
        "new_chat_member": after,
    }
    world.mailbox.put("my_chat_member", body)


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


def upgrade_group(world: World, group: Chat) -> Chat:
    """The group becomes a supergroup with another id; the old one then refuses with migrate_to_chat_id."""
    if group.kind != "group" or group.upgraded_to is not None:
        raise CannotAct(f"Chat {group.id} is no group that could be upgraded.")
    successor = Chat(group.id - SUPERGROUP_OFFSET, "supergroup", group.members, group.title)
    world.chats[successor.id], group.upgraded_to = successor, successor.id
    owner = group.members[0]
    farewell = world.post(group, owner, {"migrate_to_chat_id": successor.id})
    welcome = world.post(successor, owner, {"migrate_from_chat_id": group.id})
    for message in (farewell, welcome):
        world.mailbox.put("message", message.json())
    world.feed.tell("chat", id=successor.id)
    return successor


def create_group(world: World, title: str, members: list[User]) -> Chat:
    """A group of these people and the bot; the first of them is its owner."""
    if not members:
        raise CannotAct("A group needs at least one member.")
    chat = Chat(-world.number("group"), "group", [*members, world.bot], title)
    world.chats[chat.id] = chat
    outside = {"status": "left", "user": world.bot.json()}
    _tell_membership(world, chat, members[0], outside, _member(world.bot))
    world.feed.tell("chat", id=chat.id)
    return chat
