"""Readiness and metrics over real terminals."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.watch.readiness import Intervals
from bot.watch.telemetry import Telemetry
from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.model.events import Notice, NoticeKind, Priority
from core.model.heartbeat import Tally
from core.model.trades import IntentState
from core.mt5.contract import ORDER_TYPE_BUY
from core.paper import hands
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from core.supervision import Supervisor
from tests.core.health.ward import Ward
from tests.fakes.desk import open_paper_desk
from tests.storage.samples import a_divergence


@pytest.fixture
async def ward(store: Store, tmp_path: Path) -> AsyncIterator[Ward]:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        yield Ward(paper)


def telemetry_of(ward: Ward) -> Telemetry:
    return Telemetry(ward.paper.desk, Supervisor(), Intervals(guard_s=1e6, market_s=1e6))


async def test_not_ready_while_what_is_open_cannot_be_reached(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    await ward.open_position()
    await ward.rounds()
    assert "accounts" not in await telemetry.ready()
    hands.plug(ward.paper.trader.folder, connected=False)
    await ward.rounds(2)
    assert (await telemetry.ready())["accounts"] == "1 with something open cannot be reached"
    await ward.restart()
    assert "accounts" in await telemetry_of(ward).ready()
    hands.plug(ward.paper.trader.folder, connected=True)
    await ward.rounds(2)
    assert "accounts" not in await telemetry.ready()


async def test_an_account_without_anything_open_keeps_nothing_from_being_ready(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    hands.plug(ward.paper.trader.folder, connected=False)
    await ward.rounds(3)
    assert "accounts" not in await telemetry.ready()


async def test_the_metrics_of_a_terminal(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    assert 'account="' not in generate_latest(telemetry.registry).decode()
    await ward.rounds()
    label = f'{{account="{ward.paper.trader.account.label}"}}'
    well = generate_latest(telemetry.registry).decode()
    for name in ("connected", "authenticated", "trade_allowed"):
        assert f"tapdesk_account_{name}{label} 1.0" in well
    assert f"tapdesk_account_breaker_state{label} 0.0" in well
    assert f"tapdesk_account_feed_age_seconds{label}" in well
    hands.plug(ward.paper.trader.folder, connected=False)
    await ward.rounds(2)
    ill = generate_latest(telemetry.registry).decode()
    assert f"tapdesk_account_connected{label} 0.0" in ill
    assert f"tapdesk_account_incidents_lasting{label} 1.0" in ill
    told = f'{{account="{ward.paper.trader.account.label}",trouble="disconnected"}}'
    assert f"tapdesk_account_incidents_total{told} 1.0" in ill


async def test_the_metrics_of_reconciliation(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    account, other = (trader.account for trader in ward.paper.traders)
    scheduler = Scheduler(ward.paper.desk, Schedule())

    def metric(name: str, of: Account = account, **labels: str) -> float | None:
        labels["account"] = of.label
        return telemetry.registry.get_sample_value(f"tapdesk_account_{name}", labels)

    ward.paper.desk.board.accounts.clear()
    ward.paper.desk.board.syncs.clear()
    await telemetry.measure()
    assert (metric("read_age_seconds"), metric("sync_seconds"), metric("matched")) == (-1, -1, 0)
    await scheduler.once(account)
    await ward.open_position()
    ward.paper.broker.open_position(account.login, "EURUSD", ORDER_TYPE_BUY, 0.1)
    await scheduler.once(account)
    ward.paper.pass_time(7)
    assert 7 <= (metric("read_age_seconds") or 0) < 8, "of this moment, not of the last heartbeat"
    await telemetry.measure()
    assert (metric("positions"), metric("matched"), metric("divergences")) == (2, 1, 1)
    assert (metric("divergences", other), metric("read_age_seconds", other)) == (0, -1)
    assert metric("sync_seconds") != -1
    hands.plug(ward.paper.trader.folder, connected=False)
    for _ in range(2):
        await scheduler.once(account)
    assert (metric("sync_failures"), metric("matched")) == (2, 1)
    assert metric("syncs_total", result="ok") == 2
    assert metric("syncs_total", result="failed") == 2


async def test_a_heartbeat_counts_what_came_since_the_one_before(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    desk = ward.paper.desk
    desk.board.events.update({"signal.received": 5, "order.sent": 2, "order.refused": 1})
    first = await telemetry.measure()
    assert (first.total, first.interval) == (Tally(5, 2, 1), Tally(5, 2, 1))
    desk.board.events.update({"signal.received": 1, "order.unknown": 1})
    hands.plug(ward.paper.trader.folder, connected=False)
    await Scheduler(desk, Schedule()).once(ward.paper.trader.account)
    second = await telemetry.measure()
    assert second.interval == Tally(signals=1, unknown=1, errors=1)
    assert second.total == Tally(6, 2, 1, 1, 1)
    assert telemetry.registry.get_sample_value("tapdesk_signals_total") == 6
    assert telemetry.registry.get_sample_value("tapdesk_errors_total") == 1
    assert telemetry.registry.get_sample_value("tapdesk_events_total", {"event": "order.sent"}) == 2


async def test_a_heartbeat_tells_ages_queues_and_divergences(ward: Ward) -> None:
    """On the board, as metrics and in its line of the log."""
    telemetry, desk = telemetry_of(ward), ward.paper.desk
    account, other = (trader.account for trader in ward.paper.traders)
    desk.board.accounts.clear()
    desk.board.guarded(account.id, desk.clock.now(), Decimal(100))
    desk.board.market_guarded(account.id, desk.clock.now())
    await ward.paper.tap(await ward.paper.card())
    desk.board.events.clear()
    desk.board.events["order.unknown"] = 3
    async with desk.store.write() as tx:
        notice = Notice(ward.paper.owner.id, NoticeKind.ALERT, "late", Priority.CRITICAL)
        await tx.outbox.put([notice], desk.clock.now())
        strangers = [a_divergence(other, DivergenceKind.UNMATCHED, position) for position in (1, 2)]
        await tx.reconciliation.record(strangers, desk.clock.now())
    ward.paper.pass_time(5)
    with capture_logs() as logged:
        beat = await telemetry.measure()
    ages = {each.account: each for each in beat.accounts}
    assert 5 <= (ages[account.label].guard_s or 0) < 6
    assert 5 <= (ages[account.label].market_s or 0) < 6
    assert ages[account.label].read_s is None
    assert (ages[other.label].guard_s, ages[other.label].read_s) == (None, None)
    assert beat.queues.outbox[Priority.CRITICAL] == 1
    assert beat.queues.intents == {IntentState.NEW: 1}
    assert beat.divergences == {DivergenceKind.UNMATCHED: 2}
    assert 5 <= beat.outbox_lag_s < 6
    assert beat.memory_bytes > 0
    [line] = logged
    told = ("event", "intents", "unconfirmed", "unknown", "divergences", "oldest_read_s")
    assert [line[name] for name in told] == ["heartbeat", 1, 0, 3, 2, None]
    assert line["oldest_market_s"] == line["oldest_guard_s"] >= 5
    metric = telemetry.registry.get_sample_value
    assert metric("tapdesk_divergences", {"kind": "unmatched"}) == 2
    assert metric("tapdesk_divergences", {"kind": "slippage"}) == 0
    assert (metric("tapdesk_account_market_age_seconds", {"account": account.label}) or 0) >= 5
    assert metric("tapdesk_account_market_age_seconds", {"account": other.label}) == -1


async def test_not_ready_while_a_guard_a_sync_the_trading_or_the_watchdog_is_late(ward: Ward) -> None:
    desk = ward.paper.desk
    desk.board.accounts.clear()
    telemetry = Telemetry(desk, Supervisor(), Intervals(guard_s=1, sync_s=30, market_s=2))
    assert await telemetry.ready() == {}, "it has just begun"
    ward.paper.pass_time(4)
    assert await telemetry.ready() == {"guard": "2 of 2 accounts are not guarded now"}
    account = ward.paper.trader.account
    desk.board.guarded(account.id, desk.clock.now(), Decimal(100))
    assert await telemetry.ready() == {"guard": "1 of 2 accounts are not guarded now"}
    desk.board.movement.watched_s = desk.clock.monotonic()
    ward.paper.pass_time(91)
    desk.board.guarded(account.id, desk.clock.now(), Decimal(100))
    desk.board.market_guarded(account.id, desk.clock.now())
    desk.board.given_up["trading"] = {account.id: "trading failed 11 times in a row"}
    problems = await telemetry.ready()
    assert problems["market"] == "1 of 2 accounts are without the market guard now"
    assert problems["trading"] == "tasks of 1 of 2 accounts rest after failures; they are tried again"
    assert problems["sync"] == "2 of 2 accounts were not reconciled lately"
    assert problems["watchdog"] == "has not looked for 91 s"
    assert account.label not in str(problems)


async def test_the_metrics_of_a_circuit_breaker(ward: Ward) -> None:
    telemetry = telemetry_of(ward)
    (ward.paper.trader.folder / "terminal.json").unlink()
    await ward.rounds(6)
    label = f'{{account="{ward.paper.trader.account.label}"}}'
    seen = generate_latest(telemetry.registry).decode()
    assert f"tapdesk_account_breaker_state{label} 1.0" in seen
    for name in ("failures", "changes", "rejected"):
        assert f"tapdesk_account_breaker_{name}_total{label}" in seen
    assert f"tapdesk_account_breaker_failures_total{label} 0.0" not in seen
