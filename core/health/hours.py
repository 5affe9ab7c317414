"""When markets are closed. A terminal tells no sessions, so this is the week of the currency market."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

CLOSES_AT = 17
DAILY_REST = timedelta(hours=1)
WEEKEND = timedelta(days=2, hours=1)
EARLY = timedelta(minutes=5)
LATE = timedelta(minutes=15)
FRIDAY = 4


@cache
def new_york() -> ZoneInfo:
    return ZoneInfo("America/New_York")


def closed_since(now: datetime) -> datetime | None:
    """When the market that is closed at `now` closed, or None while it is open.

    Closed from 17:00 to 18:00 in New York every day, and from Friday's close to Sunday's opening; a few
    minutes before and a quarter of an hour after, in which prices come late or not at all, count as closed.
    """
    local = now.astimezone(new_york())
    for back in range(3):
        day = local - timedelta(days=back)
        closes = day.replace(hour=CLOSES_AT, minute=0, second=0, microsecond=0)
        if closes.weekday() <= FRIDAY and closes - EARLY <= local < closes + _rest(closes) + LATE:
            return closes
    return None


def _rest(closes: datetime) -> timedelta:
    """By the wall clock, so that the weekends on which it is changed are no exception."""
    return WEEKEND if closes.weekday() == FRIDAY else DAILY_REST
