"""A store whose transactions on the ledger can be stopped at named points, as a crash would stop them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from core.model.ids import AccountId
from core.model.trades import Intent, IntentState
from storage.intents import SqlIntents
from storage.store import SqlStore, SqlTx
from storage.tables import hosts

Reach = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class NotedIntents(SqlIntents):
    """The ledger, which notes what was last asked of it. Without a fence, an older host is as good as any."""

    notes: list[str]
    fenced: bool = True

    async def add(self, intent: Intent) -> None:
        self.notes.append("add")
        await SqlIntents.add(self, intent)

    async def claim(self, account: AccountId, epoch: int, now: datetime) -> Intent | None:
        claimed = await SqlIntents.claim(self, account, epoch, now)
        if claimed is not None:
            self.notes.append("claim")
        return claimed

    async def settle(self, settled: Intent, epoch: int, expected: IntentState) -> bool:
        self.notes.append(f"settle {settled.state}")
        newest = (await self.connection.execute(select(func.max(hosts.c.epoch)))).scalar_one()
        return await SqlIntents.settle(self, settled, epoch if self.fenced else newest, expected)


@dataclass(frozen=True, slots=True)
class WatchedStore:
    """A store that awaits `reach` before and after each commit that concerned the ledger.

    The points are named after the last thing asked of the ledger: "claim: written", "claim: committed".
    """

    store: SqlStore
    reach: Reach
    fenced: bool = True

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTx]:
        notes: list[str] = []
        async with self.store.write() as tx:
            yield replace(tx, intents=NotedIntents(tx.intents.connection, notes, self.fenced))
            if notes:
                await self.reach(f"{notes[-1]}: written")
        if notes:
            await self.reach(f"{notes[-1]}: committed")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self.store.read() as tx:
            yield tx
