"""Time zones as people name them: by a city in one of the desk's languages, or by how far it is from UTC."""

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from core.model.people import Language

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\u2212-])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)
_EAST, _WEST = 14, 12
_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_MOST = 6


def find_zones(text: str) -> list[str]:
    """The zones that may be meant, the likeliest first, at most six; none for what is no city."""
    offset = read_offset(text)
    if offset is not None:
        return [offset]
    wanted = _spelled(text)
    if wanted in _cities():
        return [_cities()[wanted]]
    near = [zone for city, zone in _cities().items() if len(wanted) > 1 and city.startswith(wanted)]
    return list(dict.fromkeys(near))[:_MOST]


def zone_of_offset(hours: int) -> str:
    """The zone that is so many hours ahead of UTC; IANA's own names count the other way round."""
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def read_offset(text: str) -> str | None:
    """`UTC+3`, `+3`, `-05:00` → the zone of that offset."""
    if _spelled(text) in ("utc", "gmt", "0"):
        return "UTC"
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    hours = int(found[2]) if found[1] == "+" else -int(found[2])
    return zone_of_offset(hours) if -_WEST <= hours <= _EAST else None


def is_zone(name: str) -> bool:
    return name in available_timezones()


@cache
def _cities() -> dict[str, str]:
    """The zones that are named for a city, by each spelling of it and by their own names."""
    found: dict[str, str] = {}
    zones = sorted(zone for zone in available_timezones() if zone.startswith(_AREAS))
    for zone in zones:
        found.setdefault(_spelled(zone.rpartition("/")[2]), zone)
        found.setdefault(zone.casefold(), zone)
    for language in Language:
        for zone, names in Locale(language).time_zones.items():
            if zone in zones and "city" in names:
                found.setdefault(_spelled(names["city"]), zone)
    return found


def _spelled(city: str) -> str:
    """`New_York`, `new york` and `New-York` are one."""
    return " ".join(re.split(r"[\s_-]+", city.strip().casefold()))
