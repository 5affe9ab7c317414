"""A desk of many accounts: its rows in the database, its sessions at the farm."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from cryptography.fernet import Fernet

from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Role
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.link import OpenLink
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from storage.engine import connect
from storage.migrate import upgrade
from storage.rows import insert_all, values_of
from storage.secrets import Vault
from storage.store import SqlStore
from storage.tables import intents, trades
from tests.bench.scale.books import PASSWORD, account_of, holdings, intent_of, trade_of

TRADER = Person(PersonId(UUID(int=1)), 1, "Farmer", frozenset({Role.TRADER, Role.OWNER}), 1)


@asynccontextmanager
async def open_desk(
    url: str, open_link: OpenLink, accounts: int, positions: int
) -> AsyncIterator[tuple[Desk, SqlStore, list[Account]]]:
    """A desk over an empty database that gets its schema and rows here; nothing is connected yet."""
    await upgrade(url)
    store = SqlStore(connect(url), Vault([Fernet.generate_key().decode()]))
    known = {account.id: account for account in (account_of(n, TRADER.id) for n in range(1, accounts + 1))}

    async def open_session(account: AccountId) -> Session:
        return session_of(known[account], open_link)

    try:
        await _fill(store, list(known.values()), positions)
        async with Pool(open_session) as terminals:
            yield Desk(store, SystemClock(), terminals, epoch=1), store, list(known.values())
    finally:
        await store.aclose()


def session_of(account: Account, open_link: OpenLink) -> Session:
    """As `core.mt5.pool.make_session`, but for the worker, which is the farm."""
    terminal = Terminal(open_link, name=account.label)
    login = Login(account.terminal_path, account.login, account.server, PASSWORD)
    return Session(Connection(terminal, login, SystemClock(), watch=tuple(account.symbols.values())))


async def _fill(store: SqlStore, accounts: Sequence[Account], positions: int) -> None:
    async with store.write() as tx:
        await tx.people.add(TRADER)
        for account in accounts:
            await tx.accounts.add(account, PASSWORD)
        held = [each for account in accounts for each in holdings(account.login, positions)]
        connection = tx.trades.connection
        await insert_all(connection, intents, "filled before", *(values_of(intent_of(h)) for h in held))
        await insert_all(connection, trades, "filled before", *(values_of(trade_of(h)) for h in held))
