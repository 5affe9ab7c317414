"""A desk that dies at each step of adding to a net position: each filled order has its share, once."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.model.trades import IntentState
from core.mt5 import contract as mt5
from core.reconciliation.sync import Reconciler
from tests.crash.lives import SCENARIOS, Ground, Plan, Story

NAMES = ("all is well", "reply lost", "worker lost", "not readable", "marks stripped", "late by 3 s")


@pytest.mark.parametrize("name", NAMES)
async def test_an_addition_is_a_share_of_its_own_whatever_dies(
    tmp_path: Path, sqlite_template: Path, name: str
) -> None:
    ground = Ground(tmp_path, sqlite_template)
    steps = await added(ground, Plan(SCENARIOS[name]))
    for step in range(len(steps)):
        await added(ground, Plan(SCENARIOS[name], (step,), seed=1))


async def added(ground: Ground, plan: Plan) -> list[str]:
    """Two signals of one symbol, the second of which meets what is planned; returns its steps."""
    async with ground.story(plan) as story:
        paper = story.paper
        login = paper.trader.account.login
        paper.broker.change_account(login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
        await story.tap(await paper.card())
        await story.settle()
        card = await paper.card()

        async def life() -> None:
            await story.tap(card)
            await story.settle()

        story.arm()
        await story.run(life)
        await check(story, plan)
        return story.all_steps


async def check(story: Story, plan: Plan) -> None:
    paper, reconciler = story.paper, Reconciler(story.paper.desk, story.paper.trader.account)
    paper.broker.no_misfortunes()  # that no life has met
    for _ in range(2):
        paper.pass_time(300)
        await story.settle()
    await reconciler.sync()
    [position] = paper.broker.broker.view(paper.trader.account.login).ledger.positions.values()
    trades = await paper.trades()
    async with paper.store.read() as tx:
        intents = [await tx.intents.get(trade.intent_id) for trade in trades if trade.intent_id]
        lasting = await tx.reconciliation.lasting(paper.trader.account.id)
    assert {trade.position for trade in trades} == {position.identifier}, plan
    assert sum(trade.volume for trade in trades) == Decimal(str(position.volume)), plan
    assert [intent and intent.state for intent in intents] == [IntentState.FILLED] * len(trades), plan
    assert lasting == [], plan
