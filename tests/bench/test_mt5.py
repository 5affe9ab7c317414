"""The bench of the MetaTrader 5 layer measures what it says, shown on a few of everything."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.bench.mt5 import fleet, mt5_rows, neighbour, orders, reads, worker


async def test_it_measures_every_goal_of_the_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few: dict[ModuleType, dict[str, float]] = {
        orders: {"BLOCKS": 1, "PAIRS": 5},
        reads: {"ROUNDS": 1, "READS": 2},
        worker: {"STARTS": 1},
        fleet: {"ACCOUNTS": 3, "CYCLES": 2, "CYCLE_S": 0.05},
        neighbour: {"OTHERS": 1, "ROUNDS": 1, "BLOCK_S": 0.1},
    }
    for module, sizes in few.items():
        for name, value in sizes.items():
            monkeypatch.setattr(module, name, value)
    rows = await mt5_rows(tmp_path / "mt5")
    assert all(row.measured > 0 for row in rows if row.at_most != 0)
    assert [row.measured for row in rows if row.at_most == 0] == [0]  # snapshots that failed
    assert len([row for row in rows if row.goal]) == 9
