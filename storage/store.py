"""The store: transactions over the ports."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog
from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.events import Event
from storage.accounts import ERASED, SqlAccounts
from storage.alerts import SqlEscalations, SqlPreferences, SqlRoutes
from storage.approvals import SqlApprovals
from storage.database import SqlDatabase
from storage.dialogs import SqlDialogs
from storage.drawdowns import SqlDrawdowns
from storage.engine import Database
from storage.events import SqlEvents
from storage.fills import SqlFills
from storage.forgetting import SqlForgetting
from storage.incidents import SqlIncidents
from storage.intents import SqlIntents
from storage.invites import SqlInvites
from storage.knocks import SqlKnocks
from storage.liquidations import SqlLiquidations
from storage.locks import SqlLocks
from storage.marks import SqlMarks
from storage.outbox import SqlOutbox
from storage.panics import SqlPanics
from storage.people import SqlPeople
from storage.reconciliation import SqlReconciliation
from storage.requests import SqlRequests
from storage.retention import SqlRetention
from storage.secrets import Vault
from storage.signals import SqlSignals
from storage.snapshots import SqlSnapshots
from storage.sources import SqlSources
from storage.standing import SqlStanding
from storage.tables import accounts, sources
from storage.trades import SqlTrades

log = structlog.get_logger(__name__)

Observer: TypeAlias = Callable[[Sequence[Event]], None]
"""Is told the events of a transaction once it is committed."""

_SEALED = ((accounts, "password"), (sources, "secrets"))


@dataclass(frozen=True, slots=True)
class SqlTx:
    """Implements `Tx`: every port over one connection."""

    people: SqlPeople
    database: SqlDatabase
    invites: SqlInvites
    knocks: SqlKnocks
    forgetting: SqlForgetting
    accounts: SqlAccounts
    sources: SqlSources
    signals: SqlSignals
    approvals: SqlApprovals
    intents: SqlIntents
    trades: SqlTrades
    fills: SqlFills
    snapshots: SqlSnapshots
    reconciliation: SqlReconciliation
    drawdowns: SqlDrawdowns
    liquidations: SqlLiquidations
    panics: SqlPanics
    requests: SqlRequests
    locks: SqlLocks
    marks: SqlMarks
    incidents: SqlIncidents
    events: SqlEvents
    outbox: SqlOutbox
    preferences: SqlPreferences
    escalations: SqlEscalations
    routes: SqlRoutes
    standing: SqlStanding
    dialogs: SqlDialogs
    retention: SqlRetention


@dataclass(frozen=True, slots=True)
class SqlStore:
    """Implements `Store` on SQLite or PostgreSQL.

    A block of `write()` must not open another: it would wait for itself. `aclose()` when done. `committed`
    counts events by name since the start; an observer must return at once, and its faults are only logged.
    """

    database: Database
    vault: Vault
    observers: Sequence[Observer] = ()
    committed: Counter[str] = field(default_factory=Counter)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTx]:
        async with self.database.writer.begin() as connection:
            tx = _over(connection, self.vault)
            yield tx
        tx.events.write_log()
        self._tell(tx.events.appended)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTx]:
        async with self.database.readers.begin() as connection:
            yield _over(connection, self.vault)

    async def reseal(self) -> int:
        """Encrypt every secret with the first key; how many they were. Raises Unreadable, changing none."""
        async with self.database.writer.begin() as connection:
            return sum([await self._reseal(connection, *column) for column in _SEALED])

    async def aclose(self) -> None:
        """Close every connection."""
        await self.database.aclose()

    def _tell(self, events: Sequence[Event]) -> None:
        self.committed.update(event.name for event in events)
        for observer in self.observers if events else ():
            try:
                observer(events)
            except Exception:  # what is committed must not look as if it had failed
                log.exception("observer_failed", events=[event.name for event in events])

    async def _reseal(self, connection: AsyncConnection, table: Table, column: str) -> int:
        query = select(table.c.id, table.c[column]).where(table.c[column] != ERASED)
        rows = (await connection.execute(query)).all()
        for owner, token in rows:
            fresh = {column: self.vault.reseal(token)}
            await connection.execute(update(table).where(table.c.id == owner).values(fresh))
        return len(rows)


def _over(connection: AsyncConnection, vault: Vault) -> SqlTx:
    return SqlTx(
        people=SqlPeople(connection),
        database=SqlDatabase(connection),
        invites=SqlInvites(connection),
        knocks=SqlKnocks(connection),
        forgetting=SqlForgetting(connection),
        accounts=SqlAccounts(connection, vault),
        sources=SqlSources(connection, vault),
        signals=SqlSignals(connection),
        approvals=SqlApprovals(connection),
        intents=SqlIntents(connection),
        trades=SqlTrades(connection),
        fills=SqlFills(connection),
        snapshots=SqlSnapshots(connection),
        reconciliation=SqlReconciliation(connection),
        drawdowns=SqlDrawdowns(connection),
        liquidations=SqlLiquidations(connection),
        panics=SqlPanics(connection),
        requests=SqlRequests(connection),
        locks=SqlLocks(connection),
        marks=SqlMarks(connection),
        incidents=SqlIncidents(connection),
        events=SqlEvents(connection),
        outbox=SqlOutbox(connection),
        preferences=SqlPreferences(connection),
        escalations=SqlEscalations(connection),
        routes=SqlRoutes(connection),
        standing=SqlStanding(connection),
        dialogs=SqlDialogs(connection),
        retention=SqlRetention(connection),
    )
