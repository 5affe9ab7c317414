"""A desk whose account is looked at by hand, one reconciliation after another."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.mt5.calls import Deadlines
from core.ports import Store
from tests.core.reconciliation.watched import Watched
from tests.fakes.desk import open_paper_desk

QUICK = Deadlines(read_s=0.5, history_s=0.5, trade_s=0.5, launch_s=3.0)


@pytest.fixture
async def watched(store: Store, tmp_path: Path) -> AsyncIterator[Watched]:
    async with open_paper_desk(store, tmp_path, accounts=2, deadlines=QUICK) as paper:
        yield Watched(paper)
