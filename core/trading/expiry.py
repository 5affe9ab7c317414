"""Closing cards whose time has passed, at the moment it passes."""

from core.bell import EXPIRY
from core.desk import Desk
from core.trading.approving import expire_overdue

LONGEST_WAIT_S = 30.0


async def expire(desk: Desk) -> None:
    """Expire approvals until cancelled; a ring tells of new ones."""
    while True:
        await expire_overdue(desk)
        async with desk.store.read() as tx:
            due = await tx.approvals.next_expiry()
        wait_s = LONGEST_WAIT_S if due is None else (due - desk.clock.now()).total_seconds()
        await desk.bell.wait(EXPIRY, min(max(wait_s, 0.0), LONGEST_WAIT_S))
