"""What the Bot API refuses, in Telegram's own words.

The texts are those of Telegram's Bot API server; a bot that matches on them here matches on them there.
"""

from __future__ import annotations

import math


class Refusal(Exception):
    """An answer with `ok: false`. `code` is the HTTP status and the `error_code` alike."""

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, migrate_to: int | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to

    def json(self) -> dict[str, object]:
        answer: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to is not None:
            answer["parameters"] = {"migrate_to_chat_id": self.migrate_to}
        return answer


def bad_request(words: str) -> Refusal:
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    return Refusal(403, f"Forbidden: {words}")


def conflict(words: str) -> Refusal:
    return Refusal(409, f"Conflict: {words}")


def too_many_requests(wait_s: float) -> Refusal:
    """`wait_s` is rounded up to whole seconds, at least one, as Telegram does."""
    retry_after = max(1, math.ceil(wait_s))
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def unparsable_entities(why: str) -> Refusal:
    return bad_request(f"can't parse entities: {why}")


def not_modelled(method: str) -> Refusal:
    """Telegram knows the method, this sandbox does not: it says so instead of inventing a result."""
    return Refusal(501, f"Not Implemented: the sandbox does not model {method}")


UNAUTHORIZED = (401, "Unauthorized")
CHAT_NOT_FOUND = "chat not found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
SECOND_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
POLL_ENDED_BY_WEBHOOK = "terminated by setWebhook request"
WEBHOOK_IS_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
