"""The live status: one pinned message per person, edited when it changes, replaced when asked for."""

from decimal import Decimal

import pytest
from aiogram import Bot

from bot.delivery import Relay
from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.people import Person
from core.model.risk import DESK, LockKind
from tests.bot.stage import Cast, eventually

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


async def idle(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        return await tx.outbox.oldest_waiting() is None


async def pause(desk: Desk, reason: str) -> None:
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.PAUSE, DESK, reason, desk.clock.now(), None)


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
    text = (await people.messages(cast.owner.telegram_id))[-1]
    assert (text["message_id"], "news at 14" in text["text"]) == (number, True)
    assert "equity about 12,340" in text["text"]


async def test_a_second_one_takes_the_place_of_the_first(people: SandboxClient, cast: Cast) -> None:
    first = await asked(people, cast.tara)
    second = await asked(people, cast.tara)
    assert first != second
    shown = [m["message_id"] for m in await people.messages(cast.tara.telegram_id) if m["from_bot"]]
    assert shown == [second]


async def test_one_that_a_person_deleted_does_not_come_back_by_itself(
    people: SandboxClient, cast: Cast, relay: Relay, desk: Desk, bot: Bot
) -> None:
    number = await asked(people, cast.tara)
    await bot.delete_message(cast.tara.telegram_id, number)
    await pause(desk, "news")
    await refreshed(relay, desk)
    await refreshed(relay, desk)
    assert [m for m in await people.messages(cast.tara.telegram_id) if m["from_bot"]] == []
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
    last = (await people.messages(cast.tara.telegram_id))[-1]
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
