"""Background tasks: restarted with growing pauses, given up loudly; bells that lose no ring."""

import asyncio

import pytest

from core.bell import Bell
from core.supervision import GaveUp, Patience, Supervisor

QUICK = Patience(restarts=3, first_s=0.001, most_s=0.002, healthy_s=60)


async def test_a_task_that_fails_is_started_again_and_counted() -> None:
    supervisor = Supervisor(QUICK)
    runs: list[int] = []
    well = asyncio.Event()

    async def fails_twice() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise ValueError("not yet")
        well.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(supervisor.forever("work", fails_twice))
    async with asyncio.timeout(10):
        await well.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (runs, supervisor.crashes["work"]) == ([0, 1, 2], 2)


async def test_past_the_limit_it_gives_up_by_name() -> None:
    async def returns() -> None:
        """Returning is a failure too: such a task is meant to go on."""

    supervisor = Supervisor(QUICK)
    with pytest.raises(GaveUp, match="work failed 4 times in a row"):
        await supervisor.forever("work", returns)
    assert supervisor.crashes["work"] == 4


async def test_a_healthy_run_forgives_the_failures_before_it() -> None:
    runs: list[int] = []

    async def fails() -> None:
        runs.append(1)
        if len(runs) == 20:
            raise asyncio.CancelledError
        raise ValueError("again")

    patience = Patience(restarts=3, first_s=0.0, most_s=0.0, healthy_s=0.0)
    with pytest.raises(asyncio.CancelledError):
        await Supervisor(patience).forever("work", fails)
    assert len(runs) == 20


def test_pauses_double_up_to_the_longest_and_are_jittered() -> None:
    patience = Patience(first_s=1.0, most_s=8.0)
    for failures, longest in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (9, 8.0)):
        pauses = {patience.pause_s(failures) for _ in range(20)}
        assert all(longest / 2 <= pause <= longest for pause in pauses)
        assert len(pauses) > 1


async def test_a_ring_before_the_wait_is_not_lost_and_wakes_once() -> None:
    bell = Bell()
    bell.ring("a")
    bell.ring("a")
    assert await bell.wait("a", 10)
    assert not await bell.wait("a", 0.001)
    assert not await bell.wait("b", 0.001)


async def test_a_ring_wakes_who_waits() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.wait("a", 60))
    await asyncio.sleep(0)
    bell.ring("a")
    async with asyncio.timeout(10):
        assert await waiting
