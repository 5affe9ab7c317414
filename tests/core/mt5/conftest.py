"""A session over a terminal that the test bends."""

from collections.abc import AsyncIterator

import pytest

from core.mt5.session import Session
from tests.fakes.bent_terminal import BentTerminal, SteppedClock, bent_session


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def module(clock: SteppedClock) -> BentTerminal:
    return BentTerminal(clock)


@pytest.fixture
async def session(module: BentTerminal) -> AsyncIterator[Session]:
    async with bent_session(module) as session:
        yield session
