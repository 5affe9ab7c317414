"""`tapdesk reconcile` as a process: what it prints, how it ends, and beside a running desk."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import ColumnElement, Table, func, select

from bot.console.reconcile import NO_EPOCH, Outcome, look
from bot.deskfile.roster import enrol, read_roster
from core.desk import Desk
from core.model.clock import SystemClock
from core.model.divergences import Decision, DivergenceKind
from core.model.events import NoticeKind
from core.model.ids import AccountId
from core.mt5.contract import ORDER_TYPE_BUY
from core.mt5.pool import Pool
from core.mt5.session import Session
from core.reconciliation.scheduler import Schedule, Scheduler
from storage.engine import connect
from storage.secrets import Unreadable, Vault
from storage.store import SqlStore
from storage.tables import hosts, outbox, reconciliation_log
from tests.bot.console.place import LOGIN, Place, logged
from tests.storage.samples import a_divergence


@pytest.fixture
async def store(place: Place, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    """The database of the place, with the desk file's account in it."""
    place.environment["TAPDESK_DATABASE_URL"] = sqlite_url.replace("sqlite:", "sqlite+aiosqlite:")
    desk_file = place.folder / "desk.toml"
    desk_file.write_text(desk_file.read_text().replace('"terminal"', f"'{place.terminal}'"))
    monkeypatch.setenv("TOM_PASSWORD", place.environment["TOM_PASSWORD"])
    opened = SqlStore(connect(sqlite_url), Vault([place.environment["TAPDESK_SECRET_KEYS"]]))
    await enrol(opened, read_roster(desk_file))
    yield opened
    await opened.aclose()


def open_by_hand(place: Place) -> None:
    """A position that no signal explains."""
    broker = place.broker()
    broker.open_position(LOGIN, "EURUSD", ORDER_TYPE_BUY, 0.1)
    broker.close_book()


async def rows(store: SqlStore, table: Table, *conditions: ColumnElement[bool]) -> int:
    async with store.database.readers.begin() as connection:
        return await connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


@pytest.mark.usefixtures("store")
async def test_the_exit_status_tells_whether_all_is_well(place: Place) -> None:
    status, text = await place.finish("reconcile", "--once")
    assert status == 0, text
    [line] = [line.split() for line in text.splitlines() if "Tom paper" in line]
    assert line[-3:] == ["0", "0", "0"]
    open_by_hand(place)
    status, text = await place.finish("reconcile", "--once")
    assert status == 2, text
    told = [line for line in text.splitlines() if line.startswith("Tom paper: ")]
    assert len(told) == 1
    assert told[0].startswith("Tom paper: A buy of 0.1 EURUSD at ")
    assert "<" not in told[0]


@pytest.mark.usefixtures("store")
async def test_an_account_that_cannot_be_read_is_told_with_status_1(place: Place) -> None:
    (place.terminal / "terminal.json").unlink()
    status, text = await place.finish("reconcile", "--once")
    assert (status, "could not be started or does not answer" in text) == (1, True), text
    assert "Traceback" not in text


async def test_a_divergence_goes_before_an_account_that_was_not_read(store: SqlStore) -> None:
    async def sealed(account: AccountId) -> Session:
        raise Unreadable(account)

    desk = Desk(store, SystemClock(), Pool(sealed), NO_EPOCH)
    scheduler = Scheduler(desk, Schedule())
    unread = await look(desk, scheduler)
    [account] = unread.accounts
    assert "TAPDESK_SECRET_KEYS lacks the key" in str(account.last.error)
    assert unread.outcome is Outcome.UNREAD
    kinds = (DivergenceKind.STOPS, DivergenceKind.UNMATCHED)
    async with store.write() as tx:
        found = [a_divergence(account.account, kind) for kind in kinds]
        [stops, unmatched] = await tx.reconciliation.record(found, desk.clock.now())
    both = await look(desk, scheduler)
    assert (both.outcome, list(both.divergences)) == (Outcome.DIVERGENT, [stops, unmatched])
    async with store.write() as tx:
        for row, decision in ((stops, Decision.ACCEPTED), (unmatched, Decision.IGNORED)):
            await tx.reconciliation.decide(row.id, decision, account.account.person_id, desk.clock.now())
    assert (await look(desk, scheduler)).outcome is Outcome.UNREAD, "what was decided is nobody's concern"


async def test_a_database_without_accounts_is_not_all_well(place: Place) -> None:
    status, text = await place.finish("reconcile", "--once")
    assert (status, "No account is on the desk yet" in text) == (1, True), text


@pytest.mark.usefixtures("store")
async def test_it_goes_on_until_it_is_stopped(place: Place) -> None:
    process = await place.start("reconcile", TAPDESK_SYNC_INTERVAL_S="0.5")
    assert process.stdout is not None
    async with asyncio.timeout(120):
        await _line(process.stdout, "0 divergences")
        open_by_hand(place)
        await _line(process.stdout, "1 divergence ")
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_beside_a_running_desk_nothing_is_told_twice_and_nobody_is_fenced_off(
    place: Place, store: SqlStore
) -> None:
    desk = await place.start("run", TAPDESK_SYNC_INTERVAL_S="0.5")
    async with asyncio.timeout(120):
        await logged(desk, "terminal_connected")
    open_by_hand(place)
    both = await asyncio.gather(*(place.finish("reconcile", "--once") for _ in range(2)))
    assert [status for status, _ in both] == [2, 2], both
    assert await rows(store, reconciliation_log) == 1
    assert await rows(store, outbox, outbox.c.kind == NoticeKind.DIVERGENCE) == 2, "owner and trader"
    assert await rows(store, hosts) == 1, "a second epoch would fence the running desk off"
    desk.terminate()
    await desk.communicate()
    assert desk.returncode == 0


async def _line(stream: asyncio.StreamReader, wanted: str) -> None:
    async for line in stream:
        if wanted in line.decode():
            return
    raise AssertionError(f"it ended without {wanted}")
