"""Background tasks of accounts: one that fails harms no other, and all of them together end the desk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.isolation import Isolation
from core.ports import Store
from core.supervision import GaveUp, Patience, Supervisor
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

QUICK = Patience(restarts=1, first_s=0.001, most_s=0.002, healthy_s=0.5)


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, accounts=2, open_terminal=lambda _: terminal) as made:
        yield made


async def fails() -> None:
    raise KeyError("margin_mode")


async def goes_on() -> None:
    await asyncio.Event().wait()


async def told(paper: PaperDesk, times: int) -> None:
    async with asyncio.timeout(20):
        while len(await paper.alerts(paper.owner)) < times:  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.005)


async def test_one_that_fails_is_told_and_tried_anew_and_the_other_goes_on(paper: PaperDesk) -> None:
    first, second = (trader.account for trader in paper.traders)
    isolation = Isolation(paper.desk, "guard", Supervisor(QUICK), rest_s=0.01)
    calm = asyncio.create_task(isolation.of(first, goes_on)())
    ill = asyncio.create_task(isolation.of(second, fails)())
    await told(paper, 2)
    alert = (await paper.alerts(paper.owner))[0]
    assert (alert.subject, alert.data["part"], alert.data["account"]) == (
        "task_gave_up",
        "guard",
        second.label,
    )
    assert not calm.done()
    assert not ill.done()
    for task in (calm, ill):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not isolation.given_up, "who is stopped rests no more"


async def test_all_that_fail_are_counted_though_they_never_rest_at_one_time(paper: PaperDesk) -> None:
    isolation = Isolation(paper.desk, "guard", Supervisor(QUICK), rest_s=0.001)
    tasks = [asyncio.create_task(isolation.of(trader.account, fails)()) for trader in paper.traders]
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    for task in waiting:
        task.cancel()
    with pytest.raises(GaveUp, match="on all accounts"):
        await done.pop()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_has_failed_is_well_again_when_a_run_has_lasted(paper: PaperDesk) -> None:
    runs: list[int] = []

    async def fails_at_first() -> None:
        runs.append(1)
        await (fails() if len(runs) <= 2 else goes_on())

    isolation = Isolation(paper.desk, "guard", Supervisor(QUICK), rest_s=0.001)
    other = asyncio.create_task(isolation.of(paper.traders[1].account, goes_on)())
    task = asyncio.create_task(isolation.of(paper.trader.account, fails_at_first)())
    await told(paper, 1)
    assert isolation.given_up
    async with asyncio.timeout(20):
        while isolation.given_up:  # noqa: ASYNC110 - a timer of the loop ends it
            await asyncio.sleep(0.01)
    assert len(runs) == 3
    for each in (task, other):
        each.cancel()
        with pytest.raises(asyncio.CancelledError):
            await each


@pytest.mark.parametrize("also", [fails, goes_on])
async def test_the_desk_is_to_end_only_when_all_rest(
    paper: PaperDesk, also: Callable[[], Awaitable[None]]
) -> None:
    first, second = (trader.account for trader in paper.traders)
    isolation = Isolation(paper.desk, "guard", Supervisor(QUICK), rest_s=3600)
    tasks = [
        asyncio.create_task(isolation.of(account, run)()) for account, run in ((first, fails), (second, also))
    ]
    await told(paper, 2 if also is fails else 1)
    if also is fails:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        with pytest.raises(GaveUp, match=r"guard has given up on all accounts: guard .* failed 2 times"):
            await done.pop()
    else:
        assert set(isolation.given_up) == {first.id}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
