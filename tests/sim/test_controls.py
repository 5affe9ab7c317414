"""The oracle can object: the desk without one of its cares does wrong within a few weeks, and as expected."""

from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.sim.playing import objected

ACCOUNTS, SEEDS = 6, (3, 2, 0, 1)
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
def objections(pool: ProcessPoolExecutor, sqlite_template: Path) -> dict[str, Future[list[str]]]:
    return {care: pool.submit(objected, care, SEEDS, ACCOUNTS, sqlite_template) for care in EXPECTED}


@pytest.mark.parametrize("care", EXPECTED)
def test_without_a_care_the_oracle_objects(care: str, objections: dict[str, Future[list[str]]]) -> None:
    found = objections[care].result()
    assert found
    for objection in found:
        assert any(reason in objection for reason in EXPECTED[care])
