"""The nouns of a Telegram world. `json()` of each is the Bot API's own object."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
VERSIONS_KEPT = 50


@dataclass(slots=True)
class User:
    """A person, or the bot. `label` is the sandbox's own: what the chat page writes beside the name."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    label: str = ""
    is_bot: bool = False
    has_blocked_bot: bool = False

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
    """One message; `content` holds the fields that depend on its kind (text, entities, photo, caption…)."""

    id: int
    chat: Chat
    sender: User
    date: int
    content: Json
    markup: Json | None = None
    reply_to: Message | None = None
    edit_date: int | None = None
    edits: int = 0
    history: deque[Json] = field(default_factory=lambda: deque(maxlen=VERSIONS_KEPT))
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    def json(self) -> Json:
        head: Json = {
            "message_id": self.id,
            "from": self.sender.json(),
            "chat": self.chat.json(),
            "date": self.date,
        }
        if self.edit_date is not None:
            head["edit_date"] = self.edit_date
        if self.reply_to is not None:
            head["reply_to_message"] = self.reply_to.without_reply()
        return head | self.without_head()

    def without_reply(self) -> Json:
        """As quoted inside an answer: Telegram does not nest a reply in a reply."""
        reply, self.reply_to = self.reply_to, None
        try:
            return self.json()
        finally:
            self.reply_to = reply

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
class Chat:
    """A private chat has its person's id; a group has a negative one. `keyboard` is the reply keyboard."""

    id: int
    kind: str
    members: list[User]
    title: str = ""
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboard: Json | None = None
    upgraded_to: int | None = None

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def json(self) -> Json:
        if not self.is_private:
            return {"id": self.id, "type": self.kind, "title": self.title}
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
