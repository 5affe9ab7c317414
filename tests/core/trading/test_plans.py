"""Plans of several legs: split at the tap, stops moved at the first target, kept or undone by policy."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.policies import RollBack
from core.model.signals import OrderKind
from core.model.trades import IntentKind, IntentState
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from core.reconciliation.sync import Reconciler
from tests.core.trading.acting import PIP, look, orders, positions
from tests.core.trading.planned import (
    SPLIT,
    TARGETS,
    by_target,
    entries,
    legs,
    reach_the_first_target,
    stops,
    synced,
    tapped,
    told,
)
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
UNDO = replace(SPLIT, roll_back=RollBack.UNDO)


@pytest.fixture
def policy() -> RiskPolicy:
    return SPLIT


@pytest.fixture
async def paper(store: Store, tmp_path: Path, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


async def test_each_target_has_its_own_position(paper: PaperDesk) -> None:
    card = await tapped(paper)
    await look(paper)
    opened = await legs(paper, card)
    assert [leg.leg for leg in opened] == [1, 2, 3]
    assert by_target(await positions(paper)) == [(leg.volume, leg.take_profit) for leg in opened]
    assert [leg.volume for leg in opened] == [D("0.04"), D("0.03"), D("0.03")]
    assert len(await paper.trades()) == 3


@pytest.mark.parametrize("policy", [replace(SPLIT, fixed_lots=D("0.02"))])
async def test_too_few_lots_are_fewer_legs_with_the_first_targets(paper: PaperDesk) -> None:
    card = await tapped(paper)
    first, second = await legs(paper, card)
    assert (first.volume, second.volume) == (D("0.01"), D("0.01"))
    assert second.take_profit is not None
    assert first.take_profit is not None
    assert second.take_profit - first.take_profit == 30 * PIP


@pytest.mark.parametrize("policy", [RiskPolicy(fixed_lots=D("0.10"))])
async def test_who_chose_the_first_target_has_one_position(paper: PaperDesk) -> None:
    card = await tapped(paper)
    [only] = await legs(paper, card)
    assert (only.leg, only.volume) == (None, D("0.10"))


async def test_the_first_target_moves_the_other_stops_to_their_entries(paper: PaperDesk) -> None:
    card = await tapped(paper)
    await look(paper)
    await reach_the_first_target(paper)
    held = await positions(paper)
    assert [(p.stop_loss, p.volume) for p in held] == [(p.price_open, D("0.03")) for p in held]
    assert len(held) == 2
    assert {p.take_profit for p in held} == {leg.take_profit for leg in (await legs(paper, card))[1:]}
    assert {t.stop_loss for t in await paper.trades() if t.close_reason is None} == await entries(paper)


async def test_a_stop_that_a_person_moved_back_is_left_there(paper: PaperDesk) -> None:
    card = await tapped(paper)
    await look(paper)
    await reach_the_first_target(paper)
    held = (await positions(paper))[0]
    back, target = held.price_open - 20 * PIP, held.take_profit or 0
    paper.broker.move_stops(paper.trader.account.login, held.ticket, float(back), float(target))
    await paper.restart()
    await synced(paper)
    assert back in await stops(paper)
    assert len(await legs(paper, card, IntentKind.MODIFY)) == 2


async def test_a_stop_that_a_person_moved_back_stays_there_at_the_next_target(paper: PaperDesk) -> None:
    await tapped(paper)
    await look(paper)
    await reach_the_first_target(paper)
    last = max(await positions(paper), key=lambda p: p.take_profit or 0)
    back, target = last.price_open - 20 * PIP, last.take_profit or 0
    paper.broker.move_stops(paper.trader.account.login, last.ticket, float(back), float(target))
    paper.move("EURUSD", 0.25)
    await synced(paper)
    assert [(p.identifier, p.stop_loss) for p in await positions(paper)] == [(last.identifier, back)]


async def test_a_stop_that_is_tighter_already_stays(paper: PaperDesk) -> None:
    await tapped(paper)
    await look(paper)
    tight = {}
    for position in await positions(paper):
        loss = position.price_open - 50 * PIP
        tight[position.identifier] = loss
    paper.move("EURUSD", 0.2)
    for position in (await positions(paper))[1:]:
        level, target = position.price_open + 5 * PIP, position.take_profit or 0
        paper.broker.move_stops(paper.trader.account.login, position.ticket, float(level), float(target))
    paper.move("EURUSD", 0.16)
    await synced(paper)
    assert await stops(paper) == {entry + 5 * PIP for entry in await entries(paper)}


async def test_a_crash_before_the_move_is_made_up_for(paper: PaperDesk) -> None:
    await tapped(paper)
    await look(paper)
    paper.move("EURUSD", 0.36)
    await Reconciler(paper.desk, paper.trader.account).sync()
    await paper.restart()
    await look(paper)
    assert await stops(paper) == await entries(paper)


async def test_a_refused_move_is_told_once_and_tried_again(paper: PaperDesk) -> None:
    await tapped(paper)
    await look(paper)
    paper.move("EURUSD", 0.36)
    for _ in range(2):
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=10_016))
    await synced(paper)
    for _ in range(6):
        paper.pass_time(5)
        await look(paper)
    assert await stops(paper) == await entries(paper)


class TestAFailedLeg:
    async def test_is_told_with_what_stands(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=10_019))
        await look(paper)
        assert sorted(leg.state for leg in await legs(paper, card)) == ["filled", "filled", "refused"]
        [kept] = [a for a in await paper.alerts() if a.subject == "plan_kept"]
        assert (kept.data["stands"], kept.data["failed"]) == ("0.06", "0.04")
        assert len(await positions(paper)) == 2

    @pytest.mark.parametrize("policy", [UNDO])
    async def test_closes_the_others_where_the_policy_says_so(self, paper: PaperDesk) -> None:
        await tapped(paper)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=10_019, skip=2))
        await look(paper)
        await look(paper)
        assert await positions(paper) == []
        assert (await told(paper)).count("plan_undone") == 1

    @pytest.mark.parametrize("policy", [UNDO])
    async def test_waits_for_a_leg_in_doubt(self, paper: PaperDesk) -> None:
        card = await tapped(paper)
        paper.broker.misfortune(Fault(Kind.FAIL))
        await look(paper)
        assert len(await positions(paper)) == 2
        assert "plan_undone" not in await told(paper)
        await paper.restart()
        for _ in range(5):
            paper.pass_time(125)
            await look(paper)
        assert IntentState.EXPIRED in {leg.state for leg in await legs(paper, card)}
        assert await positions(paper) == []
        assert (await told(paper)).count("plan_undone") == 1

    @pytest.mark.parametrize("policy", [UNDO])
    async def test_cancels_what_waits_at_the_broker(self, paper: PaperDesk) -> None:
        ask = D(str(paper.quote().ask))
        entry = ask - 40 * PIP
        card = await paper.card(
            kind=OrderKind.LIMIT,
            entry=entry,
            stop_loss=ask - 140 * PIP,
            take_profits=[entry + pips * PIP for pips in TARGETS],
        )
        await paper.tap(card)
        paper.broker.misfortune(Fault(Kind.REJECT, retcode=10_019, skip=2))
        await look(paper)
        assert await orders(paper) == []
        cancels = await legs(paper, card, IntentKind.CANCEL)
        assert [(cancel.leg, cancel.state) for cancel in cancels] == [(1, "filled"), (2, "filled")]


@pytest.mark.parametrize("policy", [UNDO])
async def test_a_plan_that_fails_as_a_whole_needs_no_roll_back(paper: PaperDesk) -> None:
    card = await tapped(paper)
    paper.pass_time(60)
    await look(paper)
    assert {leg.state for leg in await legs(paper, card)} == {IntentState.EXPIRED}
    assert "plan_undone" not in await told(paper)
