"""Observers of the store: told what is committed, and never in the way of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from structlog.testing import capture_logs

from core.model.events import Event
from storage.store import SqlStore

PAUSED = Event("desk.paused", datetime(2026, 11, 21, tzinfo=UTC), "desk", {"text": "lunch"})


async def test_an_observer_is_told_what_is_committed_and_nothing_else(store: SqlStore) -> None:
    told: list[Sequence[Event]] = []
    observed = replace(store, observers=[told.append])
    async with observed.write() as tx:
        await tx.events.append(PAUSED, replace(PAUSED, name="desk.resumed"))
        assert told == []
    with suppress(LookupError):
        async with observed.write() as tx:
            await tx.events.append(PAUSED)
            raise LookupError
    async with observed.write():
        pass
    assert [[event.name for event in events] for events in told] == [["desk.paused", "desk.resumed"]]


async def test_a_fault_of_an_observer_fails_no_transaction(store: SqlStore) -> None:
    told: list[Sequence[Event]] = []

    def stumble(events: Sequence[Event]) -> None:
        raise RuntimeError(f"cannot take {len(events)}")

    with capture_logs() as logs:
        async with replace(store, observers=[stumble, told.append]).write() as tx:
            await tx.events.append(PAUSED)
    async with store.read() as tx:
        assert await tx.events.happened("desk.paused", "desk")
    assert len(told) == 1
    [line] = [line for line in logs if line["event"] == "observer_failed"]
    assert line["exc_info"]
