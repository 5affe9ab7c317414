"""What rests or waits is not sent once its trader, its standing approval or its signal is gone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from core.intake.composing import Withdrawn, compose, withdraw
from core.intake.draft import Draft
from core.model.accounts import RiskPolicy
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict, Stale
from core.model.ids import SignalId
from core.model.instruments import Side
from core.model.people import Role
from core.model.policies import Plan
from core.model.standing import StandingApproval
from core.model.trades import IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.people.roles import block, give_roles
from core.ports import Store
from core.trading.approving import expire_overdue, undo
from core.trading.standing import end_void, revoke
from core.trading.withdrawing import NO_TRADER
from tests.core.trading.acting import D, look, positions
from tests.core.trading.test_standing import arrive, stand
from tests.core.trading.test_undoing import stored
from tests.fakes.desk import PaperDesk, open_paper_desk

POLICY = RiskPolicy(undo_s=10)
Spoil = Callable[[PaperDesk], Awaitable[object]]


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    async with open_paper_desk(store, tmp_path, policy=POLICY) as made:
        yield made


@pytest.fixture
async def pair(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    """With two traders."""
    async with open_paper_desk(store, tmp_path, policy=POLICY, accounts=2) as made:
        yield made


async def when_rested(paper: PaperDesk) -> None:
    paper.pass_time(11)
    await look(paper)


async def blocked(paper: PaperDesk) -> None:
    await block(paper.desk, paper.owner, paper.trader.person.id)


async def no_trader_any_more(paper: PaperDesk) -> None:
    person, viewer = paper.trader.person, frozenset({Role.VIEWER})
    await give_roles(paper.desk, paper.owner, person.id, person.roles, viewer)


GONE: dict[str, Spoil] = {"blocked": blocked, "role": no_trader_any_more}


@pytest.mark.parametrize("why", GONE)
async def test_what_rests_is_withdrawn_with_the_right_to_trade(paper: PaperDesk, why: str) -> None:
    card = await paper.card()
    await paper.tap(card)
    await GONE[why](paper)
    kept = await stored(paper, card)
    assert (kept.state, kept.reason) == (ApprovalState.WITHDRAWN, NO_TRADER)
    await when_rested(paper)
    assert not await paper.intents(card)
    assert not await positions(paper)


@pytest.mark.parametrize("why", GONE)
async def test_what_was_tried_in_vain_is_not_sent_later(paper: PaperDesk, why: str) -> None:
    """The terminal did not take it, so it waits again; meanwhile its trader may trade no more."""
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PRICE_OFF, count=4))
    await when_rested(paper)
    assert (await paper.intent(card)).state is IntentState.NEW
    await GONE[why](paper)
    await when_rested(paper)
    after = await paper.intent(card)
    assert (after.state, after.detail) == (IntentState.REFUSED, NO_TRADER)


async def test_what_its_trader_allows_no_more_is_not_sent(paper: PaperDesk) -> None:
    card = await paper.card()
    decided = await paper.tap(card)
    account = paper.trader.account
    async with paper.store.write() as tx:
        tighter = replace(account.policy, max_lots=D("0.1"))
        await tx.accounts.put(replace(account, policy=tighter), "")
    await when_rested(paper)
    after = await paper.intent(card)
    words = f"{decided.lots} lots are more than the 0.1 that you allow for one trade."
    assert (after.state, after.detail) == (IntentState.REFUSED, words)


async def standing_order(paper: PaperDesk) -> tuple[StandingApproval, Approval]:
    """By a standing approval, and at rest."""
    found = await stand(paper)
    card = await arrive(paper)
    assert card.state is ApprovalState.APPROVED
    return found, card


async def test_what_a_revoked_standing_approval_has_taken_waits_for_the_trader(paper: PaperDesk) -> None:
    found, card = await standing_order(paper)
    await revoke(paper.desk, paper.trader.person, found.id, found.version)
    left = await stored(paper, card)
    assert (left.state, left.standing_note) == (ApprovalState.PENDING, "Revoked by Trader 1.")
    await when_rested(paper)
    assert not await paper.intents(card)
    decided = await paper.tap(left)
    assert decided.standing_id is None
    await when_rested(paper)
    assert (await paper.intent(card)).state is IntentState.FILLED


async def test_so_does_what_one_that_became_void_has_taken(paper: PaperDesk) -> None:
    found, card = await standing_order(paper)
    async with paper.store.write() as tx:
        await tx.standing.update(replace(found, consent_version=0), found.version)
    assert await end_void(paper.desk) == 1
    left = await stored(paper, card)
    assert left.standing_note == "The text that you accepted has changed."


async def test_void_it_sends_nothing_even_before_it_was_ended(paper: PaperDesk) -> None:
    found, card = await standing_order(paper)
    async with paper.store.write() as tx:
        await tx.standing.update(replace(found, consent_version=0), found.version)
    await when_rested(paper)
    after = await paper.intent(card)
    assert after.state is IntentState.REFUSED
    assert after.detail == "Its standing approval holds no more. The text that you accepted has changed."


async def test_of_a_tap_of_the_trader_no_standing_approval_takes_anything_back(paper: PaperDesk) -> None:
    found = await stand(paper)
    card = await paper.card()
    await paper.tap(card)
    await revoke(paper.desk, paper.trader.person, found.id, found.version)
    await when_rested(paper)
    assert (await paper.intent(card)).state is IntentState.FILLED


async def composed(pair: PaperDesk) -> tuple[SignalId, Approval, Approval]:
    """A signal of the desk with the cards of the two traders."""
    entry = Decimal(str(pair.quote().ask))
    draft = Draft("EURUSD", Side.BUY, entry=entry, stop_loss=entry - D("0.0050"))
    signal = (await compose(pair.desk, pair.owner, uuid4(), draft)).signal
    async with pair.store.read() as tx:
        cards = {one.person_id: one for one in await tx.approvals.of_signal(signal.id)}
    mine, other = (cards[trader.person.id] for trader in pair.traders)
    return signal.id, mine, other


async def test_a_withdrawn_signal_takes_what_rests_with_it(pair: PaperDesk) -> None:
    signal, mine, _ = await composed(pair)
    decided = await pair.tap(mine)
    done = await withdraw(pair.desk, pair.owner, signal)
    assert (done.cards, done.decided) == (2, 0)
    assert (await stored(pair, mine)).state is ApprovalState.WITHDRAWN
    with pytest.raises(Stale):
        await undo(pair.desk, mine.id, decided.version, pair.trader.person)
    await when_rested(pair)
    assert not await pair.intents(mine)


async def test_it_can_be_withdrawn_while_nothing_but_orders_wait(pair: PaperDesk) -> None:
    signal, mine, other = await composed(pair)
    await pair.tap(mine)
    await pair.tap(other, pair.traders[1])
    pair.broker.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_PRICE_OFF, count=4))
    await when_rested(pair)
    assert (await pair.intent(mine)).sent_at is not None
    done = await withdraw(pair.desk, pair.owner, signal)
    assert isinstance(done, Withdrawn)
    await when_rested(pair)
    after = await pair.intent(mine)
    assert (after.state, after.detail) == (IntentState.REFUSED, "Its signal was withdrawn.")
    with pytest.raises(Conflict):
        await withdraw(pair.desk, pair.owner, signal)


async def test_what_was_sent_stays_when_its_signal_is_withdrawn(pair: PaperDesk) -> None:
    signal, mine, _ = await composed(pair)
    await pair.tap(mine)
    await when_rested(pair)
    done = await withdraw(pair.desk, pair.owner, signal)
    assert (done.cards, done.decided) == (1, 1)
    assert (await stored(pair, mine)).state is ApprovalState.APPROVED
    assert len(await positions(pair)) == 1


async def test_a_plan_is_taken_back_whole(store: Store, tmp_path: Path) -> None:
    policy = RiskPolicy(undo_s=10, plan=Plan.SPLIT, fixed_lots=D("0.30"))
    async with open_paper_desk(store, tmp_path, policy=policy) as paper:
        card = await paper.card(take_profits=(D("1.25"), D("1.27"), D("1.29")))
        await paper.tap(card)
        assert len(await paper.intents(card)) == 3
        await blocked(paper)
        await when_rested(paper)
        assert not await positions(paper)


@pytest.mark.parametrize(("undo_s", "left_s"), [(30, 12), (30, 3), (0, 3)])
async def test_nothing_is_sent_once_its_signal_is_over(
    store: Store, tmp_path: Path, undo_s: int, left_s: int
) -> None:
    """It rests no longer than its signal leaves time to send it; and late it is not sent at all."""
    async with open_paper_desk(store, tmp_path, policy=RiskPolicy(undo_s=undo_s)) as paper:
        card = await paper.card(expires_in_s=left_s)
        await paper.tap(card)
        assert (await paper.intent(card)).expires_at == card.expires_at
        paper.pass_time(max(left_s - 5, 0))
        await look(paper)
        assert (await paper.intent(card)).state is IntentState.FILLED


async def test_late_it_expires_with_its_signal(store: Store, tmp_path: Path) -> None:
    async with open_paper_desk(store, tmp_path, policy=RiskPolicy(undo_s=30)) as paper:
        card = await paper.card(expires_in_s=5)
        paper.pass_time(4)
        await paper.tap(card)
        paper.pass_time(2)
        await look(paper)
        assert (await paper.intent(card)).state is IntentState.EXPIRED
        assert await expire_overdue(paper.desk) == 0
