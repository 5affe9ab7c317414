"""Trading hours as people type them: `08:00-17:00 mon-fri Europe/London`."""

import re
from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.model.policies import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TYPED = re.compile(
    r"(?P<opens>\d{1,2}:\d{2})\s*[-\N{EN DASH}]\s*(?P<closes>\d{1,2}:\d{2})"
    r"(?:\s+(?P<days>[a-z]{3}(?:[-,][a-z]{3})*))?(?:\s+(?P<zone>[A-Za-z][\w+/-]*))?",
    re.IGNORECASE,
)


def read_hours(text: str, zone: str) -> Hours | None:
    """Every day without days, in `zone` without one; None for what is no such text."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return None
    named = found["days"]
    try:
        days = frozenset(_days(named.lower())) if named else frozenset(range(7))
        where = ZoneInfo(found["zone"] or zone).key
        return Hours(_time(found["opens"]), _time(found["closes"]), days, where)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _days(text: str) -> Iterator[int]:
    """`mon-wed,fri`: 0, 1, 2, 4; over the end of the week, too. Raises ValueError."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        begins, ends = DAYS.index(first), DAYS.index(last or first)
        yield from (day % 7 for day in range(begins, ends + 1 + (7 if ends < begins else 0)))
