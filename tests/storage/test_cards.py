"""What cards and standing approvals are kept by: sizes, obstacles, undo, and the record of a source."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.approvals import ApprovalState, SizedBy
from core.model.ids import ApprovalId, SignalId, TradeId
from core.model.signals import TrackRecord
from core.model.standing import StandingApproval
from core.model.trades import IntentKind, IntentState, TradeState
from core.ports import Delivery, Store, Tx
from tests.storage.samples import (
    NOW,
    SECOND,
    Desk,
    a_signal,
    a_source,
    a_trade,
    an_approval,
    an_intent,
)


async def test_an_approved_one_is_opened_again_once(store: Store, desk: Desk) -> None:
    approved = replace(
        desk.approval,
        state=ApprovalState.APPROVED,
        version=2,
        decided_at=NOW,
        consent_version=1,
        undo_until=NOW + SECOND,
        standing_id=3,
    )
    async with store.write() as tx:
        assert not await tx.approvals.reopen(desk.approval.id, 1), "it is pending"
        assert await tx.approvals.decide(approved, 1)
        assert await tx.approvals.get(desk.approval.id) == approved
        assert not await tx.approvals.reopen(desk.approval.id, 1)
        assert await tx.approvals.reopen(desk.approval.id, 2)
        assert not await tx.approvals.reopen(desk.approval.id, 2)
        assert await tx.approvals.get(desk.approval.id) == replace(desk.approval, version=3)


async def test_opened_again_it_may_say_why_its_standing_approval_left_it(store: Store, desk: Desk) -> None:
    approved = replace(desk.approval, state=ApprovalState.APPROVED, version=2, standing_id=3)
    async with store.write() as tx:
        await tx.approvals.decide(approved, 1)
        assert await tx.approvals.reopen(desk.approval.id, 2, "Revoked.")
        assert await tx.approvals.get(desk.approval.id) == replace(
            desk.approval, version=3, standing_id=3, standing_note="Revoked."
        )
        assert not await tx.approvals.to_be_taken(), "it is left to its trader"


async def test_the_size_is_changed_at_its_version_only(store: Store, desk: Desk) -> None:
    doubled = replace(
        desk.approval, version=2, lots=Decimal("0.20"), risk=Decimal("9.50"), factor=Decimal(2),
        sized_by=SizedBy.FIXED,
    )  # fmt: skip
    async with store.write() as tx:
        assert await tx.approvals.refuse(desk.approval.id, "too much", NOW)
        assert not await tx.approvals.resize(doubled, 2)
        assert await tx.approvals.resize(doubled, 1)
        assert not await tx.approvals.resize(doubled, 1)
        assert await tx.approvals.get(desk.approval.id) == doubled, "an earlier refusal was of another size"
        assert await tx.approvals.decide(replace(doubled, state=ApprovalState.REJECTED, version=3), 2)
        assert not await tx.approvals.resize(replace(doubled, version=4), 3)


async def test_an_obstacle_comes_and_goes_with_the_refusal(store: Store, desk: Desk) -> None:
    number = desk.approval.id
    async with store.write() as tx:
        assert not await tx.approvals.foresee(number, None), "nothing else than is noted"
        assert await tx.approvals.refuse(number, "paused", NOW)
        assert await tx.approvals.foresee(number, "paused")
        assert not await tx.approvals.foresee(number, "paused")
        assert [one.id for one in await tx.approvals.pending(obstructed=True)] == [number]
        assert await tx.approvals.foresee(number, None)
        assert await tx.approvals.get(number) == desk.approval
        assert await tx.approvals.pending(obstructed=True) == []
        assert await tx.approvals.pending() == [desk.approval]


async def test_what_a_standing_approval_is_to_try(store: Store, desk: Desk) -> None:
    other = replace(an_approval(desk.signal, desk.account), id=ApprovalId(uuid4()), standing_id=3)
    async with store.write() as tx:
        second = a_signal(desk.source, "s-2")
        await tx.signals.add(second, Delivery("msg_2", "1" * 64))
        waiting = replace(other, signal_id=second.id)
        await tx.approvals.add_all([waiting])
        assert await tx.approvals.to_be_taken() == [waiting]
        assert await tx.approvals.not_taken(waiting.id, "too many lots")
        assert await tx.approvals.to_be_taken() == []
        found = await tx.approvals.get(waiting.id)
        assert found == replace(waiting, standing_note="too many lots")


async def test_only_what_was_never_claimed_is_withdrawn(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        epoch = await tx.intents.new_epoch(NOW)
        for _ in range(2):
            order = an_intent(desk.account, approval=desk.approval)
            await tx.intents.add(order)
        assert await tx.intents.withdraw(desk.approval.id)
        assert await tx.intents.of_approval(desk.approval.id) == []
        first = an_intent(desk.account, approval=desk.approval)
        await tx.intents.add(first)
        claimed = await tx.intents.claim(desk.account.id, epoch, NOW)
        assert claimed is not None
        assert not await tx.intents.withdraw(desk.approval.id)
        put_back = replace(claimed, state=IntentState.NEW)
        assert await tx.intents.settle(put_back, epoch, IntentState.SENDING)
        assert not await tx.intents.withdraw(desk.approval.id), "it was tried once"
        assert len(await tx.intents.of_approval(desk.approval.id)) == 1


def a_draft(desk: Desk) -> StandingApproval:
    return StandingApproval(
        id=0,
        person_id=desk.person.id,
        account_id=desk.account.id,
        source_id=desk.source.id,
        version=1,
        max_lots=Decimal("0.10"),
        max_per_day=3,
        max_open_risk_percent=Decimal("2.5"),
        days=7,
        created_at=NOW,
    )


async def test_a_standing_approval_from_its_draft_to_its_end(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        draft = await tx.standing.add(a_draft(desk))
        assert draft == replace(a_draft(desk), id=draft.id)
        assert await tx.standing.of_person(desk.person.id) == [draft]
        assert await tx.standing.holding() == []
        held = replace(draft, version=2, accepted_at=NOW, consent_version=1, expires_at=NOW + SECOND)
        assert await tx.standing.update(held, 1)
        assert not await tx.standing.update(held, 1), "it is at another version"
        assert await tx.standing.holding(desk.source.id) == await tx.standing.holding() == [held]
        assert await tx.standing.holding(a_source("other").id) == []
        await tx.standing.drop_drafts(desk.person.id)
        assert await tx.standing.get(draft.id) == held
        ended = replace(held, version=3, ended_at=NOW, ended_because="Revoked.")
        assert await tx.standing.update(ended, 2)
        assert not await tx.standing.update(replace(ended, version=4), 3), "an end is an end"
        assert await tx.standing.holding() == []
        assert await tx.standing.of_person(desk.person.id) == []


async def test_a_dropped_draft_is_gone_and_its_number_never_comes_back(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        first = await tx.standing.add(a_draft(desk))
        await tx.standing.drop_drafts(desk.person.id)
        assert await tx.standing.get(first.id) is None
        assert (await tx.standing.add(a_draft(desk))).id > first.id


async def traded(
    tx: Tx, desk: Desk, number: int, profit: str, slip: str | None = None, legs: Sequence[str | None] = ()
) -> None:
    """A signal of the source whose trade is closed, with those of further legs (None: nobody knows how)."""
    signal = replace(
        a_signal(desk.source, f"t-{number}"),
        id=SignalId(uuid4()),
        received_at=NOW + number * SECOND,
    )
    await tx.signals.add(signal, Delivery(f"msg-t-{number}", f"{number:064d}"))
    order = replace(
        an_intent(desk.account),
        signal_id=signal.id,
        state=IntentState.FILLED,
        filled_price=Decimal("1.10003") + Decimal(slip or 0),
        pip=Decimal("0.0001") if slip else None,
    )
    await tx.intents.add(order)
    trade = replace(a_trade(desk.account, 100 + number, order), signal_id=signal.id)
    closed = replace(trade, state=TradeState.CLOSED, closed_at=NOW + number * SECOND)
    for leg, money in enumerate((profit, *legs)):
        its_own = replace(closed, id=TradeId(uuid4()), position=closed.position + 100 * leg)
        known = replace(its_own, intent_id=None if leg else order.id)
        await tx.trades.add(replace(known, profit=None if money is None else Decimal(money)))


async def test_the_legs_of_a_plan_are_one_result(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        await traded(tx, desk, 1, "30.00", legs=("-0.07", "-0.07"))
        await traded(tx, desk, 2, "4.00", legs=("5.00", "-60.00"))
        await traded(tx, desk, 3, "0.07", legs=("-0.07", None))
        assert await tx.signals.track_record(desk.source.id, 30) == TrackRecord(3, 1)
        assert await tx.signals.track_record(desk.source.id, 2) == TrackRecord(2, 0)


async def test_the_record_of_a_source(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        assert await tx.signals.track_record(desk.source.id, 30) == TrackRecord(0, 0)
        for number, profit in enumerate(("10.50", "-3", "0", "9.99", "-120.00")):
            await traded(tx, desk, number, profit, "0.00010" if number < 2 else None)
        assert await tx.signals.track_record(desk.source.id, 30) == TrackRecord(5, 2, Decimal("1.0"))
        assert await tx.signals.track_record(desk.source.id, 2) == TrackRecord(2, 1), "the newest two"
        assert await tx.signals.track_record(a_source("other").id, 30) == TrackRecord(0, 0)


@pytest.mark.parametrize("kind", [IntentKind.CLOSE, IntentKind.OPEN])
async def test_only_openings_slip(store: Store, desk: Desk, kind: IntentKind) -> None:
    async with store.write() as tx:
        await traded(tx, desk, 1, "5", "0.00020")
        signal = (await tx.signals.recent(1))[0].id
        order = replace(
            an_intent(desk.account, kind),
            signal_id=signal,
            filled_price=Decimal("1.10003") + Decimal("0.00040"),
            pip=Decimal("0.0001"),
        )
        await tx.intents.add(order)
        expected = Decimal("3.0") if kind is IntentKind.OPEN else Decimal("2.0")
        assert await tx.signals.track_record(desk.source.id, 30) == TrackRecord(1, 1, expected)
