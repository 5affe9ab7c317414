"""How the command line writes counts and times: in English, by UTC."""

from datetime import datetime


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 position`, `2 positions`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def clock_time(moment: datetime) -> str:
    """The time of day, UTC."""
    return f"{moment:%H:%M:%S} UTC"
