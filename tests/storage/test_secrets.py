"""Secrets at rest."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Table, select, update

from storage.engine import Database
from storage.secrets import Unreadable, Vault
from storage.store import SqlStore
from storage.tables import accounts, sources
from tests.storage.samples import Desk, a_desk, keep


def _key() -> str:
    return Fernet.generate_key().decode()


async def _swap(database: Database, table: Table, column: str) -> None:
    """Give each of two rows the other's secret, as someone with the file could."""
    async with database.writer.begin() as connection:
        (one, ones), (two, twos) = (await connection.execute(select(table.c.id, table.c[column]))).all()
        for owner, token in ((one, twos), (two, ones)):
            change = update(table).where(table.c.id == owner).values({column: token})
            await connection.execute(change)


async def _read(store: SqlStore, desk: Desk) -> tuple[str, list[str]]:
    async with store.read() as tx:
        password = await tx.accounts.password(desk.account.id)
        return password, list(await tx.sources.secrets(desk.source.id))


SECRETS = ("hunter2", ["whsec_new", "whsec_old"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_in_the_file_can_be_read(store: SqlStore, database_url: str, desk: Desk) -> None:
    assert await _read(store, desk) == SECRETS
    await store.aclose()
    file = Path(database_url.removeprefix("sqlite:///"))
    written = b"".join(part.read_bytes() for part in file.parent.glob("desk.db*"))
    assert desk.account.server.encode() in written
    for secret in (b"hunter2", b"whsec"):
        assert secret not in written


async def test_the_secret_of_another_row_is_refused(store: SqlStore, desk: Desk) -> None:
    await keep(store, a_desk(telegram_id=8))
    await _swap(store.database, accounts, "password")
    await _swap(store.database, sources, "secrets")
    async with store.read() as tx:
        with pytest.raises(Unreadable):
            await tx.accounts.password(desk.account.id)
        with pytest.raises(Unreadable):
            await tx.sources.secrets(desk.source.id)


async def test_keys_are_rotated_without_a_pause(store: SqlStore) -> None:
    """Old key, then both with the new one first, then the new one alone."""
    old, new = _key(), _key()
    desk = await keep(SqlStore(store.database, Vault([old])), a_desk())
    both, alone = SqlStore(store.database, Vault([new, old])), SqlStore(store.database, Vault([new]))
    assert await _read(both, desk) == SECRETS
    with pytest.raises(Unreadable):
        await _read(alone, desk)
    assert await both.reseal() == 2
    assert await _read(alone, desk) == SECRETS
    with pytest.raises(Unreadable):
        await _read(SqlStore(store.database, Vault([old])), desk)


async def test_a_rotation_that_cannot_read_one_secret_changes_none(store: SqlStore, desk: Desk) -> None:
    stranger = _key()
    await keep(SqlStore(store.database, Vault([stranger])), a_desk(telegram_id=8))
    with pytest.raises(Unreadable):
        await SqlStore(store.database, Vault([_key(), stranger])).reseal()
    assert await _read(store, desk) == SECRETS


def test_no_secret_shows_in_a_repr() -> None:
    key = _key()
    assert key not in repr(Vault([key]))
