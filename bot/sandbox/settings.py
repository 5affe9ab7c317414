"""What of Telegram's behaviour a test or the demo may turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` messages at once, then `per_s` a second."""

    per_s: float
    burst: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults are Telegram's published or reported values; `None` for a rate switches that limit off."""

    overall: Rate | None = Rate(per_s=30, burst=30)
    chat: Rate | None = Rate(per_s=1, burst=5)
    group: Rate | None = Rate(per_s=20 / 60, burst=20)  # beside `chat`, which holds for groups too
    callback_expiry_s: float = 15
    text_limit: int = 4096
    caption_limit: int = 1024
    callback_data_bytes: int = 64
    callback_answer_limit: int = 200
    photo_bytes: int = 10 * 1024 * 1024
    file_bytes: int = 50 * 1024 * 1024
    download_bytes: int = 20 * 1024 * 1024
    delete_within_s: float = 48 * 3600
    longest_poll_s: float = 50
    webhook_retry_s: float = 1.0
    any_token: bool = False  # any well-formed token speaks for the world's one bot
    reads_all_group_messages: bool = False


UNLIMITED = Settings(overall=None, chat=None, group=None)
"""No flood limits: for tests that are not about them."""
