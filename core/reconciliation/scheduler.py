"""Reconciling each account every few seconds: one loop per account, a bound on how many at once."""

import asyncio
import random
from dataclasses import dataclass, field

import structlog

from core.desk import Desk
from core.model.accounts import Account
from core.mt5.errors import TerminalError, Unavailable
from core.reconciliation.divergence import Thresholds
from core.reconciliation.sync import sync

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `interval_s` per account, at most `at_once` accounts, each within `deadline_s`."""

    interval_s: float = 10.0
    at_once: int = 20
    deadline_s: float = 60.0
    thresholds: Thresholds = field(default_factory=Thresholds)

    def pause_s(self, failures: int) -> float:
        """The interval, doubled with each failure in a row up to a minute."""
        return float(min(self.interval_s * 2 ** min(failures, 10), max(60.0, self.interval_s)))


def sync_bell(account: Account) -> str:
    """The name that asks for an immediate reconciliation of the account."""
    return f"sync:{account.id}"


class Scheduler:
    """Keeps all accounts reconciled. `watch` is one account's loop, run under a supervisor."""

    def __init__(self, desk: Desk, schedule: Schedule) -> None:
        self._desk = desk
        self._schedule = schedule
        self._places = asyncio.Semaphore(schedule.at_once)

    async def watch(self, account: Account) -> None:
        """Reconcile the account until cancelled; a ring of its sync bell makes it immediate."""
        pause_s = random.uniform(0, min(1.0, self._schedule.interval_s))  # noqa: S311 - spreads the start
        while True:
            await self._desk.bell.wait(sync_bell(account), pause_s)
            pause_s = self._schedule.pause_s(await self.once(account))

    async def once(self, account: Account) -> int:
        """Reconcile now; returns the failures in a row (0 after a good reading).

        They are shown on the board; the health monitor is who tells of those that last.
        """
        try:
            async with self._places, asyncio.timeout(self._schedule.deadline_s):
                await sync(self._desk, account, self._schedule.thresholds)
        except TimeoutError:
            return self._failed(account, Unavailable("reconciliation took too long"))
        except TerminalError as error:
            return self._failed(account, error)
        return 0

    def _failed(self, account: Account, error: TerminalError) -> int:
        health = self._desk.board.failed(account.id, error.for_trader)
        log.warning("sync_failed", account=account.label, error=str(error), failures=health.failures)
        return health.failures
