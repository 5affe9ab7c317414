"""A guarded account of 10,000 with a large position, so that a small fall is a large loss."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.mt5.calls import Deadlines
from core.ports import Store
from tests.core.risk.guarded import Guarded
from tests.fakes.desk import open_paper_desk

QUICK = Deadlines(read_s=0.5, history_s=0.5, trade_s=0.5, launch_s=3.0)


@pytest.fixture
async def guarded(store: Store, tmp_path: Path) -> AsyncIterator[Guarded]:
    bare = RiskPolicy(allow_no_stop=True)  # the large position has none
    async with open_paper_desk(store, tmp_path, accounts=2, deadlines=QUICK, policy=bare) as paper:
        guarded = Guarded(paper)
        await guarded.look()
        yield guarded
