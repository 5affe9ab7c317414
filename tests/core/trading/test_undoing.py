"""Taking an approval back: before anything is sent or not at all, whatever runs at the same time."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval, ApprovalState
from core.model.errors import NotFound, Stale
from core.model.policies import Plan
from core.model.trades import IntentState
from core.ports import Store
from core.trading.account_loop import drain
from core.trading.approving import expire_overdue, undo
from core.trading.execution import execute_next
from core.trading.resolution import Quarantine
from tests.core.trading.acting import D
from tests.fakes.desk import PaperDesk, open_paper_desk

POLICY = RiskPolicy(undo_s=10)


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    async with open_paper_desk(store, tmp_path, policy=POLICY) as made:
        yield made


async def stored(paper: PaperDesk, card: Approval) -> Approval:
    async with paper.store.read() as tx:
        found = await tx.approvals.get(card.id)
    assert found is not None
    return found


async def test_it_rests_and_is_sent_when_its_time_is_over(paper: PaperDesk) -> None:
    card = await paper.card()
    decided = await paper.tap(card)
    assert decided.undo_until is not None
    assert (decided.undo_until - paper.clock.now()).total_seconds() == 10
    await drain(paper.desk, paper.trader.account, Quarantine())
    assert (await paper.intent(card)).state is IntentState.NEW
    paper.pass_time(10)
    await drain(paper.desk, paper.trader.account, Quarantine())
    assert (await paper.intent(card)).state is IntentState.FILLED


async def test_taken_back_it_is_as_if_it_had_not_been_approved(paper: PaperDesk) -> None:
    card = await paper.card()
    decided = await paper.tap(card)
    reopened = await undo(paper.desk, card.id, decided.version, paper.trader.person)
    assert (reopened.state, reopened.version) == (ApprovalState.PENDING, decided.version + 1)
    assert (reopened.decided_at, reopened.undo_until, reopened.consent_version) == (None, None, None)
    assert reopened.lots == decided.lots
    paper.pass_time(11)
    await drain(paper.desk, paper.trader.account, Quarantine())
    assert not await paper.intents(card)
    async with paper.store.read() as tx:
        events = [event.name for event in await tx.events.recent(3)]
    assert events == ["approval.undone", "approval.decided"]
    again = await paper.tap(reopened)
    assert again.state is ApprovalState.APPROVED


async def test_its_remaining_time_goes_on(paper: PaperDesk) -> None:
    card = await paper.card(expires_in_s=15)
    decided = await paper.tap(card)
    paper.pass_time(9)
    await undo(paper.desk, card.id, decided.version, paper.trader.person)
    paper.pass_time(7)
    assert await expire_overdue(paper.desk) == 1
    assert (await stored(paper, card)).state is ApprovalState.EXPIRED


async def test_too_late_foreign_and_stale_ones_are_told_so(paper: PaperDesk) -> None:
    card = await paper.card()
    decided = await paper.tap(card)
    with pytest.raises(NotFound, match="another trader"):
        await undo(paper.desk, card.id, decided.version, paper.owner)
    with pytest.raises(Stale, match="card has changed"):
        await undo(paper.desk, card.id, card.version, paper.trader.person)
    paper.pass_time(10)
    with pytest.raises(Stale, match="too late"):
        await undo(paper.desk, card.id, decided.version, paper.trader.person)
    assert (await stored(paper, card)).state is ApprovalState.APPROVED
    assert (await paper.intent(card)).state is IntentState.NEW


async def test_without_a_window_nothing_can_be_taken_back(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    decided = await paper_desk.tap(card)
    assert decided.undo_until is None
    with pytest.raises(Stale, match="too late"):
        await undo(paper_desk.desk, card.id, decided.version, paper_desk.trader.person)


async def test_a_plan_is_taken_back_whole_and_can_be_approved_again(store: Store, tmp_path: Path) -> None:
    """The legs of the first approval are no part of the second one."""
    policy = RiskPolicy(undo_s=10, plan=Plan.SPLIT, fixed_lots=D("0.30"))
    async with open_paper_desk(store, tmp_path, policy=policy) as paper:
        card = await paper.card(take_profits=(D("1.25"), D("1.27"), D("1.29")))
        decided = await paper.tap(card)
        assert len(await paper.intents(card)) == 3
        reopened = await undo(paper.desk, card.id, decided.version, paper.trader.person)
        assert not await paper.intents(card)
        await paper.tap(reopened)
        paper.pass_time(10)
        await drain(paper.desk, paper.trader.account, Quarantine())
        assert [leg.state for leg in await paper.intents(card)] == [IntentState.FILLED] * 3


async def claim_and_send(paper: PaperDesk, after_s: float) -> bool:
    await asyncio.sleep(after_s)
    return await execute_next(paper.desk, paper.trader.account)


async def take_back(paper: PaperDesk, card: Approval, version: int, after_s: float) -> bool:
    await asyncio.sleep(after_s)
    try:
        await undo(paper.desk, card.id, version, paper.trader.person)
    except Stale:
        return False
    return True


@pytest.mark.parametrize("seed", range(8))
async def test_never_both_sent_and_taken_back(
    paper: PaperDesk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim and the undo at the same moment: exactly one of them wins, and the other one learns it."""
    monkeypatch.setattr("core.trading.approving._is_undoable", lambda *_: True)  # the race alone decides
    chance = random.Random(seed)
    card = await paper.card()
    decided = await paper.tap(card)
    paper.pass_time(10)
    sent, undone = await asyncio.gather(
        claim_and_send(paper, chance.uniform(0, 0.004)),
        take_back(paper, card, decided.version, chance.uniform(0, 0.004)),
    )
    assert sent != undone
    positions = (await (await paper.session()).snapshot()).positions
    assert len(positions) == (1 if sent else 0)
    assert len(await paper.intents(card)) == (1 if sent else 0)
    state = ApprovalState.APPROVED if sent else ApprovalState.PENDING
    assert (await stored(paper, card)).state is state


async def test_of_many_undos_one_counts(paper: PaperDesk) -> None:
    card = await paper.card()
    decided = await paper.tap(card)
    done = await asyncio.gather(*(take_back(paper, card, decided.version, 0) for _ in range(10)))
    assert sum(done) == 1
    assert (await stored(paper, card)).version == decided.version + 1
