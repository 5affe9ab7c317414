"""Accounts come and go, and change, while the desk runs: who is linked is watched, from that moment on.

The tasks of an account that changes go on undisturbed, since a guard is never to stand still: each takes the
newest account from the board at its next look. They end only after the account was unlinked, which needs it
to be flat; the guard last.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from core.bell import ACCOUNTS
from core.desk import Desk
from core.isolation import Isolation
from core.market.guard import market_task
from core.model.accounts import Account
from core.model.ids import AccountId
from core.risk.guard import guard_task
from core.supervision import Supervisor
from core.trading.desk_loop import TradingLoop

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 30.0
"""Without a ring: another program may have changed the accounts."""

_UNLINKED = "unlinked"
"""The bell of whoever leaves the accounts that are not linked any more."""

Watch = Callable[[Account], Coroutine[Any, Any, None]]
Start = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a task of that name in the group whose failure ends the desk."""


class Attendance:
    """Keeps a task of each part running for every linked account.

    `watches` are the parts by name, in the order in which they begin; they end the other way round, after
    trading on the account has ended. `announce` is told who is linked, before anybody who is not is left.
    """

    def __init__(
        self,
        desk: Desk,
        supervisor: Supervisor,
        watches: Mapping[str, Watch],
        trading: TradingLoop,
        start: Start,
        announce: Callable[[Sequence[Account]], None],
    ) -> None:
        self._desk = desk
        self._watches = {part: (Isolation(desk, part, supervisor), watch) for part, watch in watches.items()}
        self._trading = trading
        self._start = start
        self._announce = announce
        self._tasks: dict[AccountId, list[asyncio.Task[None]]] = {}
        self._linked: Collection[AccountId] = ()

    async def keep(self) -> None:
        """Follow what is linked until cancelled; the tasks go on until `end`.

        Leaving an account may take as long as its terminal hangs, so nobody who comes waits for it.
        """
        async with asyncio.TaskGroup() as both:
            both.create_task(self._take_all())
            both.create_task(self._leave_all())

    async def _take_all(self) -> None:
        while True:
            await self._desk.bell.wait(ACCOUNTS, LOOK_EVERY_S)
            await self.look()

    async def _leave_all(self) -> None:
        """One after the other. Who was linked again meanwhile is taken anew."""
        while True:
            await self._desk.bell.wait(_UNLINKED, LOOK_EVERY_S)
            for gone in [each for each in self._tasks if each not in self._linked]:
                await self._leave(gone)
                self._desk.bell.ring(ACCOUNTS)

    async def look(self) -> None:
        """Watch those that are linked now, as they are now, and have those left that are not any more."""
        async with self._desk.store.read() as tx:
            linked = {account.id: account for account in await tx.accounts.all()}
        for account in linked.values():
            self._take(account)
        self._announce(tuple(linked.values()))
        self._linked = linked.keys()
        self._desk.bell.ring(_UNLINKED)

    async def end(self) -> None:
        """End every task, and wait until they have."""
        for tasks in self._tasks.values():
            await _ended(tasks)
        self._tasks.clear()

    def _take(self, account: Account) -> None:
        board, now_s = self._desk.board, self._desk.clock.monotonic()
        before = board.linked.get(account.id)
        board.linked[account.id] = account
        if account.id not in self._tasks:
            for name in guards_of(account):
                board.movement.expect(name, now_s)
            self._tasks[account.id] = [
                self._start(isolation.of(account, partial(watch, account))(), f"{part} {account.label}")
                for part, (isolation, watch) in self._watches.items()
            ]
            self._trading.watch(account)
            log.info("account_watched", account=account.label)
        elif before is not None and before.label != account.label:
            for old, new in zip(guards_of(before), guards_of(account), strict=True):
                board.movement.expect(new, now_s, instead_of=old)

    async def _leave(self, account: AccountId) -> None:
        """Nothing is open there. Its terminal is left last, when nobody asks it any more."""
        await self._trading.leave(account)
        await _ended(self._tasks[account][::-1])
        await self._desk.terminals.close(account)
        self._desk.board.forget(account)
        del self._tasks[account]
        log.info("account_left", account=str(account))


def guards_of(account: Account) -> tuple[str, ...]:
    """The tasks that must not stand still, whose looks the watchdog follows."""
    return guard_task(account), market_task(account)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        await asyncio.wait([task])
