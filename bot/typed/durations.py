"""Spans of time as people type them: `30m`, `2h`, `1d12h`."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.IGNORECASE)


def read_duration(word: str) -> timedelta | None:
    """None when the word is no span; of `0m` a span of nothing."""
    found = _SPAN.fullmatch(word)
    if found is None:
        return None
    days, hours, minutes = (int(number or 0) for number in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
