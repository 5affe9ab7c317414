"""A length of time as a person says it."""

from datetime import timedelta


def spoken(length: timedelta) -> str:
    """`45 s`, `12 min 30 s`, `3 h 5 min`, `2 d 4 h`: the two largest units, rounded down."""
    seconds = max(int(length.total_seconds()), 0)
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = {"d": days, "h": hours, "min": minutes, "s": seconds % 60}
    named = [f"{number} {unit}" for unit, number in parts.items()]
    first = next((place for place, number in enumerate(parts.values()) if number), len(named) - 1)
    return " ".join(part for part in named[first : first + 2] if not part.startswith("0 ") or seconds == 0)
