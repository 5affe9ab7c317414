"""The relay: retries, pauses, edits, pictures, and people who cannot be reached."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiogram import Bot

from bot.context import App
from bot.delivery import Relay
from bot.delivery.relay import LONGEST_DELAY_S
from bot.sandbox import Sandbox, SandboxClient
from core.bell import OUTBOX
from core.desk import Desk
from core.model.events import Notice, NoticeKind, Priority
from core.model.mt5 import Bar
from core.model.people import Person
from core.trading.approving import reject
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, OnePixel, QuickClock, at_work, eventually, put_alert
from tests.bot.telegram.gate import Gate

BUSY = "Too Many Requests: retry later"


async def texts(people: SandboxClient, person: Person) -> list[str]:
    return [m["text"] for m in await people.messages(person.telegram_id) if m["from_bot"]]


async def idle(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        return await tx.outbox.oldest_waiting() is None


async def test_notices_of_a_person_come_in_order_and_critical_ones_first(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    for number in range(3):
        await put_alert(desk, cast.owner, "note", number=number)
    async with desk.store.write() as tx:
        urgent = Notice(cast.owner.id, NoticeKind.ALERT, "urgent", Priority.CRITICAL)
        await tx.outbox.put([urgent], desk.clock.now())
    async with at_work(relay):
        await people.wait_for(cast.owner.telegram_id, "number: 2")
    order = [text.split("\n")[-1] for text in await texts(people, cast.owner)]
    assert order == ["🔔 urgent", "number: 0", "number: 1", "number: 2"]
    assert relay.counts == {"delivered": 4}


async def test_a_blocked_person_is_marked_and_not_tried_again(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    await people.block(cast.tara.telegram_id)
    async with at_work(relay):
        await put_alert(desk, cast.tara, "first")
        await eventually(lambda: idle(desk), True)
        await put_alert(desk, cast.tara, "second")
        await put_alert(desk, cast.tom, "third")
        await people.wait_for(cast.tom.telegram_id, "third")
        await eventually(lambda: idle(desk), True)
    async with desk.store.read() as tx:
        tara = await tx.people.get(cast.tara.id)
    assert tara is not None
    assert not tara.reachable
    tried = [call for call in await people.calls("sendMessage") if not call["ok"]]
    assert len(tried) == 1


async def test_a_429_pauses_everyone_and_loses_nothing(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    await people.fault("sendMessage", 429, description=BUSY, retry_after=3)
    before = desk.clock.monotonic()
    async with at_work(relay):
        for person in (cast.owner, cast.tara, cast.tom):
            await put_alert(desk, person, "note")
        for person in (cast.owner, cast.tara, cast.tom):
            await people.wait_for(person.telegram_id, "note")
    assert desk.clock.monotonic() - before >= 3
    assert relay.counts == {"delivered": 3}
    refused = [call for call in await people.calls("sendMessage") if not call["ok"]]
    assert len(refused) == 1


async def test_a_long_pause_leaves_the_notice_in_the_outbox(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    await people.fault("sendMessage", 429, description=BUSY, retry_after=60)
    before = desk.clock.monotonic()
    async with at_work(relay):
        await put_alert(desk, cast.tara, "put off")
        await eventually(lambda: _counted(relay, "put_off"), 1)
        await put_alert(desk, cast.tom, "waits as well")
        await people.wait_for(cast.tom.telegram_id, "waits as well")
        assert desk.clock.monotonic() - before >= 60
        await people.wait_for(cast.tara.telegram_id, "put off")


async def _counted(relay: Relay, what: str) -> int:
    return relay.counts[what]


@pytest.mark.parametrize("code", [500, 502])
async def test_a_failing_server_is_tried_again_later(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, clock: QuickClock, code: int
) -> None:
    await people.fault("sendMessage", code, description="Internal Server Error", times=2)
    async with at_work(relay):
        await put_alert(desk, cast.tara, "note")
        for failures in (1, 2):
            await eventually(lambda: _counted(relay, "put_off"), failures)
            clock.skipped_s += LONGEST_DELAY_S
            desk.bell.ring(OUTBOX)
        await people.wait_for(cast.tara.telegram_id, "note")
    assert relay.counts == {"put_off": 2, "delivered": 1}


async def test_what_telegram_refuses_is_given_up_and_holds_nobody_up(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    await people.fault("sendMessage", 400, description="Bad Request: no good", matching="first")
    async with at_work(relay):
        await put_alert(desk, cast.tara, "first")
        await put_alert(desk, cast.tara, "second")
        await people.wait_for(cast.tara.telegram_id, "second")
    assert relay.counts == {"given_up": 1, "delivered": 1}


async def test_a_notice_that_cannot_be_rendered_holds_nobody_up(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    async with desk.store.write() as tx:
        broken = Notice(cast.tara.id, NoticeKind.CARD, "not a uuid", Priority.CRITICAL)
        await tx.outbox.put([broken], desk.clock.now())
    async with at_work(relay):
        await put_alert(desk, cast.tara, "second")
        await people.wait_for(cast.tara.telegram_id, "second")
    assert relay.counts["put_off"] >= 1


async def test_a_card_that_is_gone_from_the_chat_is_sent_anew(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, send_signal: SendSignal, sandbox: Sandbox
) -> None:
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        card = await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
        sandbox.world.remove(sandbox.world.chats[cast.tara.telegram_id].messages[card["message_id"]])
        await reject(desk, approval.id, approval.version, cast.tara, "no")
        anew = await people.wait_for(cast.tara.telegram_id, "Rejected: no", after=card["message_id"])
    assert anew["buttons"] == []


async def test_an_edit_that_changes_nothing_is_a_success(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, send_signal: SendSignal
) -> None:
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
        await eventually(lambda: idle(desk), True)
        async with desk.store.write() as tx:
            again = Notice(cast.tara.id, NoticeKind.CARD, str(approval.id), Priority.CARD)
            await tx.outbox.put([again], desk.clock.now())
        desk.bell.ring(OUTBOX)
        await eventually(lambda: _counted(relay, "delivered"), 2)
    assert relay.counts["given_up"] == 0


async def test_a_decision_during_the_delivery_is_shown_in_the_end(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, send_signal: SendSignal, bot: Bot
) -> None:
    """The card is on its way, rendered open, when it is decided: the notice of the decision must survive."""
    gate = Gate(bot)
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        await gate.waiting.wait()
        await reject(desk, approval.id, approval.version, cast.tara, "no")
        gate.open.set()
        await people.wait_for(cast.tara.telegram_id, "Rejected: no")
        await eventually(lambda: idle(desk), True)
    assert len([text for text in await texts(people, cast.tara) if "BUY EURUSD" in text]) == 1


async def test_cancelled_the_relay_ends_what_is_under_way(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, bot: Bot
) -> None:
    """A message sent without being noted would come again after the restart."""
    gate = Gate(bot)
    task = asyncio.create_task(relay.run())
    await put_alert(desk, cast.tara, "note")
    await gate.waiting.wait()
    task.cancel()
    asyncio.get_running_loop().call_soon(gate.open.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert relay.counts == {"delivered": 1}
    assert await idle(desk)


async def test_nothing_is_delivered_twice_under_load(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    everyone = (cast.owner, cast.admin, cast.tara, cast.tom)
    async with at_work(relay):
        for number in range(10):
            for person in everyone:
                await put_alert(desk, person, f"note {number}")
        await eventually(lambda: idle(desk), True)
    for person in everyone:
        assert await texts(people, person) == [f"🔔 note {number}" for number in range(10)]


async def test_flush_delivers_what_is_due(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay
) -> None:
    for person in (cast.owner, cast.tara, cast.tom):
        await put_alert(desk, person, "note")
    assert not await idle(desk)
    assert await relay.flush(5)
    assert relay.counts == {"delivered": 3}
    assert await idle(desk)


async def test_flush_gives_up_in_time(people: SandboxClient, cast: Cast, desk: Desk, relay: Relay) -> None:
    await people.fault("sendMessage", 500, delay_s=5)
    await put_alert(desk, cast.tara, "note")
    assert not await relay.flush(0.05)


class TestPictures:
    """One upload of a signal's chart, whoever gets it."""

    @pytest.fixture(autouse=True)
    def bars(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The chart needs no terminal here; tests of trading draw it from one."""

        async def drawn(app: App, *_: object) -> bytes:
            bar = Bar(datetime(2026, 11, 20, tzinfo=UTC), 1, 1, 1, 1, 1)
            return await app.charts.candles([bar], "EURUSD", {"Entry": Decimal(1)}, 5)

        monkeypatch.setattr("bot.delivery.cards.signal_chart", drawn)

    async def test_it_is_uploaded_once_and_the_card_is_edited_below_it(
        self,
        people: SandboxClient,
        cast: Cast,
        desk: Desk,
        relay: Relay,
        send_signal: SendSignal,
        charts: OnePixel,
    ) -> None:
        async with at_work(relay):
            approval, _ = await send_signal(cast.tara, cast.tom)
            first = await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
            second = await people.wait_for(cast.tom.telegram_id, "BUY EURUSD")
            await reject(desk, approval.id, approval.version, cast.tara, "no")
            edited = await people.wait_for(cast.tara.telegram_id, "Rejected: no")
        assert first["photo_url"] == second["photo_url"] == edited["photo_url"] is not None
        assert edited["message_id"] == first["message_id"]
        assert len(charts.drawn) == 1

    async def test_a_file_id_that_telegram_does_not_know_is_replaced(
        self,
        people: SandboxClient,
        cast: Cast,
        desk: Desk,
        relay: Relay,
        send_signal: SendSignal,
    ) -> None:
        [approval] = await send_signal(cast.tara)
        key = f"signal:{approval.signal_id}:M5"
        async with desk.store.write() as tx:
            await tx.outbox.remember_file(key, "of-another-bot", desk.clock.now())
        async with at_work(relay):
            card = await people.wait_for(cast.tara.telegram_id, "BUY EURUSD")
        assert card["photo_url"]
        async with desk.store.read() as tx:
            assert await tx.outbox.file_id(key) != "of-another-bot"
