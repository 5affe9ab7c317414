"""The desk dies at every step of what a person asked for: done once, in part or not at all, and told so."""

from itertools import product
from pathlib import Path
from random import Random

import pytest

from tests.crash.deeds import DEEDS, OF_DEALS, TROUBLES, carry_out
from tests.crash.lives import Ground, Plan

CASES = [*product(DEEDS, TROUBLES), *product(["part closed"], OF_DEALS)]


@pytest.mark.parametrize(("deed", "trouble"), CASES)
async def test_dying_at_each_step_of_a_deed(
    tmp_path: Path, sqlite_template: Path, deed: str, trouble: str
) -> None:
    """Once at each step of an undisturbed life, and perhaps another time by seed."""
    ground, scenario = Ground(tmp_path, sqlite_template), (TROUBLES | OF_DEALS)[trouble]
    undisturbed = await carry_out(ground, DEEDS[deed], Plan(scenario))
    assert not undisturbed.faults(), undisturbed
    for step in range(len(undisturbed.steps)):
        random = Random(step)
        deaths = (step, *(random.randrange(12) for _ in range(random.randrange(2))))
        plan = Plan(scenario, deaths, seed=step)
        issue = await carry_out(ground, DEEDS[deed], plan)
        assert not issue.faults(), (plan, issue)
