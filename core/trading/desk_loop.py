"""The trading loop of the desk: an isolated, supervised task per account, and one timer for all of them."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from core.bell import account_bell
from core.desk import Desk
from core.isolation import Isolation
from core.model.accounts import Account
from core.model.ids import AccountId
from core.supervision import GaveUp, Supervisor
from core.trading.account_loop import Pace, trade

ALONE_S = 60.0
"""An account looks by itself so rarely: the timer of all looks for it."""


@dataclass(slots=True)
class TradingLoop:
    """Carries out every account's intents from `start` to `stop`.

    `rest_s` is how long an account that has given up is left alone.
    """

    desk: Desk
    pace: Pace = field(default_factory=Pace)
    supervisor: Supervisor = field(default_factory=Supervisor)
    rest_s: float = 300.0
    _tasks: dict[AccountId, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _turns: dict[AccountId, asyncio.Lock] = field(default_factory=dict, init=False)
    _timer: asyncio.Task[None] | None = field(default=None, init=False)
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    isolation: Isolation = field(init=False)

    def __post_init__(self) -> None:
        self.isolation = Isolation(self.desk, "trading", self.supervisor, self.rest_s)

    async def run(self, stop_s: float = 10.0) -> None:
        """From start to stop, until cancelled. Raises GaveUp when every account has given up."""
        await self.start()
        try:
            await self._over.wait()
            raise GaveUp(self._cause())
        finally:
            await self.stop(stop_s)

    async def start(self) -> None:
        """Trade on all accounts that there are; one that has started already stays as it is."""
        async with self.desk.store.read() as tx:
            accounts = await tx.accounts.all()
        for account in accounts:
            self.watch(account)
        if self._timer is None:
            self._over.clear()
            timing = self.supervisor.forever("trading timer", self._look_around)
            self._timer = asyncio.create_task(timing, name="trading timer")
            self._timer.add_done_callback(self._end)

    def watch(self, account: Account) -> None:
        """Trade on an account, which may have been added since; one that is watched already stays so."""
        if account.id not in self._tasks:
            turn = self._turns[account.id] = asyncio.Lock()
            pace = replace(self.pace, idle_s=max(self.pace.idle_s, ALONE_S))
            follow = self.isolation.of(account, partial(trade, self.desk, account, pace, turn))
            task = asyncio.create_task(follow(), name=f"trading {account.label}")
            task.add_done_callback(self._end)
            self._tasks[account.id] = task

    async def leave(self, account: AccountId) -> None:
        """Trade on it no more; a send in flight ends and is settled first."""
        task = self._tasks.get(account)
        if task is None:
            return
        async with self._turns[account]:
            task.cancel()
        await asyncio.wait([task])
        del self._tasks[account], self._turns[account]

    async def stop(self, within_s: float = 10.0) -> None:
        """Let each send in flight end and be settled, at most so long; nothing else is begun.

        What is cut off all the same is `sending` in the ledger, and the next life looks it up.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await asyncio.gather(*(turn.acquire() for turn in self._turns.values()))
        tasks = [*self._tasks.values(), *([self._timer] if self._timer else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._timer = None

    def _end(self, task: asyncio.Task[None]) -> None:
        """Without its timer, or with no account left, the loop is not safe."""
        if not task.cancelled():
            self._over.set()

    def _cause(self) -> str:
        every = [*self._tasks.values(), *([self._timer] if self._timer else [])]
        ended = [task for task in every if task.done() and not task.cancelled()]
        return "; ".join(str(task.exception()) for task in ended)

    async def _look_around(self) -> None:
        """The safety net: each idle time one query finds all accounts that have something on its way."""
        while True:
            await asyncio.sleep(self.pace.idle_s)
            async with self.desk.store.read() as tx:
                waiting = await tx.intents.accounts_with_unfinished()
            for account in waiting:
                self.desk.bell.ring(account_bell(account))
