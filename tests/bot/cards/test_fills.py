"""Fills that come when nobody looks: a short answer to the card, as its trader wishes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.delivery import Relay
from bot.sandbox import SandboxClient
from core.alerts.fills import tell_filled
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import Wish
from core.model.approvals import Approval, ApprovalState
from core.model.ids import IntentId
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState
from core.trading.approving import expire_overdue
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast, QuickClock, at_work


def filled(desk: Desk, approval: Approval) -> Intent:
    return Intent(
        IntentId(1),
        approval.account_id,
        IntentKind.OPEN,
        IntentState.FILLED,
        "EURUSD",
        Side.BUY,
        OrderKind.LIMIT,
        Decimal("0.50"),
        created_at=desk.clock.now(),
        expires_at=desk.clock.now(),
        approval_id=approval.id,
        filled_volume=Decimal("0.50"),
        filled_price=Decimal("1.08512"),
    )


async def fill(desk: Desk, cast: Cast, approval: Approval, before: IntentState) -> None:
    async with desk.store.write() as tx:
        account = cast.account_of(cast.tara)
        await tell_filled(tx, desk.clock.now(), account, filled(desk, approval), before)
    desk.bell.ring(OUTBOX)


async def approve(desk: Desk, approval: Approval) -> Approval:
    decided = replace(approval, state=ApprovalState.APPROVED, version=2, decided_at=desk.clock.now())
    async with desk.store.write() as tx:
        assert await tx.approvals.decide(decided, 1)
    return decided


async def test_a_pending_order_that_is_filled_later_answers_its_card(
    people: SandboxClient, cast: Cast, desk: Desk, relay: Relay, send_signal: SendSignal
) -> None:
    async with at_work(relay):
        [approval] = await send_signal(cast.tara)
        card = await people.wait_for(cast.tara.telegram_id, "EURUSD")
        await fill(desk, cast, await approve(desk, approval), IntentState.PLACED)
        told = await people.wait_for(cast.tara.telegram_id, "Order filled")
    assert "buy 0.50 EURUSD at 1.08512" in told["text"]
    assert told["reply_to"] == card["message_id"]
    assert [m for m in await people.messages(cast.owner.telegram_id) if "filled" in m["text"]] == []


@pytest.mark.parametrize("before", [IntentState.SENDING, IntentState.UNKNOWN])
async def test_who_has_just_tapped_sees_it_on_the_card(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    send_signal: SendSignal,
    before: IntentState,
) -> None:
    [approval] = await send_signal(cast.tara)
    await fill(desk, cast, await approve(desk, approval), before)
    async with desk.store.read() as tx:
        waiting = await tx.outbox.due(desk.clock.now(), 9)
    assert [item.notice.subject for item in waiting] == [str(approval.id)]


async def test_a_signal_that_expired_is_told_to_who_asked_for_it(
    people: SandboxClient,
    cast: Cast,
    desk: Desk,
    relay: Relay,
    clock: QuickClock,
    send_signal: SendSignal,
) -> None:
    async with desk.store.write() as tx:
        await tx.preferences.wish(cast.tara.id, "expiry", Wish.ON)
    async with at_work(relay):
        await send_signal(cast.tara, cast.tom)
        await people.wait_for(cast.tom.telegram_id, "EURUSD")
        clock.skipped_s += timedelta(hours=1).total_seconds()
        assert await expire_overdue(desk) == 2
        await people.wait_for(cast.tara.telegram_id, "nobody decided in time")
        await relay.flush(5)
    assert not [m for m in await people.messages(cast.tom.telegram_id) if "nobody" in m["text"]]
