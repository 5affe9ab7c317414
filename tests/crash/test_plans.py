"""The desk dies at every step of a plan of two legs: each leg is executed once at most, and the plan ends as
its account's policy says."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.mt5 import MT5Position
from core.model.policies import Plan as Split
from core.model.policies import RollBack
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from core.paper.server.records import Deal
from core.reconciliation.sync import Reconciler
from tests.core.trading.acting import PIP, positions
from tests.crash.lives import Ground, Plan, Scenario, Story
from tests.fakes.desk import late

TARGETS = (30, 90)
DONE = (IntentState.FILLED, IntentState.PARTIAL)


def of(roll_back: RollBack) -> RiskPolicy:
    return RiskPolicy(plan=Split.SPLIT, fixed_lots=Decimal("0.10"), roll_back=roll_back)


def _refused(skip: int, count: int = 1) -> Fault:
    return Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_NO_MONEY, skip=skip, count=count)


SCENARIOS = {
    "all is well": Scenario(),
    "first refused": Scenario((_refused(0),)),
    "second refused": Scenario((_refused(1),)),
    "second and the undoing refused": Scenario((_refused(1, count=2),)),
    "first reply lost": Scenario((Fault(Kind.REPLY_LOST),)),
    "first lost": Scenario(lost_before=True),
    "first late by 9 s": Scenario((late(9),)),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a run: both sides' books, and what people were told."""

    legs: Sequence[Intent]
    wishes: Sequence[Intent]
    opened: Sequence[Deal]
    held: Sequence[MT5Position]
    expected: frozenset[int]
    told: Sequence[str]

    def faults(self, roll_back: RollBack) -> list[str]:
        """What must not be, in words; empty when all is right."""
        magics = [deal.magic for deal in self.opened]
        done = {leg.magic for leg in self.legs if leg.state in DONE}
        undone = roll_back is RollBack.UNDO and len(done) < len(self.legs)
        found = [
            ("not two legs", len(self.legs) not in (0, 2)),
            ("a leg was executed twice", len(magics) != len(set(magics))),
            ("wrong verdict", done != set(magics)),
            ("stuck", any(not intent.state.is_final for intent in (*self.legs, *self.wishes))),
            ("expected is what is not held", self.expected != {p.identifier for p in self.held}),
            ("a wish was made twice", len(self._wished) != len(set(self._wished))),
            ("not undone", undone and bool(self.held)),
            ("not kept", not undone and {p.magic for p in self.held} != done),
            ("the roll-back is not told once", self._rolled_back != (0 < len(done) < len(self.legs))),
        ]
        return [what for what, is_so in found if is_so]

    @property
    def _wished(self) -> list[tuple[IntentKind, int | None]]:
        return [(wish.kind, wish.leg) for wish in self.wishes]

    @property
    def _rolled_back(self) -> int:
        return sum(subject in ("plan_kept", "plan_undone") for subject in self.told)


@pytest.mark.parametrize(
    ("name", "roll_back"),
    [*((name, RollBack.UNDO) for name in SCENARIOS), ("second refused", RollBack.KEEP)],
)
async def test_dying_at_each_step_of_a_plan(
    tmp_path: Path, sqlite_template: Path, name: str, roll_back: RollBack
) -> None:
    ground, scenario = Ground(tmp_path, sqlite_template), SCENARIOS[name]
    steps = await _opened(ground, Plan(scenario), roll_back)
    for step in range(len(steps)):
        await _opened(ground, Plan(scenario, (step, step // 2), seed=step), roll_back)


async def _opened(ground: Ground, plan: Plan, roll_back: RollBack) -> list[str]:
    """One run, checked; returns its steps."""
    async with ground.story(plan, policy=of(roll_back)) as story:
        card = await _card(story)
        story.arm()
        await story.run(partial(_life, story, card))
        story.paper.broker.no_misfortunes()  # that no life has met
        for _ in range(2):
            story.paper.pass_time(300)
            await story.settle()
            await Reconciler(story.paper.desk, story.paper.trader.account).sync()
        ending = await _end(story, card)
        assert not ending.faults(roll_back), (plan, ending.faults(roll_back), ending)
        return story.all_steps


async def test_dying_at_each_step_after_the_first_target(tmp_path: Path, sqlite_template: Path) -> None:
    ground = Ground(tmp_path, sqlite_template)
    steps = await _reached(ground, Plan(Scenario()))
    assert "settle filled: committed" in steps
    for step in range(len(steps)):
        await _reached(ground, Plan(Scenario(), (step,), seed=step))


async def _reached(ground: Ground, plan: Plan) -> list[str]:
    """A plan whose first target was reached while the desk did not look; returns the steps from there."""
    async with ground.story(plan, policy=of(RollBack.KEEP)) as story:
        paper, card = story.paper, await _card(story)
        await _life(story, card)
        paper.move("EURUSD", 0.36)
        story.arm()

        async def life() -> None:
            for _ in range(3):
                await Reconciler(paper.desk, paper.trader.account).sync()
                await story.settle()

        await story.run(life)
        ending = await _end(story, card)
        [second] = ending.held
        assert second.stop_loss == second.price_open, plan
        assert [(wish.kind, wish.leg) for wish in ending.wishes] == [(IntentKind.MODIFY, 2)], plan
        assert ending.wishes[0].state is IntentState.FILLED, plan
        return story.all_steps


async def _card(story: Story) -> Approval:
    ask = Decimal(str(story.paper.quote().ask))
    return await story.paper.card(take_profits=[ask + pips * PIP for pips in TARGETS])


async def _life(story: Story, card: Approval) -> None:
    await story.tap(card)
    await story.settle()


async def _end(story: Story, card: Approval) -> Ending:
    paper, account = story.paper, story.paper.trader.account
    intents = await paper.intents(card)
    deals = paper.broker.broker.book.deals(account.login, "type", 0, 1)
    async with paper.store.read() as tx:
        trades = await tx.trades.open_of(account.id)
    return Ending(
        legs=[intent for intent in intents if intent.kind is IntentKind.OPEN],
        wishes=[intent for intent in intents if intent.kind is not IntentKind.OPEN],
        opened=[deal for deal in deals if deal.entry == mt5.DEAL_ENTRY_IN],
        held=await positions(paper),
        expected=frozenset(trade.position for trade in trades),
        told=[notice.subject for notice in await paper.alerts()],
    )
