"""Weeks of accounts with everything that can befall them: the witnesses have nothing to object to."""

from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from core.ports import Store
from tests.sim.playing import Told, played
from tests.sim.script import written
from tests.sim.week import play

SEEDS, ACCOUNTS = range(10), 10
ON_POSTGRES = range(100, 102)
"""Of three accounts each."""


@pytest.fixture(scope="module")
def weeks(pool: ProcessPoolExecutor, sqlite_template: Path) -> dict[int, Future[Told]]:
    return {seed: pool.submit(played, seed, ACCOUNTS, sqlite_template) for seed in SEEDS}


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("seed", ON_POSTGRES)
@pytest.mark.usefixtures("weeks")  # which are played meanwhile
async def test_a_week_on_postgres_gives_it_none(seed: int, store: Store, tmp_path: Path) -> None:
    script = written(seed, 3)
    week = await play(store, tmp_path, script)
    assert not week.objections, script


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_gives_the_oracle_no_reason_to_object(seed: int, weeks: dict[int, Future[Told]]) -> None:
    week = weeks[seed].result()
    assert not week.objections, written(seed, ACCOUNTS)
    assert week.liquidations
