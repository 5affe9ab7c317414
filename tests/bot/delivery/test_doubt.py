"""What Telegram does not answer is sent once more and told; old edits are dropped."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from aiogram import Bot

from bot.delivery import Relay
from bot.sandbox import SandboxClient
from core.bell import OUTBOX
from core.desk import Desk
from core.model.events import Notice, NoticeKind, Priority
from core.trading.approving import reject
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, QuickClock, at_work, eventually, put_alert
from tests.bot.telegram.gate import Gate

AGAIN = "This may have come before"


async def counted(relay: Relay, what: str, times: int) -> None:
    async def count() -> int:
        return relay.counts[what]

    await eventually(count, times)


async def later(desk: Desk, clock: QuickClock) -> None:
    clock.skipped_s += 60
    desk.bell.ring(OUTBOX)


@pytest.mark.parametrize("performed", [True, False])
async def test_an_alert_without_an_answer_is_sent_once_more_and_says_so(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    logs: list[MutableMapping[str, Any]],
    *,
    performed: bool,
) -> None:
    await people.cut("sendMessage", performed=performed)
    async with at_work(relay):
        await put_alert(desk, cast.tara, "drawdown_seen")
        await counted(relay, "in_doubt", 1)
        await later(desk, clock)
        await people.wait_for(cast.tara.telegram_id, AGAIN)
        await counted(relay, "delivered", 1)
    told = [m["text"] for m in await people.messages(cast.tara.telegram_id)]
    assert len(told) == (2 if performed else 1)
    [doubt] = [line for line in logs if line["event"] == "notice.in_doubt"]
    assert (doubt["notice"], doubt["again"], isinstance(doubt["id"], int)) == ("drawdown_seen", False, True)


async def test_an_edit_without_an_answer_is_no_doubt(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    send_signal: SendSignal,
) -> None:
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        await people.wait_for(cast.tara.telegram_id, "EURUSD")
        await counted(relay, "delivered", 1)
        await people.cut("editMessageText", performed=False)
        await reject(desk, approval.id, approval.version, cast.tara, "no")
        await counted(relay, "put_off", 1)
        await later(desk, clock)
        await people.wait_for(cast.tara.telegram_id, "Rejected")
    assert relay.counts["in_doubt"] == 0


async def test_an_edit_that_is_superseded_is_never_sent(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, send_signal: SendSignal, bot: Bot
) -> None:
    """While one message to the person is on its way their card changes twice: one edit tells it."""
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        await people.wait_for(cast.tara.telegram_id, "EURUSD")
        await counted(relay, "delivered", 1)
        gate = Gate(bot)
        await put_alert(desk, cast.tara, "drawdown_seen")
        await gate.waiting.wait()
        async with desk.store.write() as tx:
            await tx.approvals.refuse(approval.id, "The price has moved.", desk.clock.now())
        await _refresh(desk, cast, str(approval.id))
        await reject(desk, approval.id, approval.version, cast.tara, "no")
        gate.open.set()
        await people.wait_for(cast.tara.telegram_id, "Rejected")
        await counted(relay, "delivered", 3)
    edits = [call for call in await people.calls() if call["method"].startswith("editMessage")]
    assert len(edits) == 1


async def _refresh(desk: Desk, cast: Cast, subject: str) -> None:
    async with desk.store.write() as tx:
        notice = Notice(cast.tara.id, NoticeKind.CARD, subject, Priority.CARD)
        await tx.outbox.put([notice], desk.clock.now())
    desk.bell.ring(OUTBOX)
