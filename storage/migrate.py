"""Migrations, run from code: all or nothing, on SQLite too."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import writer_of
from storage.tables import metadata


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`; a failure leaves it as it was."""
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision` (`base`: before the first). Each revision says what it drops."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision of the database at `url`, None before the first."""
    async with migrating(url) as connection:
        return await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )


def head() -> str:
    """The newest revision of this program."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise RuntimeError("the migrations are missing from the installation")
    return revision


@asynccontextmanager
async def migrating(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection that holds off writers and, on SQLite, does not follow foreign keys."""
    engine = writer_of(url, foreign_keys=False)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


def run_on(connection: Connection) -> None:
    """Run what Alembic was asked for; called by `migrations/env.py`."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        # True for SQLite as well, because `storage.engine` begins the transactions itself.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """Do for SQLite what its foreign keys, switched off for the migration, would have done."""
    if connection.dialect.name != "sqlite":
        return
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise RuntimeError(f"the migration would leave a row of {orphan[0]} without its {orphan[2]}")


async def _run(url: str, act: Callable[[Config], None]) -> None:
    async with migrating(url) as connection:
        await connection.run_sync(lambda plain: act(_config(plain)))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
