"""An account of a paper desk under the market guard, for each choice of its policy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.ports import Store
from tests.core.market.marked import Marked
from tests.fakes.desk import open_paper_desk


@pytest.fixture
async def marked(store: Store, tmp_path: Path) -> AsyncIterator[Marked]:
    """Its policy only tells; `Marked.choose` changes it."""
    async with open_paper_desk(store, tmp_path) as paper:
        yield Marked(paper)
