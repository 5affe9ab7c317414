"""What a desk runs on, opened: its database, its terminals, and the door of its web."""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path

import structlog
from sqlalchemy.engine import make_url

from bot.delivery.live import following_status
from bot.settings import Settings, SettingsError
from bot.web.server import listen
from core.accounts.settings import Ceilings
from core.bell import Bell
from core.board import Board
from core.desk import Desk
from core.model.clock import Clock
from core.model.ids import AccountId
from core.model.policies import Hours
from core.mt5.pool import OpenSession, Pool, make_session
from core.mt5.session import Session
from core.trading.approving import expire_overdue
from core.trading.execution import adopt_orphans
from storage.engine import connect
from storage.migrate import upgrade
from storage.secrets import Vault
from storage.store import Observer, SqlStore

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_desk(
    settings: Settings,
    clock: Clock,
    pips: Mapping[str, Decimal] | None = None,
    hours: Hours | None = None,
    ceilings: Ceilings | None = None,
    observers: Sequence[Observer] = (),
) -> AsyncIterator[Desk]:
    """Migrate, open the database, begin a new epoch; close terminals and database at the end.

    `pips` are the sizes that the desk has set for instruments, `hours` those in which it trades, `ceilings`
    how far its traders may go; `observers` are told the events as they are committed.
    """
    bell = Bell()
    async with AsyncExitStack() as stack:
        observers = (*observers, following_status(bell))
        store = await stack.enter_async_context(open_store(settings, observers))
        async with store.write() as tx:
            epoch = await tx.intents.new_epoch(clock.now())
        open_session = session_maker(store, clock, settings.mt5_command, pips or {})
        pool = await stack.enter_async_context(Pool(open_session))
        board = Board(events=store.committed)
        yield Desk(store, clock, pool, epoch, bell, board, hours=hours, ceilings=ceilings or Ceilings())


@asynccontextmanager
async def open_store(settings: Settings, observers: Sequence[Observer] = ()) -> AsyncIterator[SqlStore]:
    """The database, migrated to what this program expects."""
    make_folder(settings.database_url)
    await upgrade(settings.database_url)
    store = SqlStore(connect(settings.database_url), Vault(settings.fernet_keys), observers)
    try:
        yield store
    finally:
        await store.aclose()


def make_folder(database_url: str) -> None:
    """A SQLite file's folder, if it is not there yet."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def session_maker(
    store: SqlStore, clock: Clock, python: Sequence[str], pips: Mapping[str, Decimal]
) -> OpenSession:
    """Opens an account's session with what the database knows of it."""

    async def open_session(account_id: AccountId) -> Session:
        async with store.read() as tx:
            account = await tx.accounts.get(account_id)
            password = await tx.accounts.password(account_id)
        if account is None:
            raise LookupError(f"no account {account_id}")
        return make_session(account, password, clock, python=python, pips=pips)

    return open_session


def open_door(settings: Settings) -> socket.socket:
    """The intake's socket. Raises SettingsError when the address cannot be had."""
    try:
        return listen(settings.http_host, settings.http_port)
    except OSError as error:
        where = f"{settings.http_host}:{settings.http_port}"
        raise SettingsError(
            f"TAPDESK_HTTP_HOST, TAPDESK_HTTP_PORT: cannot listen on {where}: {error.strerror}."
        ) from error


async def catch_up(desk: Desk) -> None:
    """Before anything runs: what an earlier life left half done."""
    orphans = await adopt_orphans(desk)
    expired = await expire_overdue(desk)
    if orphans or expired:
        log.info("caught_up", unknown_orders=orphans, expired_cards=expired)
