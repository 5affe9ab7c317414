"""Reconciling each account every few seconds: one loop per account, a bound on how many at once."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from core.bell import sync_bell
from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.thresholds import Rules
from core.mt5.errors import TerminalError, Unavailable
from core.reconciliation.lanes import Lanes
from core.reconciliation.sync import Reconciler
from core.reconciliation.telling import tell_synced, tell_unread

log = structlog.get_logger(__name__)

OUR_MISTAKE = "Reconciliation has failed by a mistake of the desk itself; it is in the desk's log."
_LONGEST_PAUSE_S = 60.0
_BETWEEN_STARTS_S = 0.01


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `interval_s` per account, at most `at_once` accounts, each within `quick_s`.

    An account that is not well (not read yet, or not the last time) is tried among `slow_at_once` others of
    the kind, within `deadline_s`: terminals take a minute to start.
    """

    interval_s: float = 10.0
    at_once: int = 50
    slow_at_once: int = 50
    quick_s: float = 8.0
    deadline_s: float = 120.0
    rules: Rules = field(default_factory=Rules)

    def pause_s(self, failures: int) -> float:
        """The interval, doubled with each failure in a row up to a minute."""
        return float(min(self.interval_s * 2 ** min(failures, 10), max(_LONGEST_PAUSE_S, self.interval_s)))


class Scheduler:
    """Keeps all accounts reconciled. `watch` is one account's loop, run under a supervisor.

    The trail gets a row when a sync is news and not with each: of a thousand accounts that would be a hundred
    a second that nobody reads. `sync_complete` is the first of a life, the end of an error, and each that
    sees other numbers of positions than the one before; `sync_error` is the first failure in a row.
    """

    def __init__(self, desk: Desk, schedule: Schedule) -> None:
        self._desk = desk
        self._schedule = schedule
        self._lanes = Lanes(schedule.at_once, schedule.slow_at_once, schedule.quick_s, schedule.deadline_s)
        self._reconcilers: dict[AccountId, Reconciler] = {}
        self._asked: defaultdict[AccountId, list[asyncio.Future[None]]] = defaultdict(list)
        self._watched = 0

    async def watch(self, account: Account) -> None:
        """Reconcile the account until cancelled; a ring of its sync bell makes it immediate.

        Accounts begin one after the other, spread over the interval where they are many.
        """
        due = self._now() + self._first_pause_s()
        while True:
            rang = await self._desk.bell.wait(sync_bell(account.id), max(due - self._now(), 0.0))
            began = self._now() if rang else due  # so that being late once shifts nobody's place for good
            pause_s = self._schedule.pause_s(await self.once(self._desk.board.newest(account)))
            due = max(began + pause_s, self._now())
            self._desk.board.next(account.id, self._desk.clock.now() + timedelta(seconds=due - self._now()))

    def _first_pause_s(self) -> float:
        self._watched += 1
        place_s = self._watched * _BETWEEN_STARTS_S * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        return place_s % self._schedule.interval_s

    async def now(self, account: Account) -> LastSeen:
        """Have the account's loop reconcile at once, and wait for the end; what the board shows then."""
        asked = asyncio.get_running_loop().create_future()
        self._asked[account.id].append(asked)
        self._desk.bell.ring(sync_bell(account.id))
        await asked
        return self._desk.board.of(account.id)

    async def once(self, account: Account) -> int:
        """Reconcile now; returns the failures in a row (0 after a good reading).

        They are shown on the board; the health monitor is who tells of those that last.
        """
        asked = self._asked[account.id]
        answered = tuple(asked)  # who asks from here on may be after what is read
        failures = await self._try(account)
        for waiting in answered:
            asked.remove(waiting)
            if not waiting.done():
                waiting.set_result(None)
        return failures

    async def _try(self, account: Account) -> int:
        last = self._desk.board.of(account.id)
        reconciler = self._reconcilers.setdefault(
            account.id, Reconciler(self._desk, account, self._schedule.rules)
        )
        reconciler.account = account
        try:
            async with self._lanes.place(slow=last.read_at is None or last.failures > 0):
                await reconciler.sync()
        except TimeoutError:
            return await self._failed(account, Unavailable("reconciliation took too long"))
        except TerminalError as error:
            return await self._failed(account, error)
        except Exception:  # a bug: the supervisor logs it and begins again, and people see that it is so
            self._desk.board.failed(account.id, OUR_MISTAKE)
            raise
        await self._tell_synced(account, last)
        return 0

    async def _tell_synced(self, account: Account, last: LastSeen) -> None:
        seen = self._desk.board.of(account.id)
        was_well = last.read_at is not None and last.failures == 0
        if was_well and (last.positions, last.matched) == (seen.positions, seen.matched):
            return
        async with self._desk.store.write() as tx:
            await tell_synced(tx, seen.read_at or self._desk.clock.now(), account, seen)

    async def _failed(self, account: Account, error: TerminalError) -> int:
        health = self._desk.board.failed(account.id, error.for_reader)
        log.warning("sync_failed", account=account.label, error=str(error), failures=health.failures)
        if health.failures == 1:
            async with self._desk.store.write() as tx:
                await tell_unread(tx, self._desk.clock.now(), account, error.for_reader)
        return health.failures

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
