"""A Python client of the control API: what a test or the demo does with the people of a sandbox."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from bot.sandbox.model import Json

T = TypeVar("T")


class SandboxError(Exception):
    """The sandbox refused an act; the text is its sentence."""


class SandboxClient:
    """Talks to the sandbox at `url`. Use it as an async context manager."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/control"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def add_user(self, first_name: str, **fields: Any) -> int:
        """Add a person and return their id. Fields: id, last_name, username, language_code, label."""
        user = await self._post("users", {"first_name": first_name} | fields)
        return int(user["id"])

    async def users(self) -> list[Json]:
        return _list(await self._get("users"))

    async def add_group(self, title: str, members: list[int], kind: str = "group") -> int:
        """A "group", "supergroup" or "forum" of these people, the first its owner, and the bot, a member."""
        group = await self._post("groups", {"title": title, "members": members, "kind": kind})
        return int(group["id"])

    async def upgrade_group(self, chat_id: int, *, to_forum: bool = False) -> int:
        """Make it a supergroup; returns its new id."""
        return int((await self._post(f"groups/{chat_id}/upgrade", {"to_forum": to_forum}))["id"])

    async def set_bot(self, chat_id: int, status: str, rights: list[str] | None = None) -> None:
        """Make the bot an "administrator" (with all rights or these), a "member", or "kicked"."""
        await self._request("PUT", f"groups/{chat_id}/bot", json={"status": status, "rights": rights})

    async def add_member(self, chat_id: int, user_id: int) -> None:
        await self._post(f"groups/{chat_id}/members", {"user_id": user_id})

    async def remove_member(self, chat_id: int, user_id: int) -> None:
        await self._request("DELETE", f"groups/{chat_id}/members/{user_id}")

    async def add_topic(self, chat_id: int, name: str) -> int:
        """The owner of a forum opens a topic; returns its message_thread_id."""
        return int((await self._post(f"groups/{chat_id}/topics", {"name": name}))["id"])

    async def close_topic(self, chat_id: int, topic: int, *, closed: bool = True) -> None:
        body = {"is_closed": closed}
        await self._request("PATCH", f"groups/{chat_id}/topics/{topic}", json=body)

    async def delete_topic(self, chat_id: int, topic: int) -> None:
        await self._request("DELETE", f"groups/{chat_id}/topics/{topic}")

    async def open_link(self, user_id: int, link: str, chat_id: int | None = None) -> Json:
        """Open a link to the bot; returns the person: `at_start` and `start_token` tell of the button."""
        return await self._post(f"users/{user_id}/link", {"link": link, "chat_id": chat_id})

    async def follow(self, user_id: int, link: str) -> Json:
        """Open a link such as t.me/tapdesk_bot?start=TOKEN and press Start; returns the message."""
        await self.open_link(user_id, link)
        return await self.start(user_id)

    async def start(self, user_id: int) -> Json:
        """Press Start, which unblocks the bot and sends the token of the link opened last, if any."""
        return await self._post(f"users/{user_id}/start")

    async def say(self, user_id: int, text: str, **where: Any) -> Json:
        """Write to the bot (or to `chat_id`, in `topic`, in answer to `reply_to`); returns the message."""
        return await self._post(f"users/{user_id}/say", {"text": text} | where)

    async def send_file(
        self, user_id: int, name: str, content: bytes, kind: str = "document", **more: Any
    ) -> Json:
        """Send the bot a "document" or a "photo"; more: caption, chat_id, topic, reply_to."""
        body = {"kind": kind, "name": name, "content": base64.b64encode(content).decode()}
        return await self._post(f"users/{user_id}/send", body | more)

    async def edit(self, user_id: int, message_id: int, text: str, **where: Any) -> Json:
        """Change the words of a message that this person wrote (in `chat_id`)."""
        return await self._post(f"users/{user_id}/edit", {"message_id": message_id, "text": text} | where)

    async def tap(self, user_id: int, label: str, **where: Any) -> Json:
        """Tap the newest button of that label (or the one on `message_id`, in `chat_id`)."""
        return await self._post(f"users/{user_id}/tap", {"label": label} | where)

    async def tap_stale(self, user_id: int, data: str, message_id: int, **where: Any) -> Json:
        """Tap a button that only an old copy of the message still shows."""
        return await self._post(f"users/{user_id}/tap", {"data": data, "message_id": message_id} | where)

    async def block(self, user_id: int) -> None:
        await self._post(f"users/{user_id}/block")

    async def unblock(self, user_id: int) -> None:
        await self._post(f"users/{user_id}/unblock")

    async def react(self, user_id: int, message_id: int, emoji: str, **where: Any) -> None:
        body = {"message_id": message_id, "emoji": emoji} | where
        await self._request("PUT", f"users/{user_id}/reaction", json=body)

    async def fault(self, method: str, code: int = 500, **fields: Any) -> int:
        """Let the next calls of `method` (`*`: of any) be refused with `code`; returns the fault's id.

        Fields: description, retry_after, times, chat_id, matching, performed, delay_s, outcome.
        """
        fault = await self._post("faults", {"method": method, "code": code} | fields)
        return int(fault["id"])

    async def delay(self, method: str, seconds: float, **fields: Any) -> int:
        """Let the next call take effect at once and be answered only after so many real seconds."""
        return await self.fault(method, outcome="answered", delay_s=seconds, **fields)

    async def silence(self, method: str, *, performed: bool, **fields: Any) -> int:
        """Let the next call never be answered, whether it took effect or not."""
        return await self.fault(method, outcome="silent", performed=performed, **fields)

    async def cut(self, method: str, *, performed: bool, **fields: Any) -> int:
        """Let the connection break in place of the next answer, whether the call took effect or not."""
        return await self.fault(method, outcome="cut", performed=performed, **fields)

    async def faults(self) -> list[Json]:
        """The faults that were injected; `hits` says how often each has struck."""
        return _list(await self._get("faults"))

    async def clear_faults(self) -> None:
        await self._request("DELETE", "faults")

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward."""
        await self._post("clock/advance", {"seconds": seconds})

    async def reset(self) -> None:
        await self._post("reset")

    async def transcript(self, chat_id: int) -> Json:
        """The chat with all its messages; SandboxError when nobody has written there yet."""
        seen: Json = await self._get(f"chats/{chat_id}")
        return seen

    async def messages(self, chat_id: int) -> list[Json]:
        """The messages of a chat, oldest first; none when there is no chat yet."""
        chats = _list(await self._get("chats", chat_id=chat_id))
        return list(chats[0]["messages"]) if chats else []

    async def calls(self, method: str = "", after: int = 0) -> list[Json]:
        return _list(await self._get("calls", method=method, after=after))

    async def answers(self, user_id: int) -> list[Json]:
        """What the bot answered to this person's taps: text, show_alert, message_id, at."""
        return _list(await self._get("answers", user_id=user_id))

    async def until(
        self, read: Callable[[], Awaitable[T]], accept: Callable[[T], bool], timeout_s: float = 10
    ) -> T:
        """Read after each change of the world until `accept` is true; TimeoutError tells what it saw."""
        deadline, revision = time.monotonic() + timeout_s, await self._revision(0, 0)
        while not accept(seen := await read()):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"not seen within {timeout_s} s; last seen: {seen!r}")
            revision = await self._revision(revision, min(left_s, 60))
        return seen

    async def wait_for(
        self, chat_id: int, wanted: str | Callable[[Json], bool], *, after: int = 0, timeout_s: float = 10
    ) -> Json:
        """The first message of the bot above id `after` that contains a text, or satisfies a predicate."""
        accept = _contains(wanted) if isinstance(wanted, str) else wanted

        async def matching() -> list[Json]:
            seen = await self.messages(chat_id)
            return [one for one in seen if one["from_bot"] and one["message_id"] > after]

        found = await self.until(matching, lambda seen: any(map(accept, seen)), timeout_s)
        return next(filter(accept, found))

    async def wait_for_answer(self, user_id: int, contains: str = "", *, timeout_s: float = 10) -> Json:
        """The first answer to a tap of this person that contains the text."""

        async def answers() -> list[Json]:
            return [one for one in await self.answers(user_id) if contains in one["text"]]

        return (await self.until(answers, bool, timeout_s))[0]

    async def _revision(self, after: int, timeout_s: float) -> int:
        changes = await self._get("changes", after=after, timeout=timeout_s)
        return int(changes["revision"])

    async def _get(self, path: str, **query: Any) -> Any:
        return await self._request("GET", path, params=query)

    async def _post(self, path: str, body: Json | None = None) -> Json:
        answer: Json = await self._request("POST", path, json=body or {})
        return answer

    async def _request(self, verb: str, path: str, **options: Any) -> Any:
        if self._session is None:
            raise RuntimeError("SandboxClient is used outside of its `async with` block")
        async with self._session.request(verb, f"{self._url}/{path}", **options) as answer:
            body = await answer.json()
        if answer.status >= 400:
            raise SandboxError(str(body.get("detail", body)))
        return body


def _list(body: Any) -> list[Json]:
    return list(body)


def _contains(text: str) -> Callable[[Json], bool]:
    return lambda message: text in message["text"]
