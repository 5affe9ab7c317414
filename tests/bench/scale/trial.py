"""One trial: warm up, so many cycles of calm, then some in which a part of the terminals fails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

from bot.settings import Settings
from core.desk import Desk
from core.model.accounts import Account
from core.reconciliation.scheduler import Schedule, Scheduler
from storage.store import SqlStore
from tests.bench.scale.desk import open_desk
from tests.bench.scale.gauges import Ages, Lag, Processor, own_memory_mb, rows_written, slope
from tests.bench.scale.links import open_farm

WARM_UP_CYCLES = 2
WARM_UP_S = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything; `failing` of the accounts fail in the cycles of trouble, if there are any."""

    accounts: int
    positions: int
    delay_s: float
    cycle_s: float
    cycles: int
    failing: int
    troubled_cycles: int


@dataclass(slots=True)
class Samples:
    """One entry a cycle."""

    memory_mb: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was measured over some cycles; `desk` and `server` are percent of one core."""

    ages: Ages
    lag: Lag
    samples: Samples
    cycles: int
    cycle_s: float
    desk: float
    server: float

    def covered(self) -> int:
        """How many accounts were read in each cycle."""
        return self.ages.in_each(self.cycles)

    def sync_ms(self) -> float:
        """The desk's processor time for one good reading."""
        return self.desk / 100 * self.cycles * self.cycle_s * 1000 / max(self.ages.syncs(), 1)

    def growth_mb(self) -> float:
        """Of memory in a hundred cycles, by the straight line that fits the later half best.

        In the earlier half an account's first snapshot is replaced by its second one (five minutes later).
        """
        return slope(self.samples.memory_mb[self.cycles // 2 :]) * 100


@dataclass(slots=True)
class Outcome:
    """`matched` positions stood on the board after the calm; `noticed` of the failing accounts after that."""

    size: Size
    calm: Stretch
    matched: int
    trouble: Stretch | None = None
    noticed: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A desk whose accounts are being watched; `server` is the database's, if it has one."""

    desk: Desk
    store: SqlStore
    accounts: Sequence[Account]
    size: Size
    server: psutil.Process | None

    async def warm_up(self) -> None:
        """So many cycles, and then until every account was read."""
        await asyncio.sleep(WARM_UP_CYCLES * self.size.cycle_s)
        async with asyncio.timeout(WARM_UP_S):
            for account in self.accounts:
                while self.desk.board.of(account.id).read_at is None:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.1)

    async def measure(self, accounts: Sequence[Account], cycles: int) -> Stretch:
        ages, lag = Ages(self.desk.board, accounts, self.size.cycle_s), Lag()
        began = Processor.now(self.server)
        async with asyncio.TaskGroup() as group:
            gauges = [group.create_task(watch()) for watch in (ages.watch, lag.watch)]
            samples = await self._cycles(cycles)
            for gauge in gauges:
                gauge.cancel()
        desk, server = Processor.now(self.server).shares(began)
        return Stretch(ages, lag, samples, cycles, self.size.cycle_s, desk, server)

    def matched(self) -> int:
        return sum(self.desk.board.of(account.id).matched for account in self.accounts)

    def noticed(self, failing: Sequence[Account]) -> int:
        return sum(self.desk.board.of(account.id).failures > 0 for account in failing)

    async def _cycles(self, cycles: int) -> Samples:
        samples = Samples()
        before = await rows_written(self.store)
        for _ in range(cycles):
            await asyncio.sleep(self.size.cycle_s)
            now = await rows_written(self.store)
            samples.written.append(now - before)
            samples.memory_mb.append(await asyncio.to_thread(own_memory_mb))
            before = now
        return samples


async def run(url: str, size: Size, server: psutil.Process | None = None) -> Outcome:
    """Over the empty database at `url`, which `server` serves if it is not a file."""
    async with (
        open_farm(size.accounts, size.positions, size.delay_s) as farm,
        open_desk(url, farm, size.accounts, size.positions) as (desk, store, accounts),
        _watched(desk, accounts, size.cycle_s),
    ):
        trial = Trial(desk, store, accounts, size, server)
        await trial.warm_up()
        outcome = Outcome(size, await trial.measure(accounts, size.cycles), trial.matched())
        if size.troubled_cycles:
            farm.fail(size.failing)
            well, failing = accounts[: -size.failing], accounts[-size.failing :]
            outcome.trouble = await trial.measure(well, size.troubled_cycles)
            outcome.noticed = trial.noticed(failing)
        return outcome


@asynccontextmanager
async def _watched(desk: Desk, accounts: Sequence[Account], cycle_s: float) -> AsyncIterator[None]:
    """Every account's loop, as `bot.app` starts it; as many at once as a desk has by default."""
    at_once = Settings.model_fields["sync_at_once"].default
    scheduler = Scheduler(desk, Schedule(cycle_s, at_once))
    async with asyncio.TaskGroup() as group:
        loops = [group.create_task(scheduler.watch(account)) for account in accounts]
        try:
            yield
        finally:
            for each in loops:
                each.cancel()
