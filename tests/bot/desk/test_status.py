"""The live status: one pinned message per person, edited when it changes, replaced when asked for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from aiogram import Bot
from cryptography.fernet import Fernet

from bot.delivery import Relay
from bot.delivery.live import following_status
from bot.sandbox import Sandbox, SandboxClient
from bot.views.status import _mark, status
from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account, TerminalKind
from core.model.events import Event, Json
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Role
from core.model.risk import (
    DESK,
    DrawdownState,
    Liquidation,
    LiquidationState,
    Lock,
    LockKind,
    Place,
)
from core.model.trades import IntentState
from core.ports import Store
from core.risk.locks import lock as lock_place
from core.status import AccountStatus, Status
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast, eventually, join

pytestmark = pytest.mark.usefixtures("running")


async def pinned(people: SandboxClient, person: Person) -> list[int]:
    found: list[int] = (await people.transcript(person.telegram_id))["pinned"]
    return found


async def asked(people: SandboxClient, person: Person) -> int:
    """The status that was sent after a /status, once it is pinned."""
    said = await people.say(person.telegram_id, "/status")
    message = await people.wait_for(person.telegram_id, "Trading is on", after=said["message_id"])
    number: int = message["message_id"]
    await eventually(lambda: pinned(people, person), [number])
    return number


async def told(people: SandboxClient, person: Person) -> list[dict[str, Any]]:
    """What the desk has said that is still there, oldest first, without what the chat itself tells."""
    return [m for m in await people.messages(person.telegram_id) if m["from_bot"] and not m["service"]]


async def idle(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        return await tx.outbox.oldest_waiting() is None


async def pause(desk: Desk, reason: str) -> None:
    """Without an alert, which would be a message of its own."""
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, DESK, f"The desk is paused: {reason}", desk.clock.now(), None)


async def lock(desk: Desk, place: Place, reason: str) -> None:
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.OWNER, place, reason, desk.clock.now(), None)


async def refreshed(relay: Relay, desk: Desk) -> None:
    await relay.live.refresh()
    await eventually(lambda: idle(desk), True)


async def test_it_is_edited_when_it_changes_and_only_then(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    number = await asked(people, cast.owner)
    await refreshed(relay, desk)
    assert await people.calls("editMessageText") == []
    account = cast.account_of(cast.tara)
    desk.board.guarded(account.id, desk.clock.now(), Decimal("12344.56"))
    await refreshed(relay, desk)
    desk.board.guarded(account.id, desk.clock.now(), Decimal("12336.10"))
    await refreshed(relay, desk)
    assert len(await people.calls("editMessageText")) == 1, "12,340 as before"
    await pause(desk, "news at 14")
    await refreshed(relay, desk)
    text = (await told(people, cast.owner))[-1]
    assert (text["message_id"], "news at 14" in text["text"]) == (number, True)
    assert "Equity about 12,340" in text["text"]


async def test_a_second_one_takes_the_place_of_the_first(people: SandboxClient, cast: Cast) -> None:
    first = await asked(people, cast.tara)
    second = await asked(people, cast.tara)
    assert first != second
    shown = [m["message_id"] for m in await told(people, cast.tara)]
    assert shown == [second]


async def test_one_that_a_person_deleted_does_not_come_back_by_itself(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk, bot: Bot
) -> None:
    number = await asked(people, cast.tara)
    await bot.delete_message(cast.tara.telegram_id, number)
    await pause(desk, "news")
    await refreshed(relay, desk)
    await refreshed(relay, desk)
    assert await told(people, cast.tara) == []
    async with desk.store.read() as tx:
        assert await tx.outbox.oldest_waiting() is None


async def test_after_a_restart_the_same_message_goes_on(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    number = await asked(people, cast.tara)
    relay.live._shown.clear()
    await refreshed(relay, desk)
    await pause(desk, "news")
    await refreshed(relay, desk)
    last = (await told(people, cast.tara))[-1]
    assert (last["message_id"], "news" in last["text"]) == (number, True)


async def test_who_has_blocked_the_bot_is_left_alone(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    await asked(people, cast.tara)
    await people.block(cast.tara.telegram_id)
    for reason in ("first", "second"):
        await pause(desk, reason)
        await refreshed(relay, desk)
    assert len(await people.calls("editMessageText")) <= 1, "none once it is known"
    async with desk.store.read() as tx:
        tara = await tx.people.get(cast.tara.id)
    assert tara is not None
    assert not tara.reachable


async def test_two_taps_on_status_at_once_leave_one_pinned_message(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await asyncio.gather(*(people.say(cast.owner.telegram_id, "/status") for _ in range(3)))
    await people.wait_for(cast.owner.telegram_id, "Trading is on")
    await eventually(lambda: idle(desk), True)
    [shown] = [m["message_id"] for m in await told(people, cast.owner)]
    await eventually(lambda: pinned(people, cast.owner), [shown])


async def test_each_owner_has_one_of_their_own(
    people: SandboxClient, sandbox: Sandbox, store: Store, cast: Cast, relay: Relay, desk: Desk
) -> None:
    oscar = await join(store, sandbox.world, "Oscar", Role.OWNER)
    numbers = {person: await asked(people, person) for person in (cast.owner, oscar)}
    await pause(desk, "news at 14")
    await refreshed(relay, desk)
    for person, number in numbers.items():
        last = (await told(people, person))[-1]
        assert (last["message_id"], "news at 14" in last["text"]) == (number, True)
    assert len(await people.calls("editMessageText")) == 2


async def test_one_that_a_person_unpinned_lives_on_where_it_is(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk, bot: Bot
) -> None:
    number = await asked(people, cast.tara)
    await bot.unpin_chat_message(cast.tara.telegram_id, message_id=number)
    await pause(desk, "news")
    await refreshed(relay, desk)
    last = (await told(people, cast.tara))[-1]
    assert (last["message_id"], "news" in last["text"]) == (number, True)
    assert await pinned(people, cast.tara) == [], "what a person unpinned stays so"


async def test_a_chat_that_takes_no_pin_has_a_status_that_lives(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    await people.fault("pinChatMessage", 400, description="Bad Request: not enough rights to pin a message")
    await people.say(cast.tara.telegram_id, "/status")
    number = (await people.wait_for(cast.tara.telegram_id, "Trading is on"))["message_id"]
    await eventually(lambda: idle(desk), True)
    await pause(desk, "news")
    await refreshed(relay, desk)
    last = (await told(people, cast.tara))[-1]
    assert (last["message_id"], "news" in last["text"]) == (number, True)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (400, "Bad Request: message is not modified"),
        (429, "Too Many Requests"),
        (500, "Internal Server Error"),
    ],
)
async def test_an_edit_that_is_refused_takes_no_message_away(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk, code: int, refusal: str
) -> None:
    number = await asked(people, cast.tara)
    wait = {"retry_after": 1} if code == 429 else {}
    await people.fault("editMessageText", code, description=refusal, **wait)
    await pause(desk, "first")
    await relay.live.refresh()
    await eventually(lambda: edits(people), 1)
    await desk.clock.sleep(60)
    await eventually(lambda: idle(desk), True)
    async with desk.store.write() as tx:
        await tx.locks.release(LockKind.PAUSE, DESK, desk.clock.now(), None)
    await pause(desk, "second")
    await refreshed(relay, desk)
    shown = await told(people, cast.tara)
    assert [m["message_id"] for m in shown] == [number]
    assert "second" in shown[0]["text"]


async def edits(people: SandboxClient) -> int:
    return min(len(await people.calls("editMessageText")), 1)


async def test_the_first_line_names_who_wants_a_look(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    """It is all that the bar of a pinned message shows."""
    number = await asked(people, cast.owner)
    await lock(desk, Place(cast.account_of(cast.tom).id), "Tom's paper is locked: his holiday")
    await lock(desk, Place(instrument="EURUSD"), "EURUSD is locked: NFP")
    desk.board.failed(cast.account_of(cast.tara).id, "The terminal does not answer.")
    await refreshed(relay, desk)
    seen = next(m for m in await people.messages(cast.owner.telegram_id) if m["message_id"] == number)
    assert seen["text"].splitlines()[0] == "▶️ Trading is on · 🔌 Tara's paper · 🔒 Tom's paper"
    assert seen["text"].splitlines()[1] == "🔒 EURUSD is locked: NFP."
    assert "🔒 Tom's paper is locked: his holiday." in seen["text"]


async def test_a_pause_of_another_account_is_none_of_the_traders(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk
) -> None:
    await asked(people, cast.tara)
    async with desk.store.write() as tx:
        place = Place(cast.account_of(cast.tom).id)
        await tx.locks.set(LockKind.PAUSE, place, "Tom's paper is paused", desk.clock.now(), None)
    await refreshed(relay, desk)
    assert await people.calls("editMessageText") == []


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (LiquidationState.COUNTING, "🚨 Everything will be closed"),
        (LiquidationState.HELD, "✋ Closing is held"),
        (LiquidationState.STUCK, "🆘 Closing does not succeed"),
    ],
)
async def test_an_account_that_is_being_closed_is_named_first(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk, state: LiquidationState, title: str
) -> None:
    number, now = await asked(people, cast.owner), desk.clock.now()
    async with desk.store.write() as tx:
        await tx.liquidations.start(cast.account_of(cast.tara).id, state, "drawdown 20 %", now, now)
    await refreshed(relay, desk)
    seen = next(m for m in await people.messages(cast.owner.telegram_id) if m["message_id"] == number)
    assert seen["text"].splitlines()[0] == f"▶️ Trading is on · {title[0]} Tara's paper"
    assert f"\n{title}\n" in seen["text"]


class TestAtOnce:
    """The statuses look by themselves once an hour only."""

    @pytest.fixture
    async def store(self, database_url: str) -> AsyncIterator[SqlStore]:
        opened = SqlStore(connect(database_url), Vault([Fernet.generate_key().decode()]), observers=[])
        yield opened
        await opened.aclose()

    @pytest.fixture(autouse=True)
    async def following(
        self, store: SqlStore, desk: Desk, relay: Relay, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[None]:
        monkeypatch.setattr("bot.delivery.live.REFRESH_S", 3_600.0)
        assert isinstance(store.observers, list)
        store.observers.append(following_status(desk.bell))
        keeping = asyncio.create_task(relay.live.keep())
        yield
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

    async def test_a_lock_is_shown_when_it_is_set(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        await asked(people, cast.tara)
        await lock_place(desk, cast.admin, Place(cast.account_of(cast.tara).id), "her holiday")
        await people.wait_for(cast.tara.telegram_id, "Trading is on · 🔒 Tara's paper")

    async def test_a_liquidation_is_shown_when_it_begins(
        self, people: SandboxClient, cast: Cast, desk: Desk
    ) -> None:
        await asked(people, cast.tara)
        account, now = cast.account_of(cast.tara).id, desk.clock.now()
        data: Json = {"reason": "drawdown 20 %", "fires_at": now.isoformat()}
        async with desk.store.write() as tx:
            await tx.liquidations.start(account, LiquidationState.COUNTING, "drawdown 20 %", now, now)
            await tx.events.append(Event("liquidation.counting", now, str(account), data, account))
        await people.wait_for(cast.tara.telegram_id, "🚨 Everything will be closed")


# The view

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
AGO = NOW - timedelta(minutes=3)


def an_account(label: str) -> Account:
    return Account(AccountId(UUID(int=1)), PersonId(UUID(int=2)), label, TerminalKind.MT5, "", 1, "Broker")


def seen(label: str, trader: str, last: LastSeen) -> AccountStatus:
    state = DrawdownState(AccountId(UUID(int=1)), Decimal(10_000), Decimal(8_190), NOW, Decimal(1), NOW)
    return AccountStatus(an_account(label), trader, None, last, state, 0, ())


WELL = seen("Tara live", "Tara", LastSeen(read_at=NOW, guarded_at=NOW, equity=Decimal("12345.67")))
LATE = LastSeen(
    read_at=AGO, guarded_at=AGO, equity=Decimal("7591.2"), positions=3, matched=1, error="It is silent."
)
CLOSING = Liquidation(5, AccountId(UUID(int=1)), LiquidationState.COUNTING, "drawdown", NOW, NOW)
ILL = replace(
    seen("Tom & <Co> " + "W" * 60, "Tom", LATE),
    liquidation=CLOSING,
    divergences=2,
    locks=(Lock(1, LockKind.DRAWDOWN, AccountId(UUID(int=1)), "drawdown 20.4 % reached the limit", AGO),),
)
LOCKED = replace(WELL, account=an_account("Lea paper"), trader="Lea", locks=ILL.locks)
DESK_SEEN = Status(
    at=NOW,
    accounts=(),
    pending_approvals=2,
    intents={IntentState.NEW: 1, IntentState.UNKNOWN: 1},
    outbox_oldest=AGO,
    outbox_waiting={},
    locks=(Lock(2, LockKind.OWNER, None, "EURUSD is locked by Olga: NFP", AGO, instrument="EURUSD"),),
    divergences=Counter(),
)


def test_a_status_in_every_language() -> None:
    accounts = [WELL, ILL, *[replace(LOCKED, liquidation=None)] * 2]
    check_shown("status", lambda words: status(DESK_SEEN, accounts, words, desk_wide=True))
    calm = replace(DESK_SEEN, locks=(), intents={}, outbox_oldest=None, pending_approvals=1)
    check_shown("status-calm", lambda words: status(calm, [WELL], words, desk_wide=False))
    check_shown("status-none", lambda words: status(calm, [], words, desk_wide=True))


def test_forty_accounts_in_the_worst_state_fit_into_a_message() -> None:
    worst = replace(ILL, trader="<&>" * 99, locks=ILL.locks, last=replace(LATE, error="<&>" * 99))
    check_shown("status-longest", lambda words: status(DESK_SEEN, [worst] * 40, words, desk_wide=True))


@pytest.mark.parametrize("state", LiquidationState)
def test_each_state_of_a_liquidation_has_its_words(state: LiquidationState) -> None:
    one = replace(ILL, liquidation=replace(CLOSING, state=state))
    for words in READERS:
        first, *_ = status(DESK_SEEN, [one], words, desk_wide=False).text.splitlines()
        assert f"{_mark(one)} Tom" in first
