"""The loop of the desk: woken at once, idle for nothing, each account for itself, loud when it ends."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.bell import Bell, account_bell
from core.model.accounts import Account
from core.model.trades import IntentState
from core.ports import Store
from core.risk.locks import pause
from core.supervision import GaveUp, Patience, Supervisor
from core.trading.account_loop import Pace
from core.trading.desk_loop import TradingLoop
from tests.core.trading.acting import positions
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEVER = Pace(idle_s=3600, busy_s=3600)
QUICK = Patience(restarts=1, first_s=0.001, most_s=0.002, healthy_s=0.5)


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, accounts=2, open_terminal=lambda _: terminal) as made:
        yield made


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.005)


def failing_for(failed: Account, monkeypatch: pytest.MonkeyPatch, times: float = math.inf) -> None:
    """The trading of one account dies each time that it begins, or so many times."""
    real = TradingLoop.__dict__["watch"].__globals__["trade"]
    left = times

    async def trade(desk: Any, account: Account, *rest: Any) -> None:
        nonlocal left
        if account.id == failed.id and left:
            left -= 1
            raise ValueError("a row that nobody can read")
        await real(desk, account, *rest)

    monkeypatch.setattr("core.trading.desk_loop.trade", trade)


async def is_filled(paper: PaperDesk, card: Any) -> bool:
    return [i.state for i in await paper.intents(card)] == [IntentState.FILLED]


async def test_an_approval_wakes_the_account_without_its_timer(paper: PaperDesk) -> None:
    loop = TradingLoop(paper.desk, NEVER)
    await loop.start()
    card = await paper.card()
    await paper.tap(card)
    await until(lambda: is_filled(paper, card))
    await loop.stop()


async def test_the_timer_finds_what_nobody_has_rung_for(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    await paper.restart()
    loop = TradingLoop(paper.desk, Pace(idle_s=0.01, busy_s=0.01))
    await loop.start()
    await until(lambda: is_filled(paper, card))
    await loop.stop()


async def test_who_gives_up_stops_no_other_and_is_told(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = paper.traders
    failing_for(second.account, monkeypatch)
    loop = TradingLoop(paper.desk, NEVER, Supervisor(QUICK), rest_s=3600)
    await loop.start()

    async def told() -> bool:
        return bool(await paper.alerts(paper.owner))

    await until(told)
    [alert] = await paper.alerts(paper.owner)
    assert (alert.subject, alert.data["account"]) == ("task_gave_up", second.account.label)
    assert set(loop.isolation.given_up) == {second.account.id}
    card = await paper.card(first)
    await paper.tap(card, first)
    await until(lambda: is_filled(paper, card))
    await loop.stop()


@pytest.mark.parametrize(("deaths", "gives_up"), [(1, 0), (2, 1)])
async def test_an_account_that_failed_is_tried_again(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch, deaths: int, gives_up: int
) -> None:
    """At once, or after its rest when it has given up."""
    failing_for(paper.trader.account, monkeypatch, deaths)
    loop = TradingLoop(paper.desk, NEVER, Supervisor(QUICK), rest_s=0.01)
    card = await paper.card()
    await paper.tap(card)
    await loop.start()
    await until(lambda: is_filled(paper, card))
    assert loop.supervisor.crashes.total() == deaths
    assert [alert.subject for alert in await paper.alerts(paper.owner)] == ["task_gave_up"] * gives_up

    async def well() -> bool:
        return not loop.isolation.given_up

    await until(well)
    await loop.stop()


async def test_when_all_have_given_up_the_process_is_to_end(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("core.trading.desk_loop.trade", dies)
    with pytest.raises(GaveUp, match="on all accounts"):
        async with asyncio.timeout(20):
            await TradingLoop(paper.desk, NEVER, Supervisor(QUICK), rest_s=3600).run()


async def test_a_stop_lets_the_send_in_flight_end(store: Store, tmp_path: Path) -> None:
    sending, go_on = asyncio.Event(), asyncio.Event()

    async def hold(function: str) -> None:
        if function == "order_send":
            sending.set()
            await go_on.wait()

    terminal = InProcess(before=hold)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        loop = TradingLoop(paper.desk, NEVER)
        await loop.start()
        card, later = await paper.card(), await paper.card()
        await paper.tap(card)
        await sending.wait()
        stopping = asyncio.create_task(loop.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
        assert await is_filled(paper, card)
        await paper.tap(later)
        assert [i.state for i in await paper.intents(later)] == [IntentState.NEW]


async def test_what_a_stop_cuts_off_is_looked_up_and_not_sent_again(store: Store, tmp_path: Path) -> None:
    executed, over, sent = asyncio.Event(), asyncio.Event(), []

    async def hold(function: str) -> None:
        if function == "order_send":
            sent.append(function)
            executed.set()
            await over.wait()

    terminal = InProcess(after=hold)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        loop = TradingLoop(paper.desk, Pace(idle_s=0.01, busy_s=0.01))
        await loop.start()
        card = await paper.card()
        await paper.tap(card)
        await executed.wait()
        await loop.stop(within_s=0)
        assert [i.state for i in await paper.intents(card)] == [IntentState.SENDING]
        over.set()
        await loop.start()
        await until(lambda: is_filled(paper, card))
        await loop.stop()
        assert (len(sent), len(await positions(paper))) == (1, 1)


def own_tasks() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("trading ")]


async def test_started_twice_it_runs_once_and_a_stop_ends_all(paper: PaperDesk) -> None:
    loop = TradingLoop(paper.desk, NEVER)
    await loop.start()
    await asyncio.gather(loop.start(), loop.start())
    assert len(own_tasks()) == len(paper.traders) + 1
    await loop.stop()
    assert own_tasks() == []


async def test_it_can_be_started_again(paper: PaperDesk) -> None:
    loop = TradingLoop(paper.desk, NEVER)
    await loop.start()
    await loop.stop()
    card = await paper.card()
    await paper.tap(card)
    running = asyncio.create_task(loop.run())
    await until(lambda: is_filled(paper, card))
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_an_approval_between_the_last_look_and_the_wait_is_not_lost(paper: PaperDesk) -> None:
    card = await paper.card()

    class Late(Bell):
        tapped = False

        async def wait(self, name: str, timeout_s: float) -> bool:
            if name == account_bell(paper.trader.account.id) and not self.tapped:
                self.tapped = True
                await paper.tap(card)
            return await super().wait(name, timeout_s)

    paper.desk = replace(paper.desk, bell=Late())
    loop = TradingLoop(paper.desk, NEVER)
    await loop.start()
    await until(lambda: is_filled(paper, card))
    await loop.stop()


async def test_an_accounts_orders_go_one_after_another(store: Store, tmp_path: Path) -> None:
    sending, most = 0, 0

    async def begins(function: str) -> None:
        nonlocal sending, most
        sending += function == "order_send"
        most = max(most, sending)
        await asyncio.sleep(0)

    async def ends(function: str) -> None:
        nonlocal sending
        await asyncio.sleep(0)
        sending -= function == "order_send"

    terminal = InProcess(before=begins, after=ends)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        loop = TradingLoop(paper.desk, Pace(idle_s=0.001, busy_s=0.001))
        await loop.start()
        cards = [await paper.card() for _ in range(4)]
        await asyncio.gather(*(paper.tap(card) for card in cards))
        for card in cards:
            await until(lambda card=card: is_filled(paper, card))  # type: ignore[misc]
        await loop.stop()
        assert (most, len(await positions(paper))) == (1, 4)


@pytest.mark.parametrize("pause_first", [True, False])
async def test_a_tap_and_a_pause_at_once_open_nothing(paper: PaperDesk, *, pause_first: bool) -> None:
    """Whichever comes first: what was approved before the pause is refused when it is claimed."""
    card = await paper.card()
    both = [paper.tap(card), pause(paper.desk, paper.owner, "news")]
    await asyncio.gather(*(reversed(both) if pause_first else both), return_exceptions=True)
    loop = TradingLoop(paper.desk, NEVER)
    await loop.start()

    async def decided() -> bool:
        return all(intent.state.is_final for intent in await paper.intents(card))

    await until(decided)
    await loop.stop()
    assert await positions(paper) == []
    assert all("is paused" in intent.detail for intent in await paper.intents(card))


async def test_without_its_timer_it_ends(paper: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("storage.intents.SqlIntents.accounts_with_unfinished", dies)
    with pytest.raises(GaveUp, match="trading timer failed"):
        async with asyncio.timeout(20):
            await TradingLoop(paper.desk, Pace(idle_s=0.001), Supervisor(QUICK)).run()


async def test_an_idle_look_writes_nothing(paper: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_write() -> None:
        raise AssertionError("an idle look has written")

    monkeypatch.setattr(type(paper.store), "write", lambda _: no_write())
    loop = TradingLoop(paper.desk, Pace(idle_s=0.001, busy_s=0.001))
    await loop.start()
    for _ in range(20):
        await asyncio.sleep(0.001)
    await loop.stop()
    assert not loop.supervisor.crashes
