"""A desk with rows in it."""

import pytest

from core.ports import Store
from storage.store import SqlStore
from tests.storage.samples import Desk, a_desk, keep


@pytest.fixture
async def desk(store: SqlStore) -> Desk:
    """Stored through the port as the core sees it, so that the type checker compares the two."""
    port: Store = store
    return await keep(port, a_desk())
