"""Background tasks of single accounts: what fails in one of them must not end those of all others.

A task that fails too often gives up loudly, rests, and is tried anew: what one terminal or one row does to
its own account would meet a new process again. When every account's task of a kind has given up the cause is
the desk's own (its database, its disk), and the process is to end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from core.alerts import alert_owners
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.supervision import GaveUp, Supervisor

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Isolation:
    """Keeps one kind of task running for each account; one that has given up is left alone for `rest_s`."""

    desk: Desk
    part: str
    supervisor: Supervisor = field(default_factory=Supervisor)
    rest_s: float = 60.0
    _kept: set[AccountId] = field(default_factory=set, init=False)

    @property
    def given_up(self) -> dict[AccountId, str]:
        """The accounts that have failed and are not well yet, each with the sentence of its last failure."""
        return self.desk.board.given_up.setdefault(self.part, {})

    def of(
        self, account: Account, run: Callable[[], Awaitable[None]]
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """What keeps `run` running until cancelled. It raises GaveUp once every account of its kind has."""
        self._kept.add(account.id)

        async def keep() -> None:
            try:
                while True:
                    await self._until_given_up(account, run)
                    await asyncio.sleep(self.rest_s)
            finally:
                self._well(account)
                self._kept.discard(account.id)

        return keep

    async def _until_given_up(self, account: Account, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await self.supervisor.forever(f"{self.part} {account.label}", partial(self._run, account, run))
        except GaveUp as error:
            await self._give_up(account, error)
            if self.given_up.keys() >= self._kept:
                causes = "; ".join(self.given_up.values())
                raise GaveUp(f"{self.part} has given up on all accounts: {causes}") from error

    async def _run(self, account: Account, run: Callable[[], Awaitable[None]]) -> None:
        """Once; the account has failed until a run has lasted, however long its rests are."""
        loop, healthy_s = asyncio.get_running_loop(), self.supervisor.patience.healthy_s
        lasting = loop.call_later(healthy_s, self._well, account)
        try:
            await run()
        finally:
            lasting.cancel()

    def _well(self, account: Account) -> None:
        self.given_up.pop(account.id, None)

    async def _give_up(self, account: Account, error: GaveUp) -> None:
        """Loudly: on the board of readiness, in the log, in the trail and to the owners."""
        self.given_up[account.id] = str(error)
        log.critical(
            "task_gave_up", part=self.part, account=account.label, error=str(error), rest_s=self.rest_s
        )
        try:
            await self._tell(account, error)
        except Exception:  # the supervised boundary: where the database is away, the log has told it
            log.exception("task_gave_up_untold", part=self.part, account=account.label)

    async def _tell(self, account: Account, error: GaveUp) -> None:
        now = self.desk.clock.now()
        data: Json = {
            "part": self.part,
            "account": account.label,
            "error": str(error),
            "seconds": round(self.rest_s),
        }
        async with self.desk.store.write() as tx:
            await tx.events.append(
                Event("task.gave_up", now, account.label, data, account.id, account.person_id)
            )
            told = data | {"account_id": str(account.id)}
            await alert_owners(tx, now, "task_gave_up", told, Priority.CRITICAL)
        self.desk.bell.ring(OUTBOX)
