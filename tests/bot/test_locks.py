"""/locks, /lock, /unlock, /pause and /resume: what each does, and who may."""

from datetime import timedelta

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Source
from core.model.people import Person
from core.model.risk import DESK, Lock, LockKind, Place
from core.risk.locks import end_overdue, lock
from tests.bot.stage import Cast, QuickClock

pytestmark = pytest.mark.usefixtures("running", "source")

MINE = "Tara's paper"


async def ask(people: SandboxClient, person: Person, text: str, answer: str) -> str:
    said = await people.say(person.telegram_id, text)
    shown = await people.wait_for(person.telegram_id, answer, after=said["message_id"])
    return str(shown["text"])


async def active(desk: Desk) -> list[Lock]:
    async with desk.store.read() as tx:
        return list(await tx.locks.active())


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("EURUSD", "EURUSD"),
        ("source MOMENTUM", "Source momentum"),
        ("tara's paper", MINE),
        ("desk", "The desk"),
    ],
)
async def test_a_lock_is_set_listed_and_released_by_its_name(
    people: SandboxClient, cast: Cast, desk: Desk, name: str, called: str
) -> None:
    await ask(people, cast.owner, f"/lock {name} 2h NFP", f"{called} is locked until")
    [held] = await active(desk)
    assert held.kind is LockKind.OWNER
    assert held.until is not None
    assert timedelta(0) < held.until - held.set_at <= timedelta(hours=2)
    await ask(people, cast.tara, "/locks", f"{called} is locked by Olga: NFP")
    await ask(people, cast.admin, f"/unlock {name}", "Only an owner can release this")
    assert await active(desk) == [held]
    await ask(people, cast.owner, f"/unlock {name}", f"{called} is unlocked")
    assert await active(desk) == []
    await ask(people, cast.owner, "/locks", "Nothing is locked or paused")


async def test_an_admins_lock_is_released_by_a_tap(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await ask(people, cast.admin, "/lock EURUSD wild market", "until released")
    await ask(people, cast.tara, "/locks", "wild market")
    [*_, seen] = await people.messages(cast.tara.telegram_id)
    assert seen["buttons"] == []
    await ask(people, cast.admin, "/locks", "wild market")
    await people.tap(cast.admin.telegram_id, "Unlock EURUSD")
    await people.wait_for(cast.admin.telegram_id, "EURUSD is unlocked; new trades")
    assert await active(desk) == []


async def test_a_traders_list_has_nothing_of_others(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await lock(desk, cast.owner, Place(cast.account_of(cast.tom).id), "of Tom")
    await ask(people, cast.tara, "/locks", "Nothing is locked or paused")
    await ask(people, cast.tom, "/locks", "of Tom")


@pytest.mark.parametrize("name", ["EURUSB", "source moment", "nobody"])
async def test_an_unknown_name_is_answered_with_candidates(
    people: SandboxClient, cast: Cast, desk: Desk, name: str
) -> None:
    told = await ask(people, cast.owner, f"/lock {name} 2h NFP", "Nothing here is called")
    assert {"EURUSB": "instrument EURUSD", "source moment": "source momentum", "nobody": "desk"}[name] in told
    assert await active(desk) == []


@pytest.mark.parametrize("text", ["/lock", "/lock EURUSD", "/lock EURUSD 2h", "/lock EURUSD 0m NFP"])
async def test_a_lock_without_reason_or_time_is_none(
    people: SandboxClient, cast: Cast, desk: Desk, text: str
) -> None:
    await ask(people, cast.owner, text, "A lock lasts" if "0m" in text else "/lock EURUSD 2h NFP")
    assert await active(desk) == []


async def test_pause_and_resume_of_a_source_and_an_account(
    people: SandboxClient, cast: Cast, desk: Desk, source: Source
) -> None:
    await ask(people, cast.admin, "/pause source momentum holiday", "Source momentum is paused")
    await ask(people, cast.admin, f"/pause account {MINE}", f"{MINE} is paused")
    await people.wait_for(cast.tara.telegram_id, f"{MINE} is paused by Adam")
    account = cast.account_of(cast.tara)
    assert [one.place for one in await active(desk)] == [Place(source_id=source.id), Place(account.id)]
    await ask(people, cast.admin, "/resume", "The desk is not paused")
    await ask(people, cast.admin, "/resume source momentum", "trading goes on")
    await ask(people, cast.admin, f"/resume account {MINE}", "trading goes on")
    assert await active(desk) == []


@pytest.mark.parametrize("text", ["/lock desk mine now", "/unlock desk", "/pause", "/resume"])
async def test_a_trader_changes_no_lock(people: SandboxClient, cast: Cast, desk: Desk, text: str) -> None:
    await lock(desk, cast.owner, DESK, "closed")
    before = await active(desk)
    said = await people.say(cast.tara.telegram_id, text)
    await people.wait_for(cast.tara.telegram_id, "not for", after=said["message_id"])
    assert await active(desk) == before


async def test_a_lock_whose_time_is_over_is_released_and_told(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    await lock(desk, cast.owner, DESK, "NFP", desk.clock.now() + timedelta(hours=2))
    assert await end_overdue(desk) == 0
    clock.skipped_s += 7_201
    assert await end_overdue(desk) == 1
    assert await active(desk) == []
    await people.wait_for(cast.owner.telegram_id, "The time of a lock is over: The desk is locked by Olga")
