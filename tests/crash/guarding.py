"""A program that guards an account until it dies: `python -m tests.crash.guarding URL PASSWORD BOOK [DEATH]`.

Each look is a second of market time, the guard, and the trading loop; what a look does takes no time, so a
life is short. It ends itself by SIGKILL at DEATH, "EVENT: written" or "EVENT: committed" with " x2" for the
second time; without one it ends when the account is flat and locked.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.desk import Desk
from core.model.accounts import Account
from core.mt5.pool import Pool, make_session
from core.mt5.session import Session
from core.paper.hands import Hands
from core.risk.guard import DrawdownGuard
from core.trading.account_loop import drain
from core.trading.execution import adopt_orphans
from core.trading.resolution import Quarantine
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore, SqlTx
from tests.crash.driver import KEY

LOOKS = 200
AT_LEAST = 3
"""Looks of a life: what was opened on a locked account is to be seen."""


@dataclass(slots=True)
class MarketTime:
    """A desk's clock that goes with the market's, in any process."""

    broker: Hands

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.monotonic(), UTC)

    def monotonic(self) -> float:
        return self.broker.broker.plan.utc(time.time())

    async def sleep(self, seconds: float) -> None:
        self.broker.advance(seconds)


@dataclass(slots=True)
class Doomed:
    """A store that kills its process before or after the commit of an event, the `left`-th time."""

    store: SqlStore
    death: str
    left: int

    @classmethod
    def at(cls, store: SqlStore, death: str) -> "Doomed":
        point, _, times = death.partition(" x")
        return cls(store, point, int(times or 1))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTx]:
        async with self.store.write() as tx:
            yield tx
            self._reach(tx, "written")
        self._reach(tx, "committed")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self.store.read() as tx:
            yield tx

    def _reach(self, tx: SqlTx, when: str) -> None:
        if self.death in {f"{event.name}: {when}" for event in tx.events.appended}:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)


async def begin(store: Doomed, account: Account, password: str, broker: Hands) -> Desk:
    """A new life, as `tapdesk run` begins one."""
    clock = MarketTime(broker)

    async def open_session(_: object) -> Session:
        return make_session(account, password, clock)

    async with store.write() as tx:
        epoch = await tx.intents.new_epoch(clock.now())
    desk = Desk(store, clock, Pool(open_session), epoch)
    await adopt_orphans(desk)
    return desk


async def guard(desk: Desk, account: Account, broker: Hands) -> None:
    """Look until nothing runs any more."""
    watching = DrawdownGuard(desk)
    for look in range(LOOKS):
        broker.advance(1)
        await watching.once(account)
        await drain(desk, account, Quarantine())
        async with desk.store.read() as tx:
            if look >= AT_LEAST and await tx.liquidations.running_of(account.id) is None:
                return
    raise SystemExit(f"not flat and locked after {LOOKS} looks")


async def main(url: str, password: str, book: str, death: str = "") -> None:
    broker = Hands.on(Path(book))
    store = Doomed.at(SqlStore(connect(url), Vault([KEY])), death)
    async with store.read() as tx:
        [account] = await tx.accounts.all()
    desk = await begin(store, account, password, broker)
    await guard(desk, account, broker)
    await desk.terminals.aclose()
    await store.store.aclose()
    broker.close_book()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
