"""The nouns of a Telegram world. `json()` of each is the Bot API's own object."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
VERSIONS_KEPT = 50
GENERAL_TOPIC = 1


@dataclass(slots=True)
class User:
    """A person, or the bot. `label` is the sandbox's own: what the chat page writes beside the name.

    Who has opened a link to the bot `is_at_start`: the button Start is shown, which sends `start_token`.
    """

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    label: str = ""
    is_bot: bool = False
    has_blocked_bot: bool = False
    is_at_start: bool = False
    start_token: str = ""

    def json(self) -> Json:
        optional = {"last_name": self.last_name, "username": self.username}
        person = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if not self.is_bot:
            optional["language_code"] = self.language_code
        return person | {name: value for name, value in optional.items() if value}

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class Message:
    """One message; `content` holds the fields that depend on its kind (text, entities, photo, caption…).

    `topic` is none in General and in chats without topics. `asks_for` is the force_reply that came with it.
    """

    id: int
    chat: Chat
    sender: User
    date: int
    content: Json
    markup: Json | None = None
    reply_to: Message | None = None
    topic: int | None = None
    is_silent: bool = False
    asks_for: Json | None = None
    edit_date: int | None = None
    edits: int = 0
    history: deque[Json] = field(default_factory=lambda: deque(maxlen=VERSIONS_KEPT))
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    def json(self) -> Json:
        answered = self.reply_to or self._opening()
        return self.without_reply() | ({"reply_to_message": answered.without_reply()} if answered else {})

    def without_reply(self) -> Json:
        """As quoted inside an answer: Telegram does not nest a reply in a reply."""
        head: Json = {
            "message_id": self.id,
            "from": self.sender.json(),
            "chat": self.chat.json(),
            "date": self.date,
        }
        if self.edit_date is not None:
            head["edit_date"] = self.edit_date
        if self.topic is not None:
            head |= {"message_thread_id": self.topic, "is_topic_message": True}
        return head | self.without_head()

    def _opening(self) -> Message | None:
        """In a topic, what answers nothing else answers the message that opened the topic, as at Telegram."""
        return None if self.topic in (None, self.id) else self.chat.messages.get(self.topic or 0)

    def without_head(self) -> Json:
        return self.content | ({"reply_markup": self.markup} if self.markup else {})

    @property
    def text(self) -> str:
        """The text or the caption, plain."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    def buttons(self) -> list[Json]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is that of the message that opened it, and General's is 1."""

    id: int
    name: str
    icon_color: int
    creator: User
    icon_custom_emoji_id: str = ""
    is_closed: bool = False
    is_hidden: bool = False

    def icon(self) -> Json:
        emoji = {"icon_custom_emoji_id": self.icon_custom_emoji_id} if self.icon_custom_emoji_id else {}
        return {"icon_color": self.icon_color} | emoji


@dataclass(slots=True)
class Chat:
    """A private chat has its person's id; a group has a negative one, and its first member is its owner.

    `admins` maps users to their rights, `keyboard` is the reply keyboard. A forum is a chat with topics.
    A supergroup numbers its messages itself; in all other chats the bot's messages are numbered together.
    """

    id: int
    kind: str
    members: list[User]
    title: str = ""
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboard: Json | None = None
    upgraded_to: int | None = None
    admins: dict[int, frozenset[str]] = field(default_factory=dict)
    banned: set[int] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(GENERAL_TOPIC + 1))

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def is_forum(self) -> bool:
        return bool(self.topics)

    def json(self) -> Json:
        if not self.is_private:
            forum = {"is_forum": True} if self.is_forum else {}
            return {"id": self.id, "type": self.kind, "title": self.title} | forum
        person = self.members[0].json()
        names = {name: person[name] for name in ("first_name", "last_name", "username") if name in person}
        return {"id": self.id, "type": self.kind} | names


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that the bot is told: `kind` is the field of the Bot API's Update that carries `body`."""

    id: int
    kind: str
    body: Json

    def json(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}
