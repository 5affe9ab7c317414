"""The oracle can object: the desk without one of its cares does wrong within a few weeks, and as expected."""

from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.sim.playing import Told, played

ACCOUNTS = 6
SEEDS = range(3)
"""In one of these weeks at least."""

_FALSE, _MISSED = "without a breach", "and no liquidation"
EXPECTED = {
    "flows": (_FALSE, _MISSED),
    "fresh prices": (_FALSE,),
    "identity": (_FALSE,),
    "second read": ("ended with positions open",),
    "days": (_FALSE, _MISSED),
    "memory": (_MISSED,),
    "entry gate": ("opened",),
    "lock at the claim": ("opened",),
}
"""What each objection is one of."""


@pytest.fixture(scope="module")
def weeks(pool: ProcessPoolExecutor, sqlite_template: Path) -> dict[str, list[Future[Told]]]:
    return {
        care: [pool.submit(played, seed, ACCOUNTS, sqlite_template, care) for seed in SEEDS]
        for care in EXPECTED
    }


@pytest.mark.parametrize("care", EXPECTED)
def test_without_a_care_the_oracle_objects(care: str, weeks: dict[str, list[Future[Told]]]) -> None:
    objections = [each for week in weeks[care] for each in week.result().objections]
    assert objections
    for objection in objections:
        assert any(reason in objection for reason in EXPECTED[care])
