"""One look of an account's loop: what it costs while nothing happens, and clocks that are set."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.model.clock import Clock
from core.model.trades import IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.ports import Store, Tx
from core.trading.account_loop import drain
from core.trading.changing import close_position
from core.trading.resolution import Quarantine
from tests.core.trading.acting import account, look, opened, placed, positions, stored
from tests.fakes.desk import PaperDesk, late, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOUR = timedelta(hours=1)


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as made:
        yield made


@dataclass(slots=True)
class CountedStore:
    """A store that counts its transactions."""

    store: Store
    reads: int = 0
    writes: int = 0

    def read(self) -> AbstractAsyncContextManager[Tx]:
        self.reads += 1
        return self.store.read()

    def write(self) -> AbstractAsyncContextManager[Tx]:
        self.writes += 1
        return self.store.write()


@dataclass(frozen=True, slots=True)
class Shifted:
    """A clock that somebody has set; what counts seconds goes on."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.by

    def monotonic(self) -> float:
        return self.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


def set_clock(paper: PaperDesk, by: timedelta) -> None:
    paper.desk = replace(paper.desk, clock=Shifted(paper.clock, by))


@pytest.mark.parametrize("waits", [True, False])
async def test_a_look_that_changes_nothing_costs_one_read(paper: PaperDesk, *, waits: bool) -> None:
    if waits:
        await placed(paper)
    counted = CountedStore(paper.store)
    busy = await drain(replace(paper.desk, store=counted), paper.trader.account, Quarantine())
    assert (busy, counted.reads, counted.writes) == (waits, 1, 0)


async def test_an_approval_of_before_the_clock_was_set_back_is_not_sent(paper: PaperDesk) -> None:
    """How long ago the tap was nobody knows."""
    card = await paper.card()
    await paper.tap(card)
    set_clock(paper, -HOUR)
    await look(paper)
    intent = await paper.intent(card)
    assert (intent.state, intent.filled_volume) == (IntentState.EXPIRED, None)
    assert await positions(paper) == []


async def test_a_close_that_rests_does_not_wait_for_the_clock_to_catch_up(paper: PaperDesk) -> None:
    held = await opened(paper)
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_TOO_MANY_REQUESTS))
    wish = await close_position(paper.desk, account(paper), held.identifier, paper.trader.person)
    await look(paper)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.NEW, "it rests"
    set_clock(paper, -HOUR)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.FILLED


async def test_an_opening_is_not_given_up_because_the_clock_was_set_ahead(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(late(10))
    await look(paper)
    set_clock(paper, HOUR)
    for _ in range(8):
        paper.pass_time(1)
        await look(paper)
        assert (await paper.intent(card)).state is IntentState.UNKNOWN
    paper.pass_time(4)
    await look(paper)
    assert (await paper.intent(card)).state is IntentState.FILLED


async def test_an_opening_that_an_earlier_life_sent_is_given_up_by_the_seconds_of_this_one(
    paper: PaperDesk,
) -> None:
    """How long the desk was away its clock tells, and who has set that meanwhile nobody knows."""
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.FAIL))
    await look(paper)
    await paper.restart()
    set_clock(paper, HOUR)
    states = []
    for _ in range(14):
        paper.pass_time(10)
        await look(paper)
        states.append((await paper.intent(card)).state)
    assert states == [IntentState.UNKNOWN] * 13 + [IntentState.EXPIRED]


async def test_a_close_in_doubt_is_repeated_though_the_clock_was_set_back(paper: PaperDesk) -> None:
    held = await opened(paper)
    paper.broker.misfortune(Fault(Kind.FAIL))
    wish = await close_position(paper.desk, account(paper), held.identifier, paper.trader.person)
    await look(paper)
    assert (await stored(paper, wish)).state is IntentState.UNKNOWN
    set_clock(paper, -HOUR)
    for _ in range(10):
        paper.pass_time(1)
        await look(paper)
    assert (await stored(paper, wish)).state is IntentState.FILLED
    assert await positions(paper) == []
