"""What is old goes, a few rows at a time, with pauses in which others write."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

import core.retention
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event
from core.model.risk import DESK, LockKind
from core.mt5.pool import Pool
from core.ports import Tx
from core.retention import EVERY_S, Keep, remove_old, retain
from storage.store import SqlStore
from storage.tables import snapshots
from tests.core.test_status import no_terminal
from tests.fakes.clock import StoppedClock
from tests.storage.samples import a_desk, a_snapshot, keep

DAY = timedelta(days=1)


@dataclass
class PausingClock(StoppedClock):
    """Counts the pauses, in which another writer has its turn."""

    pauses: list[float] = field(default_factory=list)
    store: SqlStore | None = None

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        assert self.store is not None
        async with self.store.write() as tx:
            await tx.locks.set(LockKind.PAUSE, DESK, "others write", self.now(), None)


def desk_of(store: SqlStore) -> tuple[Desk, PausingClock]:
    clock = PausingClock(store=store)
    return Desk(store, clock, Pool(no_terminal), 0), clock


async def hours_of_snapshots(desk: Desk, account: Account) -> list[float]:
    """How many hours ago each snapshot was read, the newest first."""
    assert isinstance(desk.store, SqlStore)
    theirs = select(snapshots.c.read_at).where(snapshots.c.account_id == account.id)
    async with desk.store.database.readers.begin() as connection:
        times = (await connection.scalars(theirs.order_by(snapshots.c.id.desc()))).all()
    return [round((desk.clock.now() - at).total_seconds() / 3600, 2) for at in times]


async def test_a_day_of_all_snapshots_then_one_an_hour_then_one_a_day(store: SqlStore) -> None:
    desk, clock = desk_of(store)
    account = (await keep(store, a_desk())).account
    clock.time += timedelta(seconds=5)  # whole hours ago lie in slots of their own
    ages = [0.1 * step for step in range(1, 21)] + [25, 25.2, 25.4, 26.0, 27.3, 24 * 40, 24 * 40 + 3, 24 * 41]
    whole = a_snapshot()
    async with store.write() as tx:
        for hours in sorted(ages, reverse=True):
            state = replace(whole.account, read_at=clock.now() - timedelta(hours=hours))
            await tx.snapshots.save(account.id, replace(whole, account=state))
    before = await hours_of_snapshots(desk, account)
    assert await remove_old(desk, Keep()) == {"snapshots": 3}
    left = await hours_of_snapshots(desk, account)
    assert [age for age in left if age <= 24] == [age for age in before if age <= 24]
    assert [age for age in left if age > 24] == [25, 26, 27.3, 24 * 40 + 3, 24 * 41]
    assert await remove_old(desk, Keep()) == {}


async def test_it_is_quiet(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction removes more than it may, and between two of them others write."""
    monkeypatch.setattr(core.retention, "AT_ONCE", 10)
    desk, clock = desk_of(store)
    async with store.write() as tx:
        await tx.events.append(*(Event("door.stranger", clock.now(), str(number)) for number in range(3)))
        await tx.events.append(
            *(Event("account.close_all", clock.now(), str(number)) for number in range(25))
        )
    clock.time += 366 * DAY
    assert await remove_old(desk, Keep()) == {}, "the audit trail stays unless somebody has limited it"
    clock.pauses.clear()
    assert await remove_old(desk, Keep(events=365)) == {"events": 25}
    pauses = len(clock.pauses)
    clock.pauses.clear()
    assert await remove_old(desk, Keep(events=365)) == {}
    assert pauses == len(clock.pauses) + 3, "three transactions for 25 rows, and others wrote after each"
    async with store.read() as tx:
        assert {event.name for event in await tx.events.recent(99)} == {"door.stranger"}


async def test_a_failure_is_logged_and_the_next_hour_tries_again(store: SqlStore) -> None:
    """Housekeeping that fails must not end the desk."""
    desk, clock = desk_of(store)
    broken = replace(desk, store=Broken(store), clock=Hours(clock))
    with capture_logs() as logged, pytest.raises(asyncio.CancelledError):
        await retain(broken, Keep())
    assert [line["event"] for line in logged] == ["old_rows_not_removed", "old_rows_removed"]


@dataclass
class Broken:
    """A store that cannot be read the first time."""

    store: SqlStore
    is_broken: bool = True

    def write(self) -> AbstractAsyncContextManager[Tx]:
        return self.store.write()

    def read(self) -> AbstractAsyncContextManager[Tx]:
        if self.is_broken:
            self.is_broken = False
            raise OSError("the disk is away")
        return self.store.read()


@dataclass
class Hours:
    """A clock that lets two hours pass, and then the task is cancelled."""

    clock: StoppedClock
    passed: int = 0

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds == EVERY_S
        if self.passed == 2:
            raise asyncio.CancelledError
