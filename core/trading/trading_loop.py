"""The trading loop of the desk: a supervised task per account, and one timer for all of them.

An account's task that fails is restarted with growing pauses; past the limit it gives up loudly, rests, and
tries anew. It does not end the process: what one terminal or one row does to its own account must not stop
the guards and the orders of all others, and a new process would meet the same again. When every account has
given up the cause is the desk's own (its database, its disk), and the process ends.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from core.alerts import alert_owners
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.supervision import GaveUp, Supervisor
from core.trading.loop import Pace, trade

log = structlog.get_logger(__name__)

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

    @property
    def given_up(self) -> dict[AccountId, str]:
        """The accounts that rest now, each with the sentence of its last failure; the board shows them."""
        return self.desk.board.given_up

    async def run(self, stop_s: float = 10.0) -> None:
        """From start to stop, until cancelled. Raises GaveUp when every account has given up."""
        await self.start()
        try:
            await self._over.wait()
            raise GaveUp(f"trading has given up {self._cause()}")
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
            name = f"trading {account.label}"
            self._turns[account.id] = asyncio.Lock()
            self._tasks[account.id] = asyncio.create_task(self._follow(name, account), name=name)

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
        for account in self._tasks:
            self.given_up.pop(account, None)
        self._tasks.clear()
        self._timer = None

    def _end(self, timer: asyncio.Task[None]) -> None:
        """Without its timer the loop is not safe."""
        if not timer.cancelled():
            self._over.set()

    def _cause(self) -> str:
        failed = self._timer.exception() if self._timer and self._timer.done() else None
        return str(failed) if failed else f"on all accounts: {'; '.join(self.given_up.values())}"

    async def _follow(self, name: str, account: Account) -> None:
        turn = self._turns[account.id]
        pace = replace(self.pace, idle_s=max(self.pace.idle_s, ALONE_S))
        while True:
            try:
                await self.supervisor.forever(name, partial(trade, self.desk, account, pace, turn))
            except GaveUp as error:
                await self._give_up(account, error)
            await asyncio.sleep(self.rest_s)
            self.given_up.pop(account.id, None)

    async def _give_up(self, account: Account, error: GaveUp) -> None:
        """Loudly: on the board of readiness, in the log, in the trail and to the owners."""
        self.given_up[account.id] = str(error)
        log.critical("trading_gave_up", account=account.label, error=str(error), rest_s=self.rest_s)
        try:
            await self._tell(account, error)
        except Exception:  # the supervised boundary: where the database is away, the log has told it
            log.exception("trading_gave_up_untold", account=account.label)
        if len(self.given_up) == len(self._tasks):
            self._over.set()

    async def _tell(self, account: Account, error: GaveUp) -> None:
        now = self.desk.clock.now()
        data: Json = {"account": account.label, "error": str(error), "minutes": round(self.rest_s / 60)}
        async with self.desk.store.write() as tx:
            await tx.events.append(
                Event("trading.gave_up", now, account.label, data, account.id, account.person_id)
            )
            await alert_owners(tx, now, "trading_gave_up", data, Priority.CRITICAL)
        self.desk.bell.ring(OUTBOX)

    async def _look_around(self) -> None:
        """The safety net: each idle time one query finds all accounts that have something on its way."""
        while True:
            await asyncio.sleep(self.pace.idle_s)
            async with self.desk.store.read() as tx:
                waiting = await tx.intents.accounts_with_unfinished()
            for account in waiting:
                self.desk.bell.ring(account_bell(account))
