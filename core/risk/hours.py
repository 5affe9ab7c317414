"""When entries are allowed by the clock: trading hours and blackout days of a zone. Pure functions.

A time of day that the zone skips in spring counts as much later as was skipped; one that comes twice in
autumn is the first of them (PEP 495 with `fold=0`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.model.policies import Hours

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing may be entered now, and when it may be again; `until` is None for never."""

    reason: str
    until: datetime | None


def closed(hours: Hours, now: datetime) -> Closed | None:
    """What the clock says against an entry at `now`, or None while it allows one."""
    if _is_open(hours, now):
        return None
    until = _opens_next(hours, now)
    again = f"entries again at {moment(until, now)}" if until else "no later time is allowed either"
    return Closed(f"{_why(hours, now)}; {again}", until)


def moment(at: datetime, now: datetime) -> str:
    """`14:32 UTC`, with the day when it is not today's."""
    shown = at.astimezone(UTC)
    day = "" if shown.date() == now.astimezone(UTC).date() else f"{shown:%a %d %b} "
    return f"{day}{shown:%H:%M} UTC"


def _is_open(hours: Hours, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    if today in hours.blackout:
        return False
    windows = (_window(hours, day) for day in (today - _DAY, today))
    return any(opens <= now < closes for opens, closes in windows)


def _window(hours: Hours, day: date) -> tuple[datetime, datetime]:
    """The window that begins on that day; an empty one when none does."""
    opens = _at(hours, day, hours.opens)
    if day.weekday() not in hours.days:
        return opens, opens
    return opens, _at(hours, day if hours.closes > hours.opens else day + _DAY, hours.closes)


def _at(hours: Hours, day: date, of_day: time) -> datetime:
    """In UTC, because times of one zone compare by the wall clock."""
    return datetime.combine(day, of_day, ZoneInfo(hours.zone)).astimezone(UTC)


def _opens_next(hours: Hours, now: datetime) -> datetime | None:
    """The first moment after `now` at which entries are allowed; None when the days never allow one."""
    return next((at for at in _turns(hours, now) if at > now and _is_open(hours, at)), None)


def _turns(hours: Hours, now: datetime) -> Iterator[datetime]:
    """When it may begin: each midnight, at which a blackout ends, and each opening.

    Each blackout day can take one week's only window away; after one week more there is one.
    """
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    for ahead in range(7 * (len(hours.blackout) + 1) + 2):
        day = today + ahead * _DAY
        yield _at(hours, day, time(0))
        yield _at(hours, day, hours.opens)


def _why(hours: Hours, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(hours.zone))
    if local.date() in hours.blackout:
        return f"{local:%a %d %b} is a blackout day"
    return f"entries are allowed {_days(hours)}{hours.opens:%H:%M} to {hours.closes:%H:%M} {hours.zone}"


def _days(hours: Hours) -> str:
    """`Mon Tue Fri `, nothing when every day is one."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return "" if len(hours.days) == len(names) else "".join(f"{names[day]} " for day in sorted(hours.days))
