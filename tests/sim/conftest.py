"""One set of processes for all simulated weeks."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.sim.playing import many


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    with many() as processes:
        yield processes
        processes.shutdown(wait=False, cancel_futures=True)
