"""An hour without Telegram: nothing is lost, and what comes after it comes in its order."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot.delivery import Relay
from bot.delivery.messenger import Messenger, Shown
from bot.delivery.outage import SUSPECTED_AFTER
from bot.sandbox import SandboxClient
from bot.sandbox.model import Json
from core.bell import OUTBOX
from core.desk import Desk
from core.model.events import Notice, NoticeKind, Priority
from core.model.people import Person
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, QuickClock, at_work, eventually, put_alert

HOUR_S = 3600


@contextmanager
def unreachable(bot: Bot) -> Iterator[None]:
    """No connection comes about."""
    there = bot.session.api
    bot.session.api = TelegramAPIServer.from_base("http://127.0.0.1:1")
    try:
        yield
    finally:
        bot.session.api = there


async def an_hour_passes(clock: QuickClock) -> None:
    """Nobody sleeps here: what the relay would wait between its tries is skipped."""
    began = clock.skipped_s

    async def passed() -> bool:
        return clock.skipped_s - began >= HOUR_S

    await eventually(passed, True, within_s=30)


async def a_minute_passes(desk: Desk, clock: QuickClock) -> None:
    clock.skipped_s += 60
    desk.bell.ring(OUTBOX)


async def nothing_waits(desk: Desk) -> None:
    async def waiting() -> object:
        async with desk.store.read() as tx:
            return await tx.outbox.oldest_waiting()

    await eventually(waiting, None)


def counting(relay: Relay, what: str) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        return relay.counts[what]

    return count


async def put_urgent(desk: Desk, person: Person) -> None:
    async with desk.store.write() as tx:
        urgent = Notice(person.id, NoticeKind.ALERT, "urgent", Priority.CRITICAL)
        await tx.outbox.put([urgent], desk.clock.now())
    desk.bell.ring(OUTBOX)


def notes(messages: list[Json]) -> list[str]:
    """What each alert tells of, in the order in which they came."""
    told = [message["text"].split("\n") for message in messages if message["from_bot"]]
    return [line for lines in told for line in lines if line.startswith(("number:", "🔔 urgent"))]


async def test_after_an_hour_without_a_connection_everything_comes_in_its_order(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock, bot: Bot
) -> None:
    async with at_work(relay):
        with unreachable(bot):
            for number in range(3):
                await put_alert(desk, cast.tara, "note", number=number)
            await an_hour_passes(clock)
            await put_urgent(desk, cast.tara)
            await put_alert(desk, cast.tara, "note", number=3)
        await nothing_waits(desk)
    came = notes(await people.messages(cast.tara.telegram_id))
    assert came == ["🔔 urgent", *(f"number: {number}" for number in range(4))]
    assert (relay.counts["given_up"], relay.counts["in_doubt"]) == (0, 0)


@pytest.mark.parametrize("performed", [True, False])
async def test_nothing_is_given_up_while_there_are_no_answers(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock, *, performed: bool
) -> None:
    await people.cut("sendMessage", performed=performed, times=10)
    async with at_work(relay):
        await put_urgent(desk, cast.tara)
        for doubts in range(1, 11):
            await eventually(counting(relay, "in_doubt"), doubts)
            await a_minute_passes(desk, clock)
        await eventually(counting(relay, "delivered"), 1)
    told = [message["text"] for message in await people.messages(cast.tara.telegram_id)]
    assert len(told) == (11 if performed else 1)
    assert "This may have come before" in told[-1]
    assert relay.counts["given_up"] == 0


async def test_in_an_outage_no_notice_is_tried(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    """It would be tried in doubt, and lanes that wait for a dead network are not there when it is back."""
    await people.fault("*", 502, times=10_000)
    async with at_work(relay):
        for person in (cast.owner, cast.tara, cast.tom):
            await put_alert(desk, person, "note")
        await an_hour_passes(clock)
        assert len(await people.calls("sendMessage")) == SUSPECTED_AFTER
        await people.clear_faults()
        await nothing_waits(desk)
    assert relay.counts["delivered"] == 3


async def test_one_notice_without_an_answer_is_no_outage(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock
) -> None:
    """What a network swallows because it is large must not be tried again and again before the others."""
    await people.cut("sendMessage", performed=False, matching="large", times=10_000)
    async with at_work(relay):
        await put_alert(desk, cast.tara, "large")
        for doubts in range(1, SUSPECTED_AFTER + 1):
            await eventually(counting(relay, "in_doubt"), doubts)
            await a_minute_passes(desk, clock)
        await put_alert(desk, cast.tara, "small")
        await people.wait_for(cast.tara.telegram_id, "small")


async def test_a_card_whose_time_has_passed_meanwhile_is_over(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    bot: Bot,
    send_signal: SendSignal,
) -> None:
    """Nothing looks after expiry in this test: the card itself tells it."""
    async with at_work(relay):
        with unreachable(bot):
            await send_signal(cast.tara)
            await an_hour_passes(clock)
        card = await people.wait_for(cast.tara.telegram_id, "EURUSD")
    assert "Expired" in card["text"]
    assert card["buttons"] == []


async def test_tries_without_an_answer_leave_no_fault_less_to_be_forgiven(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A database that is busy for a moment must not end what has waited for Telegram for long."""
    await people.cut("sendMessage", performed=False, times=9)
    show, fails = Messenger.show, iter([OSError("the database is busy")])

    async def at_first_not(*args: Any) -> Shown | None:
        for fault in fails:
            raise fault
        return await show(*args)

    async with at_work(relay):
        await put_urgent(desk, cast.tara)
        for tries in range(1, 10):
            await eventually(counting(relay, "in_doubt"), tries)
            if tries == 9:
                monkeypatch.setattr(Messenger, "show", at_first_not)
            await a_minute_passes(desk, clock)
        await eventually(counting(relay, "put_off"), 10)
        await a_minute_passes(desk, clock)
        await eventually(counting(relay, "delivered"), 1)
    assert relay.counts["given_up"] == 0
