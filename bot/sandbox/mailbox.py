"""Updates on their way to the bot: the queue behind getUpdates and behind the webhook."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox.model import Json, Update
from bot.sandbox.refusals import POLL_ENDED_BY_WEBHOOK, SECOND_POLLER, WEBHOOK_IS_ACTIVE, conflict

ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Webhook:
    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str = ""


@dataclass(slots=True)
class Mailbox:
    """Keeps each update until the bot confirms it. Ids grow for ever, over resets too."""

    next_id: int = 1
    allowed: frozenset[str] = frozenset()
    webhook: Webhook | None = None
    closed: bool = False
    _pending: deque[Update] = field(default_factory=deque)
    _poll: asyncio.Future[None] | None = None
    _arrivals: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, kind: str, body: Json) -> Update | None:
        """Queue an update; `None` when the bot has not asked for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ONLY_WHEN_ASKED
        if not wanted:
            return None
        update = Update(self.next_id, kind, body)
        self.next_id += 1
        self._pending.append(update)
        self._wake()
        return update

    @property
    def is_polled(self) -> bool:
        """A getUpdates call is waiting."""
        return self._poll is not None

    def pending(self) -> list[Update]:
        return list(self._pending)

    def allow(self, kinds: Iterable[str]) -> None:
        """Remembered until told otherwise; an empty list means all but those that must be asked for."""
        self.allowed = frozenset(kinds)

    def confirm(self, offset: int) -> None:
        """Forget all before `offset`; a negative one keeps that many from the end."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0].id < offset:
            self._pending.popleft()

    async def poll(self, limit: int, timeout_s: float) -> list[Update]:
        """Wait until there is something, at most `timeout_s`. A poll that was waiting ends with 409."""
        if self.webhook is not None:
            raise conflict(WEBHOOK_IS_ACTIVE)
        self._end_poll(SECOND_POLLER)
        if not self._pending and timeout_s > 0 and not self.closed:
            await self._wait(timeout_s)
        return list(self._pending)[:limit]

    async def _wait(self, timeout_s: float) -> None:
        mine = self._poll = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(mine, timeout_s)
        except TimeoutError:
            return
        finally:
            if self._poll is mine:
                self._poll = None

    def _end_poll(self, why: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(why))

    def _wake(self) -> None:
        self._arrivals.set()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def set_webhook(self, webhook: Webhook | None) -> None:
        self.webhook = webhook
        if webhook is not None:
            self._end_poll(POLL_ENDED_BY_WEBHOOK)
        self._wake()

    async def next_for_webhook(self) -> tuple[Webhook, Update]:
        """The oldest unconfirmed update, as soon as there are a webhook and an update."""
        while self.webhook is None or not self._pending:
            self._arrivals.clear()
            await self._arrivals.wait()
        return self.webhook, self._pending[0]

    def drop_pending(self) -> None:
        self._pending.clear()

    def close(self) -> None:
        """End the waiting poll with what there is and let no later one wait: the server is going down."""
        self.closed = True
        self._wake()
