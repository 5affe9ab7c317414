"""A talk of several steps with one person: what was asked last, and what was answered so far."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialog:
    """One person's in one chat, by Telegram's ids. `step` is what the next answer is for, None for nothing.

    `answers` is JSON. A secret is never among them: what is typed as one goes where it belongs at once.
    """

    chat_id: int
    user_id: int
    changed_at: datetime
    step: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
