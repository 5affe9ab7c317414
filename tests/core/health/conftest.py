"""A ward over SQLite; what is stored is tested on both databases in tests/storage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.mt5.calls import Deadlines
from core.ports import Store
from tests.core.health.ward import Ward
from tests.fakes.desk import open_paper_desk

QUICK = Deadlines(read_s=0.5, history_s=0.5, trade_s=0.5, launch_s=3.0)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def ward(store: Store, tmp_path: Path) -> AsyncIterator[Ward]:
    async with open_paper_desk(store, tmp_path, accounts=2, deadlines=QUICK) as paper:
        yield Ward(paper)
