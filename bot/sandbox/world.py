"""The world that the bot lives in: people, chats, messages, files and updates. No HTTP, no I/O."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.feed import Feed
from bot.sandbox.files import Files
from bot.sandbox.limits import FloodLimits
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.model import Chat, Json, Message, User
from bot.sandbox.refusals import CHAT_NOT_FOUND, bad_request, forbidden
from bot.sandbox.settings import Settings

DEMO_TOKEN = "7000000001:AAtapdesk-sandbox-token-of-no-value"  # noqa: S105  worth nothing outside the sandbox
CALLS_KEPT = 5_000


@dataclass(slots=True)
class Tap:
    """A callback query that the bot has not answered yet."""

    id: str
    user: User
    message: Message
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees when the bot answers a tap: nothing, a toast, or an alert."""

    user_id: int
    chat_id: int
    message_id: int
    text: str
    show_alert: bool
    at: float

    def json(self) -> Json:
        return {
            "user_id": self.user_id,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "text": self.text,
            "show_alert": self.show_alert,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One API call of the bot and what it got, in the order in which they ended."""

    number: int
    method: str
    parameters: Json
    ok: bool
    result: object
    at: float
    took_ms: float

    def json(self) -> Json:
        outcome = {"result": self.result} if self.ok else {"error": self.result}
        return {
            "number": self.number,
            "method": self.method,
            "parameters": self.parameters,
            "ok": self.ok,
            "at": self.at,
            "took_ms": self.took_ms,
        } | outcome


@dataclass(slots=True)
class BotProfile:
    """What the bot told Telegram about itself; survives a reset, as it does at Telegram."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)


class World:
    """One bot and the people around it. `clock` gives Unix seconds; `advance` moves it forward."""

    def __init__(
        self,
        *,
        token: str = DEMO_TOKEN,
        username: str = "tapdesk_bot",
        name: str = "Tapdesk",
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.bot = User(int(token.partition(":")[0]), name, username=username, is_bot=True)
        self.settings = settings or Settings()
        self.mailbox = Mailbox()
        self.feed = Feed()
        self.profile = BotProfile()
        self._clock = clock
        self._advanced_s = 0.0
        self._numbers: dict[str, Iterator[int]] = {
            "user": itertools.count(1001),
            "group": itertools.count(5_000_000_001),
            "message": itertools.count(1),
            "tap": itertools.count(4_700_000_000_000_000_001),
            "fault": itertools.count(1),
            "call": itertools.count(1),
        }
        self._begin()

    def _begin(self) -> None:
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.faults = Faults()
        self.limits = FloodLimits(self.settings, self.now)
        self.taps: dict[str, Tap] = {}
        self.answers: list[Answer] = []
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    def reset(self) -> None:
        """Forget people, chats, files, faults, pending updates and the log of calls.

        The bot's own set-up (webhook, allowed updates, commands), the clock and all counters stay, so that
        no id, of an update above all, is ever used twice.
        """
        self.mailbox.drop_pending()
        self._begin()
        self.feed.tell("reset")

    def open(self) -> None:
        """Let clients wait for news; a server that begins to serve this world calls it."""
        self.mailbox.closed = self.feed.closed = False

    def close(self) -> None:
        """Answer everyone who waits; the server that serves this world is going down."""
        self.mailbox.close()
        self.feed.close()

    def now(self) -> float:
        return self._clock() + self._advanced_s

    def advance(self, seconds: float) -> None:
        self._advanced_s += seconds
        self.feed.tell("clock", now=self.now())

    def number(self, of: str) -> int:
        return next(self._numbers[of])

    # people and chats

    def new_user_id(self) -> int:
        """One that nobody has, whatever ids people were added with."""
        return next(number for number in self._numbers["user"] if number not in self.users)

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        self.feed.tell("user", id=user.id)
        return user

    def open_private_chat(self, user: User) -> Chat:
        """The person presses Start: from now on the bot may write to them."""
        return self.chats.setdefault(user.id, Chat(user.id, "private", [user]))

    def chat(self, chat_id: str) -> Chat:
        """The chat that the bot names, or Telegram's refusal."""
        try:
            number = int(chat_id)
        except ValueError:
            raise bad_request(CHAT_NOT_FOUND if chat_id else "chat_id is empty") from None
        if number in self.chats:
            return self.chats[number]
        if number in self.users:
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request(CHAT_NOT_FOUND)

    # messages

    def post(self, chat: Chat, sender: User, content: Json, **more: object) -> Message:
        """Put a message into a chat. `more` are Message fields (markup, reply_to)."""
        number = next(chat.numbers) if chat.kind == "supergroup" else self.number("message")
        message = Message(number, chat, sender, int(self.now()), content, **more)  # type: ignore[arg-type]
        chat.messages[message.id] = message
        self.feed.tell("message", chat_id=chat.id, message_id=message.id)
        return message

    def change(self, message: Message, content: Json, markup: Json | None) -> None:
        """Replace what a message says; the earlier version goes into its history."""
        message.history.append(message.without_head() | {"until": self.now()})
        message.edits += 1
        message.content, message.markup, message.edit_date = content, markup, int(self.now())
        self.feed.tell("message", chat_id=message.chat.id, message_id=message.id)

    def remove(self, message: Message) -> None:
        message.chat.messages.pop(message.id, None)
        if message.id in message.chat.pinned:
            message.chat.pinned.remove(message.id)
        self.feed.tell("deleted", chat_id=message.chat.id, message_id=message.id)

    # what the bot did

    def log_call(self, method: str, parameters: Json, *, ok: bool, result: object, took_ms: float) -> None:
        call = Call(self.number("call"), method, parameters, ok, result, self.now(), round(took_ms, 2))
        self.calls.append(call)
        self.feed.tell("call", call=call.json())

    def show_answer(self, tap: Tap, text: str, *, show_alert: bool) -> None:
        answer = Answer(tap.user.id, tap.message.chat.id, tap.message.id, text, show_alert, self.now())
        self.answers.append(answer)
        self.feed.tell("answer", answer=answer.json())

    def plan_fault(self, fault: Fault) -> Fault:
        self.faults.planned.append(fault)
        self.feed.tell("fault", id=fault.id)
        return fault
