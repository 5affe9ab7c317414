"""Weeks of accounts with everything that can befall them: the witnesses have nothing to object to."""

from pathlib import Path

import pytest

from core.ports import Store
from tests.sim.script import written
from tests.sim.week import play

SEEDS, ACCOUNTS = range(10), 10


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_week_gives_the_oracle_no_reason_to_object(seed: int, store: Store, tmp_path: Path) -> None:
    script = written(seed, ACCOUNTS)
    week = await play(store, tmp_path, script)
    assert not week.objections, script
    assert week.liquidations
