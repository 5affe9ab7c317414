"""`tapdesk events` as a process: what it prints, of what, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.deskfile.roster import enrol, read_roster
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.model.events import Event
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.bot.console.place import Place

LATE = SystemClock().now()
EARLY = LATE - timedelta(days=3)


@pytest.fixture
async def store(place: Place, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    """The database of the place, with the desk file's account in it."""
    scheme, rest = database_url.split(":", 1)
    driver = {"sqlite": "aiosqlite"}.get(scheme, "asyncpg")
    place.environment["TAPDESK_DATABASE_URL"] = f"{scheme}+{driver}:{rest}"
    monkeypatch.setenv("TOM_PASSWORD", place.environment["TOM_PASSWORD"])
    opened = SqlStore(connect(database_url), Vault([place.environment["TAPDESK_SECRET_KEYS"]]))
    await enrol(opened, read_roster(place.folder / "desk.toml"))
    yield opened
    await opened.aclose()


async def tell(store: SqlStore, *events: Event) -> None:
    async with store.write() as tx:
        await tx.events.append(*events)


async def tom(store: SqlStore) -> Account:
    async with store.read() as tx:
        [account] = await tx.accounts.all()
    return account


def close_all(account: Account) -> Event:
    return Event("account.close_all", LATE, account.label, {}, account.id, account.person_id, "trace")


async def printed(place: Place, *options: str) -> list[dict[str, Any]]:
    status, text = await place.finish("events", *options)
    assert status == 0, text
    return [json.loads(line) for line in text.splitlines()]


async def test_every_event_is_one_json_object_with_all_that_is_known(place: Place, store: SqlStore) -> None:
    account = await tom(store)
    await tell(store, Event("desk.paused", EARLY, "desk", {"text": "two\nlines"}), close_all(account))
    first, second = await printed(place)
    assert first["data"] == {"text": "two\nlines"}
    assert (first["account"], first["person"], first["trace"], first["version"]) == (None, None, "", 1)
    assert second["account"] == {"id": str(account.id), "label": "Tom paper"}
    assert (second["person"], second["trace"]) == (str(account.person_id), "trace")
    assert second["at"] == LATE.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert int(second["id"]) == int(first["id"]) + 1


@pytest.mark.off_catalogue
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_reader_of_json_loses_a_digit(place: Place, store: SqlStore) -> None:
    await tell(store, Event("order.x", LATE, "1", {"ticket": 2**62 + 1, "retcode": 10009, "done": True}))
    [told] = await printed(place)
    assert told["data"] == {"ticket": str(2**62 + 1), "retcode": 10009, "done": True}


async def test_only_what_is_asked_for(place: Place, store: SqlStore) -> None:
    account = await tom(store)
    await tell(store, Event("desk.paused", EARLY, "desk", {"text": ""}), close_all(account))
    await tell(store, *[Event("door.refused", LATE, str(number)) for number in range(1200)])
    assert len(await printed(place)) == 1202
    for options, expected in (
        (("--since", "1d", "--name", "account."), "account.close_all"),
        (("--until", f"{LATE - timedelta(days=1):%Y-%m-%dT%H:%M}"), "desk.paused"),
        (("--account", "Tom paper"), "account.close_all"),
    ):
        assert [told["name"] for told in await printed(place, *options)] == [expected]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--since", "yesterday"), "--since: 'yesterday' is neither a time such as"),
        (("--until", "5y"), "--until: '5y' is neither a time such as"),
        (("--since", "999999w"), "--since: '999999w' is neither a time such as"),
        (("--account", "Nobody"), "no account is called 'Nobody'; there are: Tom paper."),
    ],
)
@pytest.mark.usefixtures("store")
async def test_a_wrong_argument_is_answered_with_a_sentence(
    place: Place, options: tuple[str, ...], sentence: str
) -> None:
    status, text = await place.finish("events", *options)
    assert (status, sentence in text, "Traceback" in text) == (2, True, False), text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_following_goes_on_with_what_is_new_until_it_is_stopped(place: Place, store: SqlStore) -> None:
    account = await tom(store)
    await tell(store, close_all(account))
    process = await place.start("events", "--follow")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert json.loads(await process.stdout.readline())["name"] == "account.close_all"
        await tell(store, Event("desk.paused", LATE, "desk", {"text": ""}))
        assert json.loads(await process.stdout.readline())["name"] == "desk.paused"
        process.terminate()
        rest, errors = await process.communicate()
    assert (process.returncode, rest, errors) == (0, b"", b"")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_reader_that_has_seen_enough_ends_it_quietly(place: Place, store: SqlStore) -> None:
    await tell(store, *[Event("desk.paused", LATE, "desk", {"text": "x" * 900}) for _ in range(1500)])
    process = await place.start("events", "--follow")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        await process.stdout.readline()
        process.stdout._transport.close()  # type: ignore[attr-defined]
        assert process.stderr is not None
        errors = await process.stderr.read()
        await process.wait()
    assert (process.returncode, errors) == (0, b"")
