"""Twenty positions with all their fields: through our worker, and as netrefs of RPyC classic."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import rpyc  # type: ignore[import-untyped]

from core.mt5 import contract
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
from tests.bench.mt5.broker import PASSWORD, POSITIONS, open_broker
from tests.bench.rows import Row

ROUNDS, READS = 15, 20
FIELDS = tuple(name for name, _ in contract.SHAPES["TradePosition"])


async def read_rows(folder: Path) -> list[Row]:
    """Both in turns, so that what the machine does meanwhile falls on both; raises if they differ."""
    with open_broker(folder) as broker, classic() as remote:
        broker.open_positions()
        remote.initialize(broker.terminal(1), login=1, password=PASSWORD)
        async with Terminal(WorkerCommand("core.paper")) as terminal:
            await terminal.call("initialize", broker.terminal(1), login=1, password=PASSWORD)
            if identities(by_netrefs(remote)) != identities(await by_worker(terminal)):
                raise RuntimeError("the two do not read the same positions")
            netref_ms, worker_ms = [], []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                by_netrefs(remote)
                netref_ms.append((time.perf_counter() - began) * 1000)
                began = time.perf_counter()
                for _ in range(READS):
                    await by_worker(terminal)
                worker_ms.append((time.perf_counter() - began) * 1000 / READS)
    ratio = median(netref_ms) / median(worker_ms)
    return [
        Row("20 positions, all fields, by RPyC classic", median(netref_ms), "ms", ROUNDS),
        Row("20 positions, all fields, through the worker", median(worker_ms), "ms", ROUNDS * READS),
        Row("  the worker is so many times faster", ratio, "x", ROUNDS, at_least=100),
    ]


@contextmanager
def classic() -> Iterator[Any]:
    """The module of a server of its own, as mt5linux reaches it."""
    argv = [sys.executable, "-m", "tests.bench.mt5.classic"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            with closing(rpyc.classic.connect("127.0.0.1", int(server.stdout.readline()))) as connection:
                yield connection.modules.MetaTrader5
        finally:
            server.terminate()


def by_netrefs(module: Any) -> list[dict[str, Any]]:
    """One round trip an element and one a field, as code written for the module reads them."""
    return [{name: getattr(position, name) for name in FIELDS} for position in module.positions_get()]


async def by_worker(terminal: Terminal) -> list[dict[str, Any]]:
    positions: list[dict[str, Any]] = (await terminal.call("positions_get")).result
    return positions


def identities(positions: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """What does not move with the market."""
    if len(positions) != POSITIONS:
        raise RuntimeError(f"{len(positions)} positions instead of {POSITIONS}")
    return {(p["ticket"], p["symbol"], p["volume"], p["price_open"], p["comment"]) for p in positions}
