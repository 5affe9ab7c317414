"""The desk dies at every step of an order, under every fault of its broker, and nothing is ever wrong."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from core.model.trades import IntentState
from core.trading.execution import execute_next
from core.trading.resolution import Quarantine, resolve
from tests.crash.lives import SCENARIOS, Ground, Plan, Scenario

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
async def test_dying_at_each_step(tmp_path: Path, sqlite_template: Path, scenario: Scenario) -> None:
    """Once at each step of an undisturbed life; by seed at other paces, and dying once or twice again."""
    ground = Ground(tmp_path, sqlite_template)
    undisturbed = await ground.play(Plan(scenario))
    assert not undisturbed.faults(closing=scenario.closing), undisturbed
    for seed in SEEDS:
        random = Random(seed)
        for step in range(len(undisturbed.steps)):
            deaths = (step, *(random.randrange(12) for _ in range(seed - 1)))
            plan = Plan(scenario, deaths, seed)
            ending = await ground.play(plan)
            assert not ending.faults(closing=scenario.closing), (plan, ending)


OFF = Quarantine(opening_s=0, clean_reads=1)


async def test_without_the_quarantine_a_late_order_is_called_not_executed(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """A negative control: the order is given up, and is executed 90 s after it was sent."""
    ground = Ground(tmp_path, sqlite_template)
    plan = Plan(SCENARIOS["late by 90 s"])
    assert "intent_expired" in (await ground.play(plan, OFF)).told
    assert "intent_expired" not in (await ground.play(plan)).told


async def test_without_the_look_up_a_restart_makes_a_duplicate(tmp_path: Path, sqlite_template: Path) -> None:
    """A negative control: a desk that sends again what it was sending when it died."""
    ground = Ground(tmp_path, sqlite_template)
    async with ground.story(Plan(Scenario(lost_after=True))) as story:
        paper, account = story.paper, story.paper.trader.account
        card = await paper.card()
        await story.tap(card)
        story.arm()
        await execute_next(paper.desk, account)
        lost = await paper.intent(card)
        assert lost.state is IntentState.UNKNOWN
        async with paper.store.write() as tx:  # instead of asking the books
            await tx.intents.settle(
                replace(lost, state=IntentState.NEW), paper.desk.epoch, IntentState.UNKNOWN
            )
        await execute_next(paper.desk, account)
        assert len(paper.broker.broker.view(account.login).ledger.positions) == 2


@pytest.mark.parametrize("fenced", [True, False])
async def test_only_the_fence_keeps_an_older_host_from_its_own_conclusions(
    tmp_path: Path, sqlite_template: Path, *, fenced: bool
) -> None:
    """A host of an older life, without patience, gives up what the newer one still waits for."""
    ground = Ground(tmp_path, sqlite_template, fenced=fenced)
    async with ground.story(Plan(SCENARIOS["late by 90 s"])) as story:
        paper, account = story.paper, story.paper.trader.account
        card = await paper.card()
        await story.tap(card)
        story.arm()
        await execute_next(paper.desk, account)
        older = paper.desk
        await paper.restart()
        await resolve(replace(older, terminals=paper.desk.terminals), account, OFF)
        given_up = (await paper.intent(card)).state is IntentState.EXPIRED
        assert given_up is not fenced
        paper.pass_time(100)
        await resolve(paper.desk, account, Quarantine())
        held = paper.broker.broker.view(account.login).ledger.positions
        assert len(held) == 1
        assert ((await paper.intent(card)).state is IntentState.FILLED) is fenced
