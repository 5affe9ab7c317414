"""Real terminals in trouble: one incident in the owner's chat, one recovery, through restarts too."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from core.bell import OUTBOX, sync_bell
from core.health.monitor import FAILURES_BEFORE_UNREAD, Monitor
from core.health.report import Light
from core.model.events import Event, Priority
from core.model.incidents import Trouble
from core.paper import hands
from core.paper.server.faults import ANY, Fault, Kind
from core.reconciliation.scheduler import Schedule, Scheduler
from tests.core.health.ward import Ward

BOTH = ["health_incident", "health_recovered"]


def unplug(ward: Ward, *, connected: bool = False) -> None:
    hands.plug(ward.paper.trader.folder, connected=connected)


async def test_a_healthy_account_is_told_of_to_nobody(ward: Ward) -> None:
    report = await ward.rounds(3)
    assert (report.light, report.incidents) == (Light.GREEN, ())
    assert report.probe.trading_allowed
    assert await ward.names() == []
    assert [event.name for event in await ward.events()] == ["health.build"]


async def test_a_lost_link_is_told_once_and_its_return_once(ward: Ward) -> None:
    await ward.rounds()
    unplug(ward)
    assert (await ward.rounds()).light is Light.RED
    assert await ward.names() == []
    report = await ward.rounds(5)
    assert (report.light, [each.trouble for each in report.incidents]) == (Light.RED, [Trouble.DISCONNECTED])
    for person in (ward.paper.owner, ward.paper.trader.person):
        [(name, priority, facts)] = await ward.told(person)
        assert (name, priority) == ("health_incident", Priority.NOTICE)
        assert facts["troubles"] == ["The terminal has lost its link to the broker."]
        assert str(facts["since"]).endswith("T12:00:35+00:00")
    unplug(ward, connected=True)
    await ward.rounds(4)
    assert await ward.names() == BOTH
    assert await ward.names(ward.paper.trader.person) == BOTH
    assert [event.name for event in await ward.events()][:2] == ["health.recovered", "health.incident"]
    [(_, _, facts)] = [one for one in await ward.told() if one[0] == "health_recovered"]
    assert facts["troubles"] == ["The terminal has lost its link to the broker. It lasted 1 min 30 s."]


async def test_it_is_urgent_when_something_is_open(ward: Ward) -> None:
    await ward.open_position()
    unplug(ward)
    await ward.rounds(2)
    [(_, priority, facts)] = await ward.told()
    assert priority is Priority.CRITICAL
    assert facts["open"] == "1 open position"


async def test_what_a_trouble_means_for_the_account_is_told_with_it(ward: Ward) -> None:
    await ward.rounds()
    unplug(ward)
    await ward.rounds(2)
    unplug(ward, connected=True)
    hands.press_algo_trading(ward.paper.trader.folder, on=False)
    await ward.rounds(4)
    meant = [str(facts["meanwhile"]) for name, _, facts in await ward.told() if name == "health_incident"]
    assert ["neither see nor trade" in text for text in meant] == [True, False]
    assert ["neither open nor close" in text for text in meant] == [False, True]


async def test_after_a_restart_nothing_is_told_twice_and_the_end_is_told(ward: Ward) -> None:
    await ward.rounds()
    unplug(ward)
    await ward.rounds(2)
    await ward.restart()
    report = await ward.rounds(3)
    assert [each.trouble for each in report.incidents] == [Trouble.DISCONNECTED]
    assert await ward.names() == ["health_incident"]
    unplug(ward, connected=True)
    await ward.restart()
    await ward.rounds(3)
    assert await ward.names() == BOTH


async def test_algo_trading_off(ward: Ward) -> None:
    await ward.rounds()
    hands.press_algo_trading(ward.paper.trader.folder, on=False)
    report = await ward.rounds(2)
    assert report.light is Light.YELLOW
    [(_, _, facts)] = await ward.told()
    assert facts["hints"] == ["Press Algo Trading in the terminal's toolbar."]
    hands.press_algo_trading(ward.paper.trader.folder, on=True)
    await ward.rounds(2)
    assert await ward.names() == BOTH


async def test_all_that_forbids_trading_comes_in_one_message(ward: Ward) -> None:
    await ward.rounds()
    trader = ward.paper.trader
    hands.press_algo_trading(trader.folder, on=False)
    hands.disable_api(trader.folder)
    ward.paper.broker.permit(trader.account.login, trade_allowed=False, trade_expert=False)
    await ward.rounds(3)
    [(_, _, facts)] = await ward.told()
    assert isinstance(facts["troubles"], list)
    assert len(facts["troubles"]) == 4


async def test_a_hand_that_logs_the_terminal_in_elsewhere(ward: Ward) -> None:
    await ward.rounds()
    other = ward.paper.traders[1].account.login
    hands.switch_account(ward.paper.trader.folder, other)
    report = await ward.rounds(2)
    assert [each.trouble for each in report.incidents] == [Trouble.OTHER_ACCOUNT]
    [(_, _, facts)] = await ward.told()
    assert facts["troubles"] == [f"The terminal is logged in to another account: {other} at Paper-Demo."]
    hands.switch_account(ward.paper.trader.folder, ward.paper.trader.account.login)
    await ward.rounds(2)
    assert await ward.names() == BOTH


async def test_a_killed_worker_is_replaced_before_anybody_is_woken(ward: Ward) -> None:
    await ward.rounds()
    session = await ward.paper.session()
    hello = session.connection.terminal.hello
    assert hello is not None
    os.kill(hello.pid, signal.SIGKILL)
    await ward.rounds(3)
    assert await ward.names() == []


async def test_a_terminal_that_is_gone(ward: Ward) -> None:
    await ward.rounds()
    setup = ward.paper.trader.folder / "terminal.json"
    kept = setup.read_bytes()
    setup.unlink()
    report = await ward.rounds(6)
    assert [each.trouble for each in report.incidents] == [Trouble.SILENT]
    setup.write_bytes(kept)
    ward.paper.pass_time(60)  # the breaker rests
    await ward.rounds(3)
    assert await ward.names() == BOTH


async def test_a_hung_terminal_delays_no_other(ward: Ward) -> None:
    hung, well = (trader.account for trader in ward.paper.traders)
    ward.paper.broker.misfortune(Fault(Kind.HANG_BEFORE, call="terminal_info", login=hung.login, count=1_000))
    slow = asyncio.create_task(ward.monitor.check(hung))
    for _ in range(5):
        ward.paper.pass_time(15)
        assert (await ward.monitor.check(well)).light is Light.GREEN
    assert not slow.done()
    assert (await slow).findings.found.keys() == {Trouble.SILENT}


async def test_a_probe_that_takes_too_long_is_no_answer(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.health.monitor.PATIENCE_S", 0.05)
    ward.paper.broker.misfortune(Fault(Kind.HANG_BEFORE, call="initialize", count=100))
    report = await ward.rounds(2)
    assert [each.trouble for each in report.incidents] == [Trouble.SILENT]
    assert "too long" in report.probe.detail


async def test_old_prices_of_who_holds_something(ward: Ward) -> None:
    await ward.open_position()
    await ward.rounds()
    still = Fault(Kind.QUOTES_OFF, call=ANY, since=ward.paper.clock.now().timestamp(), market_time=True)
    ward.paper.broker.misfortune(replace(still, until=still.since + 195))
    assert (await ward.rounds(8)).incidents == ()
    report = await ward.rounds(4)
    assert [each.trouble for each in report.incidents] == [Trouble.STALE]
    await ward.rounds(3)
    assert await ward.names() == BOTH


async def test_a_weekend_wakes_nobody(ward: Ward) -> None:
    """A position is carried over it; on Monday the prices move again."""
    await ward.open_position()
    book = ward.paper.broker.broker.book
    with book.transaction():
        book.write_plan(replace(book.plan(), always_open=False))
    await ward.rounds()
    for _ in range(5):
        ward.paper.pass_time(timedelta(hours=10).total_seconds())
        report = await ward.rounds(3)
        assert report.incidents == ()
    assert report.probe.feed_age is not None
    assert report.probe.feed_age > timedelta(hours=24)
    ward.paper.pass_time(timedelta(hours=14).total_seconds())
    report = await ward.rounds(2)
    assert report.probe.feed_age is not None
    assert report.probe.feed_age < timedelta(minutes=1)
    assert await ward.names() == []


async def test_a_link_that_flaps_with_every_probe_tells_nobody(ward: Ward) -> None:
    for number in range(12):
        unplug(ward, connected=bool(number % 2))
        await ward.rounds()
    assert await ward.names() == []


async def test_what_cannot_be_reconciled_is_told_by_the_monitor(ward: Ward) -> None:
    """The terminal answers well; only the positions cannot be read."""
    account = ward.paper.trader.account
    scheduler = Scheduler(ward.paper.desk, Schedule())
    ward.paper.broker.misfortune(Fault(Kind.FAIL, call="positions_get", count=FAILURES_BEFORE_UNREAD))
    for _ in range(FAILURES_BEFORE_UNREAD):
        await scheduler.once(account)
    report = await ward.rounds(2)
    assert [each.trouble for each in report.incidents] == [Trouble.UNREAD]
    await scheduler.once(account)
    await ward.rounds(2)
    assert await ward.names() == BOTH


async def test_one_outage_is_not_told_by_two(ward: Ward) -> None:
    """Reconciliation fails too while the link is down; and it is asked for as soon as the link is back."""
    account = ward.paper.trader.account
    scheduler = Scheduler(ward.paper.desk, Schedule())
    await ward.rounds()
    unplug(ward)
    for _ in range(6):
        await scheduler.once(account)
        await ward.rounds()
    assert len(await ward.paper.alerts(ward.paper.owner)) == 1
    unplug(ward, connected=True)
    await ward.rounds()
    assert await ward.paper.desk.bell.wait(sync_bell(account.id), 0)
    await scheduler.once(account)
    await ward.rounds(3)
    assert await ward.names() == BOTH


async def test_another_build_of_the_terminal_is_told_to_the_owner(ward: Ward) -> None:
    account = ward.paper.trader.account
    before = Event("health.build", ward.paper.clock.now(), account.label, {"build": 5000}, account.id)
    async with ward.paper.store.write() as tx:
        await tx.events.append(before)
    await ward.rounds(2)
    [(name, priority, facts)] = await ward.told()
    assert (name, priority, facts["before"]) == ("terminal_updated", Priority.NOTICE, 5000)
    assert await ward.told(ward.paper.trader.person) == []
    await ward.restart()
    await ward.rounds(2)
    assert len(await ward.told()) == 1


async def test_a_person_who_asks_again_and_again_probes_once(ward: Ward) -> None:
    account = ward.paper.trader.account
    first = await ward.rounds()
    ward.paper.pass_time(2)
    reports = await asyncio.gather(*(ward.monitor.check(account) for _ in range(5)))
    assert all(report is first for report in reports)
    ward.paper.pass_time(2)
    again = await asyncio.gather(*(ward.monitor.check(account) for _ in range(5)))
    assert again[0] is not first
    assert all(report is again[0] for report in again)


async def test_the_loop_goes_on_by_itself_and_looks_again_soon(ward: Ward) -> None:
    account = ward.paper.trader.account
    unplug(ward)
    task = asyncio.create_task(Monitor(ward.paper.desk, interval_s=15).watch(account))
    async with asyncio.timeout(10):
        await ward.paper.desk.bell.wait(OUTBOX, 10)
    task.cancel()
    await asyncio.wait([task])
    assert await ward.names() == ["health_incident"]


@pytest.mark.parametrize("life", ["first", "second"])
async def test_a_trouble_from_the_very_start_is_told(ward: Ward, life: str) -> None:
    unplug(ward)
    if life == "second":
        await ward.restart()
    report = await ward.rounds(2)
    assert [each.trouble for each in report.incidents] == [Trouble.DISCONNECTED]
    assert await ward.names() == ["health_incident"]
