"""Migrations, on an empty database and on one with rows, finished and interrupted."""

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, literal_column, select, text, update
from sqlalchemy.exc import IntegrityError

from core.model.books import Books
from core.model.divergences import Decision, DivergenceKind, LogRow
from core.model.errors import Conflict
from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import AccountId
from core.model.policies import Basis
from core.model.risk import DESK, DrawdownState, LiquidationState, LockKind, Place
from core.model.thresholds import Overrides, Rules
from core.model.trades import IntentKind
from core.ports import SentMessage
from storage.migrate import current, downgrade, head, migrating, upgrade
from storage.store import SqlStore
from storage.tables import intents, metadata, reconciliation_log
from tests.storage.samples import (
    NOW,
    SECOND,
    Desk,
    a_divergence,
    a_request,
    a_snapshot,
    a_trade,
    an_intent,
)

CHANGE = IntentKind.CHANGE
SENT = SentMessage(chat_id=1, message_id=2, has_photo=False)
TABLES = {table.name for table in metadata.sorted_tables}
_database = count()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{next(_database)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE template0")
    return str(server.get_uri(name))


async def _inspect(url: str, look: Callable[[Connection], Any]) -> Any:
    async with migrating(url) as connection:
        return await connection.run_sync(look)


async def _tables(url: str) -> set[str]:
    names = await _inspect(url, lambda connection: inspect(connection).get_table_names())
    return set(names) - {"alembic_version"}


async def test_up_down_and_up_again(empty_url: str) -> None:
    assert await current(empty_url) is None
    await upgrade(empty_url)
    assert await current(empty_url) == head()
    assert await _tables(empty_url) == TABLES
    await downgrade(empty_url, "base")
    assert await current(empty_url) is None
    assert await _tables(empty_url) == set()
    await upgrade(empty_url)
    assert await _tables(empty_url) == TABLES


async def test_the_tables_are_what_the_program_says(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await _inspect(database_url, differences) == []


async def test_an_upgrade_of_a_database_in_use_keeps_its_rows(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    await upgrade(database_url)
    async with store.read() as tx:
        assert await tx.signals.get(desk.signal.id) == desk.signal


async def test_back_to_the_first_and_up_again_keeps_what_the_first_knew(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    opening, change = an_intent(desk.account, approval=desk.approval), an_intent(desk.account, CHANGE)
    async with store.write() as tx:
        await tx.intents.add(replace(opening, margin=Decimal("115.8")))
        await tx.intents.add(replace(change, order_expires_at=NOW))
        await tx.trades.add(a_trade(desk.account, 7, opening))
    await store.database.aclose()
    await downgrade(database_url, "0001")
    assert await current(database_url) == "0001"
    await upgrade(database_url)
    async with store.read() as tx:
        assert await tx.intents.get(opening.id) == opening
        assert await tx.intents.get(change.id) is None, "of a kind that the first did not know"
        assert await tx.trades.of_intent(opening.id) is not None
        assert await tx.approvals.get(desk.approval.id) == desk.approval


async def test_back_to_the_third_and_up_again_keeps_what_the_third_knew(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    opening = replace(an_intent(desk.account), pip=Decimal("0.0001"))
    first, later = (
        replace(a_trade(desk.account, 7), shared=True, opened_at=NOW + n * SECOND) for n in range(2)
    )
    alone = a_trade(desk.account, 8)
    graded = replace(a_divergence(desk.account), trade_id=later.id, grade="20")
    strict = replace(desk.account, rules=Rules(Overrides(slippage_pips=Decimal("0.5"))), of_desk_file=True)
    async with store.write() as tx:
        await tx.accounts.put(strict, "")
        await tx.intents.add(opening)
        for trade in (later, first, alone):
            await tx.trades.add(trade)
        [row] = await tx.reconciliation.record([graded], NOW)
        assert await tx.reconciliation.decide(row.id, Decision.ACCEPTED, desk.person.id, NOW)
        await tx.snapshots.save(desk.account.id, a_snapshot())
        await tx.outbox.put([Notice(desk.person.id, kind, "s", Priority.NOTICE) for kind in NoticeKind], NOW)
        for kind in (NoticeKind.CARD, NoticeKind.DIVERGENCE):
            await tx.outbox.remember_sent(kind, "s", desk.person.id, SENT, NOW)
    await store.database.aclose()
    await downgrade(database_url, "0003")
    assert await current(database_url) == "0003"
    await upgrade(database_url)
    async with store.read() as tx:
        assert await tx.accounts.get(desk.account.id) == replace(desk.account, of_desk_file=True)
        assert await tx.intents.get(opening.id) == replace(opening, pip=None)
        assert await tx.trades.open_of(desk.account.id) == sorted(
            [replace(first, shared=False), alone], key=lambda trade: (trade.opened_at, trade.id.bytes)
        )
        assert await tx.reconciliation.get(row.id) == LogRow(
            row.id, replace(graded, trade_id=None, grade=""), row.found_at
        )
        assert await tx.snapshots.latest(desk.account.id) == a_snapshot()
        waiting = {item.notice.kind for item in await tx.outbox.due(NOW, 9)}
        assert waiting == {NoticeKind.CARD, NoticeKind.LIQUIDATION, NoticeKind.ALERT}
        assert await tx.outbox.sent(NoticeKind.CARD, "s", desk.person.id) == SENT
        assert await tx.outbox.sent(NoticeKind.DIVERGENCE, "s", desk.person.id) is None


async def test_back_to_the_fifth_an_unlinked_account_stays_apart_and_an_own_pause_goes_on(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    account, place = desk.account, Place(desk.account.id)
    again = replace(account, id=AccountId(uuid4()), of_desk_file=True)
    async with store.write() as tx:
        await tx.locks.set(LockKind.OWN, place, "enough", NOW, desk.person.id)
        await tx.accounts.retire(account.id, NOW)
        await tx.accounts.add(again, "another")
    await store.database.aclose()
    await downgrade(database_url, "0005")
    await upgrade(database_url)
    async with store.read() as tx:
        assert await tx.accounts.get(again.id) == again
        former = await tx.accounts.get(account.id)
        [lock] = await tx.locks.active(place)
    assert former is not None
    assert former.server == f"{account.server} unlinked {_written(database_url, account.id)}"
    assert lock.kind is LockKind.PAUSE


def _written(url: str, number: UUID) -> str:
    """As the database writes it."""
    return number.hex if url.startswith("sqlite") else str(number)


async def test_back_to_the_sixth_and_up_again_keeps_what_buttons_name(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    async with store.write() as tx:
        kept = await tx.requests.add(a_request(desk))
        [row] = await tx.reconciliation.record([a_divergence(desk.account)], NOW)
        assert await tx.locks.set(LockKind.OWNER, DESK, "news", NOW, desk.person.id)
        [lock] = await tx.locks.active()
    await store.database.aclose()
    await downgrade(database_url, "0006")
    assert await current(database_url) == "0006"
    await upgrade(database_url)
    async with store.write() as tx:
        assert await tx.requests.get(kept.id) == kept
        assert await tx.reconciliation.get(row.id) == row
        assert await tx.locks.active() == [lock]
        assert not await tx.locks.set(LockKind.OWNER, DESK, "again", NOW, None), "of a copied table, too"
        assert (await tx.requests.add(a_request(desk))).id > kept.id


@pytest.mark.parametrize("table", ["requests", "reconciliation_log", "locks"])
async def test_a_copied_table_keeps_its_conditions(sqlite_url: str, table: str) -> None:
    """Checks and conditions of indexes, which the comparison with the program does not see."""
    await downgrade(sqlite_url, "0006")
    before = await _written_down(sqlite_url, table)
    await upgrade(sqlite_url)
    assert await _written_down(sqlite_url, table) == before | {"AUTOINCREMENT"}


async def _written_down(url: str, table: str) -> set[str]:
    """The words of all that SQLite knows of the table."""
    query = text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")

    def words(connection: Connection) -> set[str]:
        found = connection.scalars(query, {"table": table})
        return {word for sql in found for word in re.findall(r"\w+", str(sql))}

    written: set[str] = await _inspect(url, words)
    return written


async def test_back_to_the_fourth_and_up_again_keeps_what_the_fourth_knew(
    store: SqlStore, database_url: str, desk: Desk
) -> None:
    account, source = desk.account.id, Place(source_id=desk.source.id)
    guarded = DrawdownState(account, Decimal(100), Decimal(90), NOW, Decimal("0.5"), NOW)
    remembered = replace(guarded, basis=Basis.DAY, books=Books(Decimal(100), NOW, frozenset({2**62})))
    leg = replace(an_intent(desk.account), leg=2)
    async with store.write() as tx:
        await tx.drawdowns.save(remembered)
        begun = await tx.liquidations.start(account, LiquidationState.WARNED, "20 %", NOW, NOW)
        await tx.intents.add(leg)
        for place in (DESK, Place(account), source):
            assert await tx.locks.set(LockKind.PAUSE, place, "news", NOW, None)
        assert await tx.locks.set(LockKind.OWNER, Place(account), "mine", NOW, None, NOW + SECOND)
        assert await tx.approvals.refuse(desk.approval.id, "too many", NOW)
        await tx.outbox.remember_sent(NoticeKind.STATUS, "desk", desk.person.id, SENT, NOW)
    await store.database.aclose()
    await downgrade(database_url, "0004")
    assert await current(database_url) == "0004"
    await upgrade(database_url)
    async with store.read() as tx:
        assert await tx.drawdowns.get(account) == guarded
        assert await tx.liquidations.get(begun.id) == replace(begun, state=LiquidationState.COUNTING)
        assert await tx.intents.get(leg.id) == replace(leg, leg=None)
        assert [(lock.kind, lock.place) for lock in await tx.locks.active()] == [
            (LockKind.PAUSE, DESK),
            (LockKind.PAUSE, Place(account)),
        ]
        assert await tx.approvals.get(desk.approval.id) == desk.approval
        assert await tx.outbox.sent(NoticeKind.STATUS, "desk", desk.person.id) is None
    async with store.write() as tx:  # what the copied tables refuse
        assert not await tx.locks.set(LockKind.PAUSE, Place(account), "again", NOW, None)
        with pytest.raises(Conflict):
            await tx.liquidations.start(account, LiquidationState.WARNED, "again", NOW, NOW)


async def test_the_database_itself_refuses_what_must_not_be_twice(store: SqlStore, desk: Desk) -> None:
    """Conditions of indexes survive the copying of tables, which a comparison with the program misses."""
    async with store.write() as tx:
        for trade in (a_trade(desk.account, 7), replace(a_trade(desk.account, 7), shared=True)):
            await tx.trades.add(trade)
        await tx.trades.add(replace(a_trade(desk.account, 7), shared=True))
        with pytest.raises(Conflict):
            await tx.trades.add(a_trade(desk.account, 7))
        [lasting] = await tx.reconciliation.record([a_divergence(desk.account)], NOW)
        await tx.reconciliation.record([a_divergence(desk.account, DivergenceKind.CLOSED)], NOW, ended=True)
    for kind in (DivergenceKind.SLIPPAGE, DivergenceKind.CLOSED):
        with pytest.raises(IntegrityError):
            await _repeat_rows(store, kind)
    async with store.write() as tx:
        await tx.reconciliation.end([lasting.id], NOW)
    await _repeat_rows(store, DivergenceKind.SLIPPAGE)


async def _repeat_rows(store: SqlStore, kind: DivergenceKind) -> None:
    table = reconciliation_log
    columns = [column for column in table.columns if column is not table.c.id]
    same = select(*columns).where(table.c.kind == kind)
    async with store.database.writer.begin() as connection:
        await connection.execute(insert(table).from_select(columns, same))


@pytest.mark.parametrize("column", ["kind", "state", "side", "order_kind"])
async def test_an_intents_words_are_checked_by_the_database(store: SqlStore, desk: Desk, column: str) -> None:
    async with store.write() as tx:
        await tx.intents.add(an_intent(desk.account, CHANGE))
    with pytest.raises(IntegrityError):
        async with store.database.writer.begin() as connection:
            await connection.execute(update(intents).values({column: literal_column("'nonsense'")}))


async def test_a_migration_that_fails_half_way_changes_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", _refuse)
        with pytest.raises(ZeroDivisionError):
            await upgrade(empty_url)
    assert await _tables(empty_url) == set()
    assert await current(empty_url) is None
    await upgrade(empty_url)
    assert await _tables(empty_url) == TABLES


async def test_a_way_back_that_fails_half_way_loses_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upgrade(empty_url)
    drop, dropped = op.drop_table, count()

    def drop_three(name: str) -> None:
        _refuse() if next(dropped) == 3 else drop(name)

    monkeypatch.setattr(op, "drop_table", drop_three)
    with pytest.raises(ZeroDivisionError):
        await downgrade(empty_url, "base")
    assert await _tables(empty_url) == TABLES
    assert await current(empty_url) == head()


_UPGRADE = "import asyncio, sys; from storage.migrate import upgrade; asyncio.run(upgrade(sys.argv[1]))"
_KILL = "import os; from alembic import op; op.create_index = lambda *arguments, **options: os._exit(9); "


async def _exit_code(program: str, url: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, cwd=Path(__file__).parents[2]
    )
    return await process.wait()


async def test_a_killed_migration_is_made_good_by_the_next(empty_url: str) -> None:
    assert await _exit_code(_KILL + _UPGRADE, empty_url) == 9
    assert await _tables(empty_url) == set()
    await upgrade(empty_url)
    assert await _tables(empty_url) == TABLES


async def test_of_two_processes_that_upgrade_one_waits_for_the_other(empty_url: str) -> None:
    codes = await asyncio.gather(_exit_code(_UPGRADE, empty_url), _exit_code(_UPGRADE, empty_url))
    assert list(codes) == [0, 0]
    assert await current(empty_url) == head()


async def test_a_migration_may_not_leave_orphans_on_sqlite(sqlite_url: str) -> None:
    """Foreign keys are off while it runs, so that tables can be copied; what they guard is checked."""
    async with migrating(sqlite_url) as connection:
        await connection.execute(text("INSERT INTO consents VALUES ('nobody', 1, '2026-11-21 00:00:00')"))
        await connection.commit()
    with pytest.raises(RuntimeError, match="a row of consents without its people"):
        await upgrade(sqlite_url)


def _refuse(*_arguments: object, **_options: object) -> None:
    raise ZeroDivisionError
