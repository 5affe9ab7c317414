"""The world as plain JSON for those who watch it: the chat page, tests, the demo."""

from __future__ import annotations

from bot.sandbox import service
from bot.sandbox.membership import status
from bot.sandbox.methods.commands import commands_for
from bot.sandbox.model import Chat, Json, Message, Topic, User
from bot.sandbox.world import World


def message_view(message: Message) -> Json:
    """One message. `photo_url` and `document` addresses are paths on the sandbox's own server.

    What the chat itself tells, such as a pin, is in `service` and `from_bot` is false: nobody said it.
    """
    content, photo = message.content, message.content.get("photo")
    told = service.words(message)
    return {
        "message_id": message.id,
        "chat_id": message.chat.id,
        "from_id": message.sender.id,
        "from_name": message.sender.full_name,
        "from_bot": message.sender.is_bot and not told,
        "date": message.date,
        "text": message.text,
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "photo_url": f"/sandbox/files/{photo[-1]['file_id']}" if photo else None,
        "photo_size": [photo[-1]["width"], photo[-1]["height"]] if photo else None,
        "document": _document_view(content.get("document")),
        "buttons": [button["text"] for button in message.buttons()],
        "keyboard": (message.markup or {}).get("inline_keyboard", []),
        "reply_to": message.reply_to.id if message.reply_to else None,
        "edits": message.edits,
        "edited_at": message.edit_date,
        "history": [_version_view(version) for version in message.history],
        "reactions": [one["emoji"] for given in message.reactions.values() for one in given],
        "pinned": message.id in message.chat.pinned,
        "topic": message.topic,
        "silent": message.is_silent,
        "asks_for": message.asks_for,
        "service": told,
    }


def _document_view(document: Json | None) -> Json | None:
    if document is None:
        return None
    url = f"/sandbox/files/{document['file_id']}"
    return {"name": document["file_name"], "size": document["file_size"], "url": url}


def _version_view(version: Json) -> Json:
    rows = version.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        "text": version.get("text") or version.get("caption") or "",
        "buttons": [button["text"] for row in rows for button in row],
        "until": version["until"],
    }


def user_view(world: World, user: User) -> Json:
    return user.json() | {
        "name": user.full_name,
        "label": user.label,
        "blocked": user.has_blocked_bot,
        "started": user.id in world.chats,
        "at_start": user.is_at_start or user.id not in world.chats,
        "start_token": user.start_token,
        "commands": commands_for(world, user),
    }


def chat_view(world: World, chat: Chat) -> Json:
    """`commands` are those that each person is offered there, by their id."""
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title or chat.members[0].full_name,
        "members": [member.id for member in chat.members],
        "bot_status": status(chat, world.bot),
        "commands": {one.id: commands_for(world, one, chat) for one in chat.members if not one.is_bot},
        "topics": [topic_view(topic) for topic in chat.topics.values()],
        "upgraded_to": chat.upgraded_to,
        "pinned": chat.pinned,
        "reply_keyboard": chat.keyboard,
        "messages": [message_view(message) for message in chat.messages.values()],
    }


def topic_view(topic: Topic) -> Json:
    """`id` 1 is General; its messages have no topic."""
    return {
        "id": topic.id,
        "name": topic.name,
        "color": f"#{topic.icon_color:06x}",
        "is_closed": topic.is_closed,
        "is_hidden": topic.is_hidden,
    }


def transcript(world: World, chat: Chat) -> Json:
    return {"revision": world.feed.revision} | chat_view(world, chat)


def snapshot(world: World) -> Json:
    """All that the chat page shows, for its first paint and after a lost connection."""
    return {
        "kind": "snapshot",
        "revision": world.feed.revision,
        "now": world.now(),
        "bot": {"id": world.bot.id, "name": world.bot.full_name, "username": world.bot.username},
        "users": [user_view(world, user) for user in world.users.values()],
        "chats": [chat_view(world, chat) for chat in world.chats.values()],
        "calls": [call.json() for call in list(world.calls)[-200:]],
    }
