"""One run: warm up, so many cycles of calm, then some in which a part of the terminals fails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

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
    """How much of everything; `troubled` of the accounts fail in the cycles of trouble."""

    accounts: int
    positions: int
    delay_s: float
    cycle_s: float
    cycles: int
    troubled: int
    troubled_cycles: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was measured over some cycles."""

    ages: Ages
    lag: Lag
    cycles: int
    processor: float
    server: float
    memory_mb: Sequence[float]
    written: Sequence[int]

    def memory_slope(self) -> float:
        """Megabytes per hundred cycles."""
        return slope(self.memory_mb) * 100


@dataclass(slots=True)
class Outcome:
    size: Size
    calm: Stretch
    troubled: Stretch | None = None


async def run(url: str, size: Size, server: psutil.Process | None = None) -> Outcome:
    """Over the empty database at `url`, which `server` serves, if it is not a file."""
    async with (
        open_farm(size.accounts, size.positions, size.delay_s) as farm,
        open_desk(url, farm, size.accounts, size.positions) as (desk, store, accounts),
        _watched(desk, accounts, size.cycle_s),
    ):
        await _warm(desk, accounts, size)
        outcome = Outcome(size, await _measure(desk, store, accounts, size.cycles, size, server))
        if size.troubled_cycles:
            farm.fail(size.troubled)
            well = accounts[: -size.troubled]
            outcome.troubled = await _measure(desk, store, well, size.troubled_cycles, size, server)
        return outcome


@asynccontextmanager
async def _watched(desk: Desk, accounts: Sequence[Account], cycle_s: float) -> AsyncIterator[None]:
    """Every account's loop, as `bot.app` starts it."""
    scheduler = Scheduler(desk, Schedule(interval_s=cycle_s))
    async with asyncio.TaskGroup() as group:
        loops = [group.create_task(scheduler.watch(account)) for account in accounts]
        try:
            yield
        finally:
            for each in loops:
                each.cancel()


async def _warm(desk: Desk, accounts: Sequence[Account], size: Size) -> None:
    """So many cycles, and then until every account was read."""
    await asyncio.sleep(WARM_UP_CYCLES * size.cycle_s)
    async with asyncio.timeout(WARM_UP_S):
        for account in accounts:
            await _first_read(desk, account)


async def _first_read(desk: Desk, account: Account) -> None:
    while desk.board.of(account.id).read_at is None:  # noqa: ASYNC110 - the board tells nobody
        await asyncio.sleep(0.1)


@dataclass(slots=True)
class _Samples:
    """One entry a cycle."""

    memory_mb: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


async def _measure(
    desk: Desk,
    store: SqlStore,
    accounts: Sequence[Account],
    cycles: int,
    size: Size,
    server: psutil.Process | None,
) -> Stretch:
    ages, lag, samples = Ages(desk.board, accounts), Lag(), _Samples()
    began = Processor.now(server)
    async with asyncio.TaskGroup() as group:
        gauges = [group.create_task(watch()) for watch in (ages.watch, lag.watch)]
        await _cycles(store, samples, cycles, size.cycle_s)
        for gauge in gauges:
            gauge.cancel()
    ours, servers = Processor.now(server).shares(began)
    return Stretch(ages, lag, cycles, ours, servers, samples.memory_mb, samples.written)


async def _cycles(store: SqlStore, samples: _Samples, cycles: int, cycle_s: float) -> None:
    before = await rows_written(store)
    for _ in range(cycles):
        await asyncio.sleep(cycle_s)
        now = await rows_written(store)
        samples.written.append(now - before)
        samples.memory_mb.append(await asyncio.to_thread(own_memory_mb))
        before = now
