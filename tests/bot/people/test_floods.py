"""What outsiders can do as often as they like: it takes no turn of those who trade, and no fault of ours."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.buttons.people import AskToJoinTap
from bot.context import App
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import DeskDispatcher, make_dispatcher
from bot.words import Words
from core.desk import Desk
from core.people.roles import block
from core.ports import Store, Tx
from storage.store import SqlStore
from tests.bot.stage import Cast, eventually

ENGLISH = Words()
Handled = Callable[[], Awaitable[None]]
Logs = list[MutableMapping[str, Any]]


@pytest.fixture
def dispatcher(app: App) -> DeskDispatcher:
    return make_dispatcher(replace(app, join_requests=True, support="Write to <Olga> & co."))


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One for each transaction that may write, since the list was cleared."""
    counted: list[None] = []
    write = SqlStore.write

    @asynccontextmanager
    async def counting(store: SqlStore) -> AsyncIterator[Tx]:
        counted.append(None)
        async with write(store) as tx:
            yield tx

    monkeypatch.setattr(SqlStore, "write", counting)
    return counted


async def nothing_on_its_way(store: Store) -> None:
    async def waiting() -> object:
        async with store.read() as tx:
            return await tx.outbox.oldest_waiting()

    await eventually(waiting, None)


@pytest.mark.parametrize("said", ["hello?", "/status", "/start", "/start abcdefghijklmnopqrstuvwxyz012345"])
async def test_what_a_stranger_says_again_writes_nothing(
    people: SandboxClient,
    cast: Cast,
    store: Store,
    writes: list[None],
    all_handled: Handled,
    said: str,
) -> None:
    sam = await people.add_user("Sam")
    await people.say(sam, said)
    await people.wait_for(cast.owner.telegram_id, "stranger")
    await all_handled()
    await nothing_on_its_way(store)
    writes.clear()
    for _ in range(3):
        await people.say(sam, said)
        await people.tap_stale(sam, "panic:1:1", 1)
    await all_handled()
    assert writes == []


async def test_asking_again_writes_nothing(
    people: SandboxClient, cast: Cast, store: Store, writes: list[None], all_handled: Handled
) -> None:
    sam = await people.add_user("Sam")
    await people.say(sam, "/start")
    await people.wait_for(sam, "Write to <Olga> & co.")
    for _ in range(2):
        await people.tap_stale(sam, AskToJoinTap().pack(), 1)
        await people.wait_for_answer(sam, ENGLISH.label("join-sent"))
        await people.wait_for(cast.admin.telegram_id, "asks to join")
        await all_handled()
        await nothing_on_its_way(store)
        writes.clear()
    await people.wait_for_answer(sam, ENGLISH.label("join-waits"))


async def test_what_who_is_blocked_says_again_writes_nothing(
    people: SandboxClient, cast: Cast, desk: Desk, writes: list[None], all_handled: Handled
) -> None:
    await block(desk, cast.owner, cast.tara.id)
    await people.say(cast.tara.telegram_id, "hello?")
    await people.wait_for(cast.tara.telegram_id, ENGLISH.label("reply-blocked"))
    await nothing_on_its_way(desk.store)
    writes.clear()
    for _ in range(3):
        await people.say(cast.tara.telegram_id, "/status")
    await all_handled()
    assert writes == []


@pytest.mark.parametrize("whose", ["p" + "é" * 22, "a" + "٣" * 22])
async def test_a_forged_button_of_the_audit_is_no_fault_of_ours(
    people: SandboxClient, cast: Cast, all_handled: Handled, logs: Logs, whose: str
) -> None:
    await people.tap_stale(cast.admin.telegram_id, f"au:w:0::{whose}", 1)
    await people.wait_for_answer(cast.admin.telegram_id)
    await all_handled()
    assert [line for line in logs if line["event"] == "handler.failed"] == []
