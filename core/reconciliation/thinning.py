"""Old snapshots thin out: each change of the last day, then one an hour, after a month one a day."""

from datetime import timedelta
from itertools import product

import structlog

from core.desk import Desk

log = structlog.get_logger(__name__)

EVERY_S = 3600.0
AGES = (
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=30), timedelta(days=1)),
)
"""What is older than the first keeps one snapshot of each account in the second."""


async def thin(desk: Desk) -> int:
    """Remove what its age makes superfluous; how many snapshots that were.

    A transaction for each account and age, so that nobody waits long to write.
    """
    async with desk.store.read() as tx:
        accounts = await tx.accounts.all()
    removed = 0
    for account, (age, keep_every) in product(accounts, AGES):
        async with desk.store.write() as tx:
            removed += await tx.snapshots.thin(account.id, desk.clock.now() - age, keep_every)
    return removed


async def keep_thin(desk: Desk) -> None:
    """Thin now and each hour, until cancelled."""
    while True:
        removed = await thin(desk)
        if removed:
            log.info("snapshots_thinned", removed=removed)
        await desk.clock.sleep(EVERY_S)
