"""Orders whose marks the broker has stripped: known by likeness, where nothing else can have made it."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.policies import Plan
from core.model.trades import Intent, IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.ports import Store
from tests.core.trading.acting import PIP, look, positions, settled
from tests.core.trading.lying import Liar
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

D = Decimal
FILLED, EXPIRED, UNKNOWN = IntentState.FILLED, IntentState.EXPIRED, IntentState.UNKNOWN
TWO_LEGS = RiskPolicy(plan=Plan.SPLIT, fixed_lots=D("0.08"))


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
def policy() -> RiskPolicy:
    return RiskPolicy()


@pytest.fixture
async def paper(store: Store, tmp_path: Path, liar: Liar, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    terminal = InProcess(change=liar)
    async with open_paper_desk(store, tmp_path, policy=policy, open_terminal=lambda _: terminal) as made:
        yield made


async def both_lost(paper: PaperDesk, liar: Liar, cards: Sequence[Approval]) -> list[Intent]:
    """What becomes of two orders of which neither answers nor marks come back, after their quarantine."""
    liar.strips = True
    paper.broker.misfortune(Fault(Kind.REPLY_LOST, count=2))
    for card in cards:
        await paper.tap(card)
    for _ in range(14):
        await look(paper)
        paper.pass_time(10)
    assert sum(p.volume for p in await positions(paper)) == D("0.08")
    return [intent for card in cards for intent in await paper.intents(card)]


@pytest.mark.parametrize("policy", [TWO_LEGS])
async def test_two_legs_alike_are_told_apart_by_their_targets(paper: PaperDesk, liar: Liar) -> None:
    ask = D(str(paper.quote().ask))
    card = await paper.card(take_profits=[ask + 30 * PIP, ask + 60 * PIP])
    legs = await both_lost(paper, liar, [card])
    assert [leg.state for leg in legs] == [FILLED] * 2
    targets = {p.identifier: p.take_profit for p in await positions(paper)}
    assert [targets[leg.position or 0] for leg in legs] == [leg.take_profit for leg in legs]


@pytest.mark.parametrize("policy", [TWO_LEGS])
async def test_a_leg_alike_is_not_taken_for_its_sibling(paper: PaperDesk, liar: Liar) -> None:
    """The first never left, the second is open."""
    liar.strips = True
    paper.broker.misfortune(Fault(Kind.FAIL))
    paper.broker.misfortune(Fault(Kind.REPLY_LOST, skip=1))
    ask = D(str(paper.quote().ask))
    card = await paper.card(take_profits=[ask + 30 * PIP, ask + 60 * PIP])
    await paper.tap(card)
    for _ in range(14):
        await look(paper)
        paper.pass_time(10)
    assert [leg.state for leg in await paper.intents(card)] == [EXPIRED, FILLED]


@pytest.mark.parametrize("policy", [RiskPolicy(fixed_lots=D("0.04"))])
@pytest.mark.parametrize("netting", [False, True])
async def test_two_orders_that_nothing_tells_apart_stay_in_doubt(
    paper: PaperDesk, liar: Liar, *, netting: bool
) -> None:
    """Told as not executed they would be asked for again, and both are open."""
    if netting:
        login, mode = paper.trader.account.login, mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING
        paper.broker.change_account(login, margin_mode=mode)
    orders = await both_lost(paper, liar, [await paper.card(), await paper.card()])
    assert [order.state for order in orders] == [UNKNOWN] * 2


async def test_what_a_person_opened_is_not_taken_for_an_order_in_doubt(paper: PaperDesk, liar: Liar) -> None:
    card = await paper.card()
    await paper.tap(card)
    intent = await paper.intent(card)
    paper.broker.misfortune(Fault(Kind.FAIL))
    await look(paper)
    liar.strips = True
    login = paper.trader.account.login
    paper.broker.open_position(login, "EURUSD", mt5.ORDER_TYPE_BUY, float(intent.volume))
    assert (await settled(paper, intent, looks=125)).state is EXPIRED
    assert not await paper.trades()
