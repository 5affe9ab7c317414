"""How long the desk keeps what it writes down: once an hour, a few rows at a time, what is old and over goes.

Searching is reading, which holds nobody off; a write takes the numbers that were found, few of them, and is
followed by a pause, so that whoever wants to write is never behind more than one such transaction. What is
money's story (intents, trades, what was approved, liquidations, consents) has no end.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from core.desk import Desk
from core.model.ids import AccountId
from core.model.records import Record
from core.ports import Key, Tx

T = TypeVar("T")

log = structlog.get_logger(__name__)

EVERY_S = 3600.0
AT_ONCE = 100
"""Rows that one transaction removes at most: a few milliseconds."""
SEARCHED = 5_000
"""Rows that one search finds at most: a search passes by all that must stay."""
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Keep:
    """Days for which things are kept; 0 for ever.

    Of snapshots each change is kept at first, then one an hour, then one a day for ever.
    """

    snapshots: int = 1
    hourly_snapshots: int = 30
    notices: int = 90
    incidents: int = 365
    divergences: int = 730
    signals: int = 730
    events: int = 0

    def ages(self) -> Iterator[tuple[Record, timedelta]]:
        """The records that may go and how old they must be; cards before the signals that they hold."""
        groups = (
            (self.notices, (Record.NOTICES, Record.MESSAGES, Record.GROUP_MESSAGES)),
            (self.notices, (Record.REQUESTS, Record.PICTURES)),
            (self.incidents, (Record.INCIDENTS, Record.MARKS, Record.LOCKS, Record.DRAWDOWN_ALERTS)),
            (self.divergences, (Record.DIVERGENCES,)),
            (self.signals, (Record.APPROVALS, Record.SIGNALS)),
            (self.events, (Record.EVENTS,)),
        )
        for days, records in groups:
            yield from ((record, timedelta(days=days)) for record in records if days)

    def slots(self) -> Iterator[tuple[timedelta, timedelta]]:
        """Snapshots older than the first keep one in each of the second."""
        yield timedelta(days=self.snapshots), timedelta(hours=1)
        yield timedelta(days=self.hourly_snapshots), timedelta(days=1)


async def retain(desk: Desk, keep: Keep) -> None:
    """Remove what is due, now and an hour after each time, until cancelled."""
    while True:
        try:
            removed = await remove_old(desk, keep)
        except Exception:  # a boundary: rows that stay too long are no reason to restart, let alone to end
            log.exception("old_rows_not_removed")
        else:
            log.info("old_rows_removed", rows=sum(removed.values()), **removed)
        await desk.clock.sleep(EVERY_S)


async def remove_old(desk: Desk, keep: Keep) -> dict[str, int]:
    """Remove all that is due; how many rows of what."""
    removed: Counter[str] = Counter()
    for record, age in keep.ages():
        removed[record] += await _remove(desk, record, age)
    async with desk.store.read() as tx:
        accounts = await tx.accounts.all()
    for account in accounts:
        for age, keep_every in keep.slots():
            removed["snapshots"] += await _thin(desk, account.id, age, keep_every)
    return {what: rows for what, rows in removed.items() if rows}


async def _remove(desk: Desk, record: Record, age: timedelta) -> int:
    before = desk.clock.now() - age

    async def found() -> Sequence[Key]:
        async with desk.store.read() as tx:
            return await tx.retention.overdue(record, before, SEARCHED)

    return await _a_few_at_a_time(desk, found, lambda tx, keys: tx.retention.remove(record, before, keys))


async def _thin(desk: Desk, account: AccountId, age: timedelta, keep_every: timedelta) -> int:
    before = desk.clock.now() - age

    async def found() -> Sequence[int]:
        async with desk.store.read() as tx:
            return await tx.snapshots.superfluous(account, before, keep_every, SEARCHED)

    return await _a_few_at_a_time(desk, found, lambda tx, numbers: tx.snapshots.remove(numbers))


async def _a_few_at_a_time(
    desk: Desk,
    find: Callable[[], Awaitable[Sequence[T]]],
    remove: Callable[[Tx, Sequence[T]], Awaitable[int]],
) -> int:
    """Remove what is found until there is no more; a pause after each transaction."""
    removed = 0
    while True:
        found = await find()
        for begin in range(0, len(found), AT_ONCE):
            async with desk.store.write() as tx:
                removed += await remove(tx, found[begin : begin + AT_ONCE])
            await desk.clock.sleep(PAUSE_S)
        if len(found) < SEARCHED:
            await desk.clock.sleep(PAUSE_S)
            return removed
