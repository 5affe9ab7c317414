"""One of each role, what can be tapped, and how to see that nothing has changed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import Json
from core.model.people import Person, Role
from core.ports import Store
from storage.engine import Database, connect
from storage.tables import metadata
from tests.bot.stage import Cast, eventually, join

TOLD = frozenset({"events", "outbox", "sent_messages", "files", "dialogs", "menus", "held", "escalations"})
"""What tells of things or remembers a talk; all other tables are what the desk and its people have."""


@dataclass(frozen=True)
class People:
    """One of each role; `tom` is a trader like `tara`."""

    owner: Person
    admin: Person
    tara: Person
    tom: Person
    viewer: Person
    by_role: dict[Role, Person] = field(default_factory=dict)


@pytest.fixture
async def crew(cast: Cast, store: Store, sandbox: Sandbox) -> People:
    viewer = await join(store, sandbox.world, "Vera", Role.VIEWER)
    by_role = {Role.OWNER: cast.owner, Role.ADMIN: cast.admin, Role.TRADER: cast.tara, Role.VIEWER: viewer}
    return People(cast.owner, cast.admin, cast.tara, cast.tom, viewer, by_role)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = connect(database_url)
    yield opened
    await opened.aclose()


Holdings = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def holdings(database: Database) -> Callable[[], Awaitable[Holdings]]:
    """All rows of all tables, but for those that only tell."""

    async def read() -> Holdings:
        async with database.readers.connect() as connection:
            return {
                table.name: sorted(map(tuple, (await connection.execute(select(table))).all()), key=repr)
                for table in metadata.sorted_tables
                if table.name not in TOLD
            }

    return read


@pytest.fixture
def settled(store: Store, all_handled: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Waits until every update was handled and everything that was to be told is."""

    async def waiting() -> int:
        async with store.read() as tx:
            return sum((await tx.outbox.count_waiting()).values())

    async def wait() -> None:
        await all_handled()
        await eventually(waiting, 0)

    return wait


Exchange = Callable[[Person, str], Awaitable[list[Json]]]


@pytest.fixture
def exchange(people: SandboxClient, settled: Callable[[], Awaitable[None]]) -> Exchange:
    """Says something and gives what the bot has written to that person since."""

    async def say(person: Person, text: str) -> list[Json]:
        said = await people.say(person.telegram_id, text)
        await settled()
        seen = await people.messages(person.telegram_id)
        return [one for one in seen if one["from_bot"] and one["message_id"] > said["message_id"]]

    return say


@asynccontextmanager
async def unchanged(holdings: Callable[[], Awaitable[Holdings]], what: object) -> AsyncIterator[None]:
    """Fails when anything that the desk or its people have is another after the block."""
    before = await holdings()
    yield
    after = await holdings()
    changed = [name for name in before if before[name] != after[name]]
    assert changed == [], what
