"""One worker: how soon it answers, and what memory is its own."""

import time
from pathlib import Path
from statistics import median

from core.mt5 import contract as mt5
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
from tests.bench.footprint import unique_mb
from tests.bench.mt5.broker import PASSWORD, Broker, open_broker
from tests.bench.rows import Row

STARTS = 9


async def worker_rows(folder: Path) -> list[Row]:
    with open_broker(folder) as broker:
        broker.open_positions()
        starts = [await _start_ms(broker) for _ in range(STARTS)]
        lean, with_bars = await _memory_mb(broker)
    return [
        Row("worker, start to first answer (login), p50", median(starts), "ms", STARTS, at_most=400),
        Row("worker, unique memory, positions read", lean, "MB", at_most=40),
        Row("worker, unique memory, bars read too (NumPy)", with_bars, "MB", at_most=40),
    ]


async def _start_ms(broker: Broker) -> float:
    began = time.perf_counter()
    async with Terminal(WorkerCommand("core.paper")) as terminal:
        await _sign_in(terminal, broker)
        return (time.perf_counter() - began) * 1000


async def _memory_mb(broker: Broker) -> tuple[float, float]:
    async with Terminal(WorkerCommand("core.paper")) as terminal:
        await _sign_in(terminal, broker)
        assert terminal.hello is not None
        for _ in range(50):
            await terminal.call("positions_get")
        lean = unique_mb(terminal.hello.pid)
        await terminal.call("copy_rates_from_pos", "EURUSD", mt5.TIMEFRAME_M15, 0, 200)
        return lean, unique_mb(terminal.hello.pid)


async def _sign_in(terminal: Terminal, broker: Broker) -> None:
    answer = await terminal.call("initialize", broker.terminal(1), login=1, password=PASSWORD)
    if answer.result is not True:
        raise RuntimeError(f"no terminal: {answer.last_error}")
