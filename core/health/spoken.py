"""A length of time as a person says it."""

from datetime import timedelta


def spoken(length: timedelta) -> str:
    """`45 s`, `12 min 30 s`, `3 h 5 min`, `2 d 4 h`: the two largest units, rounded down."""
    return " ".join(f"{number} {unit}" for unit, number in two_largest(length))


def two_largest(length: timedelta) -> list[tuple[str, int]]:
    """At most two of `d`, `h`, `min`, `s` that follow each other, with how many of each; `s` alone is 0."""
    seconds = max(int(length.total_seconds()), 0)
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = {"d": days, "h": hours, "min": minutes, "s": seconds % 60}
    first = next((place for place, number in enumerate(parts.values()) if number), len(parts) - 1)
    return [part for part in list(parts.items())[first : first + 2] if part[1] or seconds == 0]
