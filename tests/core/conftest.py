"""What the tests of use-cases share: a desk over paper terminals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.ports import Store
from tests.fakes.desk import PaperDesk, open_paper_desk


@pytest.fixture
async def paper_desk(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    """One account, on each database; `open_paper_desk` gives more accounts, another policy, deadlines."""
    async with open_paper_desk(store, tmp_path) as made:
        yield made
