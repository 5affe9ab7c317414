"""Dates as the module takes them: epoch seconds or a datetime, and nothing else."""

from datetime import datetime
from typing import Any

from core.mt5 import contract as mt5
from core.paper.terminal import Failed


def broker_msc(which: str, value: Any) -> int:
    """Broker milliseconds of a date. A naive datetime is local time here, as there.

    Dates are 32-bit seconds: milliseconds do not fit. Raises Failed, naming which argument it was.
    """
    seconds = _timestamp(value) if isinstance(value, datetime) else value
    if not isinstance(seconds, int | float) or not 0 <= seconds < 2**32:
        raise Failed(mt5.RES_E_INVALID_PARAMS, f"Invalid {which} unnamed argument")
    return int(seconds) * 1000


def _timestamp(moment: datetime) -> float | None:
    """None for a naive one that no epoch reaches, such as the year 1."""
    try:
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None
