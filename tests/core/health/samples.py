"""Probes to judge; a good one unless a test changes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.model.mt5 import Permissions
from core.mt5.breaker import State
from core.mt5.probe import Probe

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALL = Permissions(option=True, button=True, account=True, broker=True)
GOOD = Probe(
    at=TUESDAY,
    connected=True,
    authenticated=True,
    permissions=ALL,
    feed_age=timedelta(seconds=1),
    round_trip_s=0.003,
    build=5430,
    breaker=State.CLOSED,
)


def a_probe(**changes: Any) -> Probe:
    return replace(GOOD, **changes)
