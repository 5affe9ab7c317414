"""Every account every few seconds: failures counted, a dead account apart from the others."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from core.bell import sync_bell
from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.mt5 import contract as mt5
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from core.reconciliation import sync
from core.reconciliation.scheduler import OUR_MISTAKE, Schedule, Scheduler
from tests.core.reconciliation.watched import Watched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SELDOM = Schedule(interval_s=3_600.0)
OFTEN = Schedule(interval_s=0.01, at_once=2)


def unplug(watched: Watched) -> None:
    hands.plug(watched.trader.folder, connected=False)


async def tries(watched: Watched, times: int) -> list[int]:
    """The failures in a row after each of so many tries."""
    scheduler = Scheduler(watched.paper.desk, SELDOM)
    failures = []
    for _ in range(times):
        watched.paper.pass_time(10)
        failures.append(await scheduler.once(watched.trader.account))
    return failures


async def test_failures_in_a_row_are_counted_until_a_good_reading(watched: Watched) -> None:
    assert await tries(watched, 1) == [0]
    unplug(watched)
    assert await tries(watched, 4) == [1, 2, 3, 4]
    assert await watched.told(watched.paper.owner) == []  # the health monitor tells
    hands.plug(watched.trader.folder, connected=True)
    assert await tries(watched, 2) == [0, 0]
    assert watched.paper.desk.board.of(watched.trader.account.id).error is None


async def test_the_board_shows_the_failure_and_keeps_what_was_known(watched: Watched) -> None:
    await watched.opened()
    await tries(watched, 1)
    good = watched.paper.desk.board.of(watched.trader.account.id)
    unplug(watched)
    await tries(watched, 1)
    bad = watched.paper.desk.board.of(watched.trader.account.id)
    assert (bad.positions, bad.matched, bad.read_at) == (1, 1, good.read_at)
    assert bad.error
    assert bad.failures == 1


async def test_what_takes_too_long_is_a_failure(watched: Watched) -> None:
    watched.hands.misfortune(Fault(Kind.HANG_BEFORE, call="positions_get"))
    scheduler = Scheduler(watched.paper.desk, Schedule(deadline_s=0.01))
    assert await scheduler.once(watched.trader.account) == 1


def test_the_pause_grows_with_the_failures_up_to_a_minute(database_url: str) -> None:
    assert [Schedule().pause_s(failures) for failures in (0, 1, 2, 3, 9, 10_000)] == [10, 20, 40, 60, 60, 60]
    assert Schedule(interval_s=120.0).pause_s(3) == 120


class Counting(Scheduler):
    """Counts the reconciliations of each account."""

    def __init__(self, watched: Watched, schedule: Schedule) -> None:
        super().__init__(watched.paper.desk, schedule)
        self.good: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._counted = asyncio.Event()

    async def once(self, account: Account) -> int:
        failures = await super().once(account)
        (self.failed if failures else self.good)[account.label] += 1
        self._counted.set()
        return failures

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._counted.clear()
                await self._counted.wait()


async def test_a_dead_account_does_not_keep_the_others_waiting(watched: Watched) -> None:
    """While one try of the dead account hangs and fails, the other one is read many times."""
    watched.hands.misfortune(Fault(Kind.HANG_BEFORE, call="positions_get", login=watched.login, count=1_000))
    scheduler = Counting(watched, OFTEN)
    dead, alive = (trader.account for trader in watched.paper.traders)
    watching = [asyncio.create_task(scheduler.watch(account)) for account in (dead, alive)]
    await scheduler.until(lambda: scheduler.failed[dead.label] >= 1 and scheduler.good[alive.label] >= 10)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    assert scheduler.good[dead.label] == 0
    assert scheduler.failed[alive.label] == 0


async def test_a_person_who_asks_is_not_kept_until_the_next_round(watched: Watched) -> None:
    scheduler = Counting(watched, SELDOM)
    account = watched.trader.account
    task = asyncio.create_task(scheduler.watch(account))
    for rings in (1, 2, 3):
        watched.paper.desk.bell.ring(sync_bell(account.id))
        await scheduler.until(lambda rings=rings: scheduler.good[account.label] >= rings)  # type: ignore[misc]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert scheduler.good[account.label] <= 4


async def test_terminals_that_hang_keep_nobody_waiting_longer_than_once(watched: Watched) -> None:
    """With one place in each lane: the dead one is tried apart from then on."""
    watched.hands.misfortune(Fault(Kind.HANG_BEFORE, call="positions_get", login=watched.login, count=1_000))
    scheduler = Counting(watched, Schedule(interval_s=0.01, at_once=1, slow_at_once=1, quick_s=0.2))
    dead, alive = (trader.account for trader in watched.paper.traders)
    watching = [asyncio.create_task(scheduler.watch(account)) for account in (dead, alive)]
    await scheduler.until(lambda: scheduler.failed[dead.label] >= 1)
    good = scheduler.good[alive.label]
    await scheduler.until(lambda: scheduler.good[alive.label] >= good + 10)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def test_who_asks_gets_what_a_cycle_after_the_question_has_found(watched: Watched) -> None:
    scheduler = Counting(watched, SELDOM)
    account = watched.trader.account
    task = asyncio.create_task(scheduler.watch(account))
    assert (await scheduler.now(account)).positions == 0
    await watched.opened()
    seen = await asyncio.gather(*(scheduler.now(account) for _ in range(3)))
    assert {each.positions for each in seen} == {1}
    unplug(watched)
    assert (await scheduler.now(account)).failures == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nothing_is_opened_before_the_first_reconciliation_of_a_life(watched: Watched) -> None:
    """A position that came while the desk was away is told before the next order goes out."""
    await watched.cycle()
    card = await watched.paper.card()
    await watched.paper.tap(card)
    watched.hands.open_position(watched.login, "XAUUSD", mt5.ORDER_TYPE_SELL, 0.01)
    desk = await watched.paper.restart()
    desk.board.accounts.clear()
    account = watched.trader.account
    await watched.work()
    assert len(watched.positions) == 1
    await Scheduler(desk, SELDOM).once(account)
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.UNMATCHED]
    watched.paper.pass_time(2)  # an order that rests is looked at again
    await watched.work()
    assert len(watched.positions) == 2


async def test_a_mistake_of_the_desk_itself_is_shown_and_answers_nobody_who_asked(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked is answered by the try that comes to its end."""
    scheduler, account = Scheduler(watched.paper.desk, SELDOM), watched.trader.account
    asked = asyncio.create_task(scheduler.now(account))
    await asyncio.sleep(0)
    with monkeypatch.context() as broken:
        broken.setattr(sync, "look", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await scheduler.once(account)
    assert watched.paper.desk.board.of(account.id).error == OUR_MISTAKE
    assert not asked.done()
    await scheduler.once(account)
    assert (await asked).error is None


async def test_a_sync_is_an_event_when_it_is_news(watched: Watched) -> None:
    """The first of a life, other numbers, the first failure in a row, the end of failing: and no other."""
    scheduler = Scheduler(watched.paper.desk, SELDOM)
    account = watched.trader.account

    async def told() -> list[tuple[str, object]]:
        async with watched.paper.store.read() as tx:
            events = await tx.events.recent(100, "reconciliation.sync")
        assert {(e.subject, e.account_id, e.person_id) for e in events} <= {
            (account.label, account.id, account.person_id)
        }
        kinds = (e.name.partition("sync_")[2] for e in reversed(events))
        facts = (e.data.get("matched", "error") for e in reversed(events))
        return list(zip(kinds, facts, strict=True))

    async def cycles(times: int) -> None:
        for _ in range(times):
            watched.paper.pass_time(10)
            await scheduler.once(account)

    watched.paper.desk.board.accounts.clear()
    await cycles(3)
    assert await told() == [("complete", 0)]
    await watched.opened()
    await cycles(3)
    assert await told() == [("complete", 0), ("complete", 1)]
    unplug(watched)
    await cycles(3)
    assert (await told())[2:] == [("error", "error")]
    hands.plug(watched.trader.folder, connected=True)
    await cycles(3)
    assert (await told())[2:] == [("error", "error"), ("complete", 1)]
    async with watched.paper.store.read() as tx:
        error = await tx.events.last("reconciliation.sync_error", account.label)
    assert error is not None
    assert error.data["error"], "the sentence that people read"
