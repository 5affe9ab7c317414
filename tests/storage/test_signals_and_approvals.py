"""Signals, taken once, and approvals, decided once."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict
from core.model.ids import ApprovalId, PersonId, SignalId, SourceId
from core.model.signals import SignalFilter
from core.ports import Delivery, Store
from tests.storage.samples import (
    DELIVERY,
    NOW,
    SECOND,
    Desk,
    a_signal,
    a_source,
    an_account,
    an_approval,
)


async def test_a_signal_comes_back_as_it_was(store: Store, desk: Desk) -> None:
    async with store.read() as tx:
        found = await tx.signals.get(desk.signal.id)
        assert found == desk.signal
        assert str(found.entry) == "1.10000"
        assert [str(price) for price in found.take_profits] == ["1.0950", "1.09"]
        both = (desk.signal, DELIVERY)
        assert await tx.signals.by_webhook_id(desk.source.id, DELIVERY.webhook_id) == both
        assert await tx.signals.by_external_id(desk.source.id, desk.signal.external_id) == both
        assert await tx.signals.by_webhook_id(SourceId(uuid4()), DELIVERY.webhook_id) is None
        assert await tx.signals.by_external_id(desk.source.id, "other") is None
        assert await tx.signals.get(SignalId(uuid4())) is None


@pytest.mark.parametrize(
    ("webhook_id", "external_id"), [("msg_1", "s-2"), ("msg_2", "s-1")], ids=["webhook id", "external id"]
)
async def test_the_same_signal_is_a_conflict_within_its_source_only(
    store: Store, desk: Desk, webhook_id: str, external_id: str
) -> None:
    delivery = Delivery(webhook_id, "1" * 64)
    async with store.write() as tx:
        with pytest.raises(Conflict):
            await tx.signals.add(a_signal(desk.source, external_id), delivery)
        other = a_source("other")
        await tx.sources.add(other, [])
        await tx.signals.add(a_signal(other, external_id), delivery)
        assert len(await tx.signals.recent(9)) == 2


async def test_recent_signals_newest_first(store: Store, desk: Desk) -> None:
    newer = replace(a_signal(desk.source, "s-2"), received_at=NOW + SECOND)
    other_source = a_source("other")
    newest = replace(a_signal(other_source, "s-1"), received_at=NOW + 2 * SECOND)
    async with store.write() as tx:
        await tx.sources.add(other_source, [])
        await tx.signals.add(newer, Delivery("msg_2", ""))
        await tx.signals.add(newest, Delivery("msg_1", ""))
        assert await tx.signals.recent(2) == [newest, newer]
        assert await tx.signals.recent(2, desk.source.id) == [newer, desk.signal]
        assert await tx.signals.recent(9, before=newest) == [newer, desk.signal]
        assert await tx.signals.recent(9, desk.source.id, newest) == [newer, desk.signal]
        assert await tx.signals.recent(9, desk.source.id, desk.signal) == []


async def test_signals_of_one_moment_are_paged_by_their_ids(store: Store, desk: Desk) -> None:
    signals = [a_signal(desk.source, f"twin-{number}") for number in range(6)]
    async with store.write() as tx:
        for signal in signals:
            await tx.signals.add(signal, Delivery(signal.external_id, ""))
        everything = list(await tx.signals.recent(9))
        paged = [*await tx.signals.recent(1)]
        while page := await tx.signals.recent(2, desk.source.id, paged[-1]):
            paged += page
    assert paged == everything
    assert len(paged) == 7


async def test_signals_are_filtered_by_source_and_by_what_was_decided(store: Store, desk: Desk) -> None:
    """Of a person: by what that person has decided, and none that they never had."""
    newer = replace(a_signal(desk.source, "s-2"), received_at=NOW + SECOND)
    other = a_source("other")
    foreign = replace(a_signal(other, "s-1"), received_at=NOW + 2 * SECOND)
    async with store.write() as tx:
        await tx.sources.add(other, [])
        await tx.signals.add(newer, Delivery("msg_2", "1" * 64))
        await tx.signals.add(foreign, Delivery("msg_3", "1" * 64))
        card = an_approval(newer, desk.account)
        await tx.approvals.add_all([card])
        rejected = replace(card, state=ApprovalState.REJECTED, version=2)
        assert await tx.approvals.decide(rejected, 1)
    of_nobody = SignalFilter(state=ApprovalState.REJECTED, person=PersonId(uuid4()))
    wanted = {
        (foreign, newer, desk.signal): SignalFilter(),
        (foreign,): SignalFilter(source=other.id),
        (newer,): SignalFilter(state=ApprovalState.REJECTED, person=card.person_id),
        (): SignalFilter(source=other.id, state=ApprovalState.REJECTED),
    }
    async with store.read() as tx:
        for found, asked in wanted.items():
            assert [one.id for one in await tx.signals.page(asked, 9)] == [one.id for one in found]
            assert await tx.signals.count(asked) == len(found)
        assert await tx.signals.page(of_nobody, 9) == []
        assert [one.id for one in await tx.signals.page(SignalFilter(), 1, 1)] == [newer.id]


async def test_approvals_are_tallied_by_signal_and_state(store: Store, desk: Desk) -> None:
    second, lonely = an_account(desk.person, login=2), a_signal(desk.source, "s-2")
    unasked = a_signal(desk.source, "s-3")
    rejected = replace(an_approval(desk.signal, second), state=ApprovalState.REJECTED, reason="late")
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        for signal in (lonely, unasked):
            await tx.signals.add(signal, Delivery(signal.external_id, ""))
        await tx.approvals.add_all([rejected, an_approval(lonely, second)])
        both = {ApprovalState.PENDING: 1, ApprovalState.REJECTED: 1}
        assert await tx.approvals.tally([desk.signal.id, unasked.id]) == {desk.signal.id: both}
        assert await tx.approvals.tally([lonely.id]) == {lonely.id: {ApprovalState.PENDING: 1}}
        assert await tx.approvals.tally([]) == {}


async def test_approvals_are_found_by_signal_and_person(store: Store, desk: Desk) -> None:
    second = an_account(desk.person, login=2)
    earlier = replace(an_approval(desk.signal, second), expires_at=NOW)
    async with store.write() as tx:
        await tx.accounts.add(second, "")
        await tx.approvals.add_all([earlier])
        await tx.approvals.add_all([])
        with pytest.raises(Conflict):
            await tx.approvals.add_all([an_approval(desk.signal, second)])
        assert await tx.approvals.get(earlier.id) == earlier
        assert await tx.approvals.get(ApprovalId(uuid4())) is None
        assert {a.id for a in await tx.approvals.of_signal(desk.signal.id)} == {desk.approval.id, earlier.id}
        assert await tx.approvals.of_person(desk.person.id, 1) == [desk.approval]
        assert await tx.approvals.of_person(desk.person.id, 9) == [desk.approval, earlier]
        assert await tx.approvals.count_pending() == 2


async def test_approvals_of_a_signal_are_added_together_or_not_at_all(store: Store, desk: Desk) -> None:
    accounts = [an_account(desk.person, login) for login in range(2, 12)]
    all_of_them = [an_approval(desk.signal, account) for account in accounts]

    async def add(approvals: list[Approval]) -> None:
        async with store.write() as tx:
            await tx.approvals.add_all(approvals)

    async with store.write() as tx:
        for account in accounts:
            await tx.accounts.add(account, "")
    with pytest.raises(Conflict):
        await add([*all_of_them, an_approval(desk.signal, desk.account)])
    await add(all_of_them)
    async with store.read() as tx:
        assert await tx.approvals.count_pending() == 11


async def test_pending_approvals_become_overdue_at_their_moment(store: Store, desk: Desk) -> None:
    moment = desk.approval.expires_at
    async with store.write() as tx:
        assert await tx.approvals.next_expiry() == moment
        assert await tx.approvals.overdue(moment - SECOND / 1_000_000) == []
        assert await tx.approvals.overdue(moment) == [desk.approval]
        expired = replace(desk.approval, state=ApprovalState.EXPIRED, version=2)
        assert await tx.approvals.decide(expired, 1)
        assert await tx.approvals.overdue(moment) == []
        assert await tx.approvals.next_expiry() is None


async def test_the_first_decision_wins(store: Store, desk: Desk) -> None:
    approved = replace(
        desk.approval,
        state=ApprovalState.APPROVED,
        version=2,
        lots=Decimal("0.30"),
        risk=Decimal("50.00"),
        decided_at=NOW,
        consent_version=1,
    )
    rejected = replace(desk.approval, state=ApprovalState.REJECTED, version=2, reason="late")
    async with store.write() as tx:
        assert not await tx.approvals.decide(rejected, expected_version=7)
        assert await tx.approvals.decide(approved, expected_version=1)
        assert await tx.approvals.count_pending() == 0
    async with store.write() as tx:
        assert not await tx.approvals.decide(rejected, expected_version=1)
        assert not await tx.approvals.decide(rejected, expected_version=2)
        assert not await tx.approvals.set_size(desk.approval.id, Decimal(1), Decimal(1))
        assert await tx.approvals.get(desk.approval.id) == approved


async def test_a_size_is_fixed_once(store: Store, desk: Desk) -> None:
    async with store.write() as tx:
        lots, risk, margin = Decimal("0.20"), Decimal("33.10"), Decimal("231.62")
        assert await tx.approvals.set_size(desk.approval.id, lots, risk, margin)
        assert not await tx.approvals.set_size(desk.approval.id, Decimal("0.40"), Decimal("66.20"))
        sized = await tx.approvals.get(desk.approval.id)
    assert sized == replace(desk.approval, lots=lots, risk=risk, margin=margin)
