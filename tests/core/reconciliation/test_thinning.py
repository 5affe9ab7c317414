"""Snapshots thin out with their age."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from core.reconciliation.thinning import thin
from storage.store import SqlStore
from storage.tables import snapshots
from tests.core.reconciliation.watched import Watched


async def kept(watched: Watched) -> list[float]:
    """How many hours ago each snapshot was read, the newest first."""
    store = watched.paper.store
    assert isinstance(store, SqlStore)
    async with store.database.readers.begin() as connection:
        times = (await connection.scalars(select(snapshots.c.read_at).order_by(snapshots.c.id.desc()))).all()
    now = watched.paper.clock.now()
    return [round((now - at).total_seconds() / 3600, 2) for at in times]


async def test_a_day_of_all_then_one_an_hour_then_one_a_day(watched: Watched) -> None:
    session = await watched.paper.session()
    taken = await session.snapshot()
    now = watched.paper.clock.now()
    # START lies five seconds after a full hour, so whole hours ago lie in slots of their own.
    ages = [0.1 * step for step in range(1, 21)] + [25, 25.2, 25.4, 26.0, 27.3, 24 * 40, 24 * 40 + 3, 24 * 41]
    async with watched.paper.store.write() as tx:
        for hours in sorted(ages, reverse=True):
            state = replace(taken.account, read_at=now - timedelta(hours=hours))
            await tx.snapshots.save(watched.trader.account.id, replace(taken, account=state))
    before = await kept(watched)
    assert await thin(watched.paper.desk) == len(before) - len(await kept(watched))
    left = await kept(watched)
    assert [age for age in left if age <= 24] == [age for age in before if age <= 24]
    assert [age for age in left if age > 24] == [25, 26, 27.3, 24 * 40 + 3, 24 * 41]
    assert await thin(watched.paper.desk) == 0
