"""Snapshots grow fewer with age."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot
from storage.store import SqlStore
from storage.tables import snapshots
from tests.storage.samples import Desk, a_desk, a_snapshot, keep

HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 10, 25, tzinfo=UTC)
LATER = MIDNIGHT + timedelta(days=9)


def _read_at(at: datetime) -> MT5AccountSnapshot:
    whole = a_snapshot()
    return replace(whole, account=replace(whole.account, read_at=at))


async def _save(store: SqlStore, account: AccountId, times: Iterable[datetime]) -> None:
    async with store.write() as tx:
        for at in times:
            await tx.snapshots.save(account, _read_at(at))


async def _thin(
    store: SqlStore, account: AccountId, before: datetime = LATER, keep_every: timedelta = HOUR
) -> int:
    async with store.write() as tx:
        superfluous = await tx.snapshots.superfluous(account, before, keep_every, 100)
        return await tx.snapshots.remove(superfluous)


async def _kept(store: SqlStore, account: AccountId) -> Sequence[datetime]:
    times = select(snapshots.c.read_at).where(snapshots.c.account_id == account).order_by(snapshots.c.id)
    async with store.database.readers.begin() as connection:
        return (await connection.scalars(times)).all()


def _minutes(*minutes: float) -> list[datetime]:
    return [MIDNIGHT + timedelta(minutes=each) for each in minutes]


async def test_the_first_of_each_slot_stays_and_the_newest(store: SqlStore, desk: Desk) -> None:
    account = desk.account.id
    await _save(store, account, _minutes(5, 10, 59, 60, 61, 150, 300, 301, 302))
    assert await _thin(store, account) == 4
    assert await _kept(store, account) == _minutes(5, 60, 150, 300, 302)
    assert await _thin(store, account) == 0


async def test_young_ones_stay_and_the_slot_they_share_with_old_ones_keeps_its_first(
    store: SqlStore, desk: Desk
) -> None:
    account = desk.account.id
    await _save(store, account, _minutes(0, 10, 20, 30, 40))
    assert await _thin(store, account, before=MIDNIGHT + timedelta(minutes=20)) == 1
    assert await _kept(store, account) == _minutes(0, 20, 30, 40), "the one at the limit is not before it"
    assert await _thin(store, account, before=MIDNIGHT + timedelta(minutes=40)) == 2
    assert await _kept(store, account) == _minutes(0, 40)


async def test_slots_are_cut_to_the_millisecond(store: SqlStore, desk: Desk) -> None:
    """A database that rounds to seconds would put the end of an hour into the next."""
    account = desk.account.id
    tick = timedelta(milliseconds=1)
    edges = [MIDNIGHT, MIDNIGHT + HOUR - tick, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR - tick, LATER]
    await _save(store, account, edges)
    assert await _thin(store, account) == 2
    assert await _kept(store, account) == [MIDNIGHT, MIDNIGHT + HOUR, LATER]


@pytest.mark.parametrize(("keep_every", "kept"), [(1, 6), (2, 3), (3, 2), (7200, 1)])
async def test_any_number_of_seconds(store: SqlStore, desk: Desk, keep_every: int, kept: int) -> None:
    account = desk.account.id
    await _save(store, account, [MIDNIGHT + timedelta(seconds=second) for second in range(6)])
    await _save(store, account, [LATER])
    assert await _thin(store, account, keep_every=timedelta(seconds=keep_every)) == 6 - kept
    assert len(await _kept(store, account)) == kept + 1


async def test_an_account_loses_nothing_by_the_thinning_of_another(store: SqlStore, desk: Desk) -> None:
    other = await keep(store, a_desk(8))
    times = _minutes(0, 1, 2)
    for account in (desk.account.id, other.account.id):
        await _save(store, account, times)
    assert await _thin(store, desk.account.id) == 1
    assert await _kept(store, other.account.id) == times
    assert await _thin(store, AccountId(uuid4())) == 0


async def test_the_newest_stays_even_if_it_says_that_it_is_older(store: SqlStore, desk: Desk) -> None:
    """A machine's clock may be set back; what was stored last is what the desk knows."""
    account = desk.account.id
    await _save(store, account, _minutes(0, 5, 3))
    assert await _thin(store, account) == 1
    async with store.read() as tx:
        assert await tx.snapshots.latest(account) == _read_at(*_minutes(3))
