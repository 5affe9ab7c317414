"""The monitor: probes each account every few seconds and tells what begins and what is over, once."""

import asyncio
import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from core.bell import OUTBOX, sync_bell
from core.desk import Desk
from core.health.confirmation import Change, Streaks
from core.health.findings import Circumstances, Limits, judge
from core.health.report import Report
from core.health.stake import stake_of
from core.health.telling import tell, tell_build
from core.model.accounts import Account
from core.model.ids import AccountId
from core.mt5.breaker import State
from core.mt5.errors import DeadlineExceeded, TerminalError
from core.mt5.probe import Probe

log = structlog.get_logger(__name__)

PATIENCE_S = 90.0
"""How long a probe may take before it counts as no answer: while its link is down, a terminal that is being
started waits a minute for it and then says so."""
FRESH_S = 3.0
EXPOSED_S = 60.0
RETURNS_WITHIN = timedelta(hours=1)
FAILURES_BEFORE_UNREAD = 3


class Monitor:
    """Watches accounts, each in a task of its own. What was told stands in the database, so that a restart
    tells nothing twice and ends what an earlier life began."""

    def __init__(self, desk: Desk, limits: Limits | None = None, interval_s: float = 15.0) -> None:
        self._desk = desk
        self._limits = limits or Limits()
        self._interval_s = interval_s
        self._fresh = timedelta(seconds=min(FRESH_S, interval_s))
        self._streaks: dict[AccountId, Streaks] = {}
        self._builds: dict[AccountId, int] = {}
        self._probing: defaultdict[AccountId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def watch(self, account: Account) -> None:
        """Probe until cancelled. Two of its probes lie an interval apart: links blink, often at night."""
        await self._desk.clock.sleep(random.uniform(0, min(1.0, self._interval_s)))  # noqa: S311 - spreads
        while True:
            await self.check(self._desk.board.newest(account))
            await self._pause(account)

    async def _pause(self, account: Account) -> None:
        """The interval, but a minute at most while something is open: what bars the guard is to be known."""
        left_s = self._interval_s
        while left_s > 0:
            await self._desk.clock.sleep(min(left_s, EXPOSED_S))
            left_s -= EXPOSED_S
            if left_s > 0 and await self._has_stake(account):
                return

    async def _has_stake(self, account: Account) -> bool:
        async with self._desk.store.read() as tx:
            return bool(await stake_of(tx, account.id))

    async def check(self, account: Account) -> Report:
        """Probe now, unless that was done within the last seconds; judge, tell, show on the board."""
        async with self._probing[account.id]:
            before = self._desk.board.reports.get(account.id)
            if before is not None and self._desk.clock.now() - before.probe.at < self._fresh:
                return before
            report = await self._judged(account, await self._probe(account))
            if before is not None and report.reachable and not before.reachable:
                self._desk.bell.ring(sync_bell(account.id))
            self._desk.board.reports[account.id] = report
            return report

    async def _probe(self, account: Account) -> Probe:
        """Never fails: who cannot even be asked has not answered."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                session = await self._desk.terminals.session(account.id)
                return await session.probe()
        except (TerminalError, TimeoutError) as error:
            log.warning("probe_unanswered", account=account.label, error=str(error))
            return _unanswered(self._desk.clock.now(), error)

    async def _judged(self, account: Account, probe: Probe) -> Report:
        async with self._desk.store.read() as tx:
            incidents = await tx.incidents.of(account.id, probe.at - RETURNS_WITHIN)
            stake = await stake_of(tx, account.id)
        lasting = tuple(each for each in incidents if each.ended_at is None)
        around = Circumstances({each.trouble for each in lasting}, bool(stake), self._unread(account))
        report = Report(account, probe, judge(probe, around, self._limits), lasting, stake)
        streaks = self._streaks.get(account.id, Streaks()).after(probe.at, report.findings)
        report = await self._tell(report, streaks.change(incidents))
        self._streaks[account.id] = streaks
        return report

    def _unread(self, account: Account) -> str | None:
        """The sentence of a reconciliation that keeps failing."""
        seen = self._desk.board.of(account.id)
        return seen.error if seen.failures >= FAILURES_BEFORE_UNREAD else None

    async def _tell(self, report: Report, change: Change) -> Report:
        """Nothing is written while nothing changes. Returns the report with the incidents as they are now."""
        account, build = report.account, report.probe.build
        if not change and build in (None, self._builds.get(account.id)):
            return report
        async with self._desk.store.write() as tx:
            await tell_build(tx, report)
            begun = await tell(tx, report, change)
            lasting = [each for each in await tx.incidents.lasting() if each.account_id == account.id]
        self._desk.board.incidents.update((account.id, trouble) for trouble in begun)
        if build is not None:
            self._builds[account.id] = build
        self._desk.bell.ring(OUTBOX)
        return replace(report, incidents=tuple(lasting))


def _unanswered(at: datetime, error: TerminalError | TimeoutError) -> Probe:
    failure = error if isinstance(error, TerminalError) else DeadlineExceeded("the probe took too long")
    return Probe(
        at=at,
        connected=False,
        authenticated=False,
        permissions=None,
        feed_age=None,
        round_trip_s=None,
        build=None,
        breaker=State.CLOSED,
        failure=type(failure),
        error=failure.for_trader,
        detail=str(failure),
    )
