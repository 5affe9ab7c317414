"""What is measured while the desk runs: ages, cycles, processor, memory, lag, rows written."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil
from sqlalchemy import text

from core.board import Board
from core.model.accounts import Account
from core.model.ids import AccountId
from storage.store import SqlStore

LOOK_S = 0.5
LAG_S = 0.02
_SQLITE_CHANGES = "SELECT total_changes()"
_POSTGRES_FLUSH = "SELECT pg_stat_force_next_flush()"
_POSTGRES_CHANGES = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"


@dataclass(slots=True)
class Histogram:
    """Values to the nearest `step`: what is measured for an hour takes no more memory than for a minute."""

    step: float
    counts: Counter[int] = field(default_factory=Counter)

    def add(self, value: float) -> None:
        self.counts[round(value / self.step)] += 1

    def __len__(self) -> int:
        return self.counts.total()

    def percentile(self, share: float) -> float:
        """The least value that at least `share` of the values do not exceed; 0 without any."""
        seen = 0
        for steps in sorted(self.counts):
            seen += self.counts[steps]
            if seen >= share * len(self):
                return steps * self.step
        return 0.0


@dataclass(slots=True)
class Reads:
    """One account's good readings. Its cycles are counted from half a cycle before the first that was seen;
    so many of them, `unbroken`, had a reading one after another."""

    first: datetime
    last: datetime
    count: int = 1
    unbroken: int = 1
    longest_gap_s: float = 0.0

    def note(self, at: datetime, cycle_s: float) -> None:
        """The newest reading, which may be known already."""
        if at == self.last:
            return
        self.longest_gap_s = max(self.longest_gap_s, (at - self.last).total_seconds())
        self.unbroken += int((at - self.first).total_seconds() / cycle_s + 0.5) == self.unbroken
        self.count += 1
        self.last = at


@dataclass(slots=True)
class Ages:
    """The age of each account's last good reading, looked at twice a second; and its readings."""

    board: Board
    accounts: Sequence[Account]
    cycle_s: float
    seconds: Histogram = field(default_factory=lambda: Histogram(0.01))
    reads: dict[AccountId, Reads] = field(default_factory=dict)

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            self.look(datetime.now(UTC))
            await asyncio.sleep(LOOK_S)

    def look(self, now: datetime) -> None:
        """Once. Every account must have been read before."""
        for account in self.accounts:
            read_at = self.board.of(account.id).read_at
            if read_at is None:
                raise RuntimeError(f"{account.label} was never read")
            self.seconds.add((now - read_at).total_seconds())
            self.reads.setdefault(account.id, Reads(read_at, read_at)).note(read_at, self.cycle_s)

    def syncs(self) -> int:
        """How many good readings began and ended while it looked."""
        return sum(reads.count - 1 for reads in self.reads.values())

    def longest_gap_s(self) -> float:
        """Between two good readings of one account."""
        return max(reads.longest_gap_s for reads in self.reads.values())

    def in_each(self, cycles: int) -> int:
        """How many accounts were read in each of the cycles."""
        return sum(reads.unbroken >= cycles for reads in self.reads.values())


@dataclass(slots=True)
class Lag:
    """Milliseconds by which the event loop wakes a sleeper too late."""

    ms: Histogram = field(default_factory=lambda: Histogram(0.1))

    async def watch(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_S
            await asyncio.sleep(LAG_S)
            self.ms.add((loop.time() - due) * 1000)


@dataclass(frozen=True, slots=True)
class Processor:
    """Seconds of a processor that were used up to a moment: by this process, by a database's server."""

    at: float
    desk: float
    server: float

    @classmethod
    def now(cls, server: psutil.Process | None) -> "Processor":
        return cls(time.perf_counter(), time.process_time(), _seconds(server) if server else 0.0)

    def shares(self, since: "Processor") -> tuple[float, float]:
        """Percent of one core since then: the desk's, the server's."""
        wall = (self.at - since.at) / 100
        return (self.desk - since.desk) / wall, (self.server - since.server) / wall


def _seconds(server: psutil.Process) -> float:
    """A process, its children that live, and those that have ended."""
    ended = server.cpu_times()
    living = [process.cpu_times() for process in (server, *server.children(recursive=True))]
    return (
        float(sum(used.user + used.system for used in living)) + ended.children_user + ended.children_system
    )


def own_memory_mb() -> float:
    """What would be freed if this process ended."""
    return float(psutil.Process().memory_full_info().uss) / 2**20


def slope(values: Sequence[float]) -> float:
    """Growth per step of the straight line that fits best; 0 for fewer than two."""
    middle = (len(values) - 1) / 2
    squares = sum((n - middle) ** 2 for n in range(len(values)))
    return sum((n - middle) * value for n, value in enumerate(values)) / squares if squares else 0.0


async def rows_written(store: SqlStore) -> int:
    """Rows inserted, changed and deleted over the writing connection (SQLite), or by anybody (PostgreSQL)."""
    async with store.database.writer.begin() as connection:
        if connection.dialect.name == "sqlite":
            return int(await connection.scalar(text(_SQLITE_CHANGES)) or 0)
        await connection.execute(text(_POSTGRES_FLUSH))
    async with store.database.writer.begin() as connection:
        return int(await connection.scalar(text(_POSTGRES_CHANGES)) or 0)
