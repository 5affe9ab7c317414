"""Round trips of `order_send`: a position opened and closed again, over and over."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import core.paper as mt5
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
from tests.bench.mt5.broker import PASSWORD, open_broker
from tests.bench.rows import Row

BLOCKS, PAIRS = 7, 500
OPEN = {
    "action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1, "type": mt5.ORDER_TYPE_BUY,
    "type_filling": mt5.ORDER_FILLING_FOK, "magic": 1, "comment": "bench",
}  # fmt: skip


async def order_rows(folder: Path) -> list[Row]:
    count = BLOCKS * PAIRS * 2
    (memory, of_core), (file, _) = in_process(folder / "memory", ":memory:bench"), in_process(folder / "file")
    return [
        Row("order_send in process, book in memory", memory, "/s", count, at_least=10_000),
        Row("  the same, by a second of one core's time", of_core, "/s", count),
        Row("order_send in process, book in a file", file, "/s", count),
        Row(
            "order_send through the worker",
            await through_worker(folder / "worker"),
            "/s",
            count,
            at_least=2_000,
        ),
    ]


def in_process(folder: Path, book: str = "") -> tuple[float, float]:
    """Orders a second, by the clock and by the processor's time: of the blocks, the median one's."""
    with open_broker(folder, book=book) as broker:
        if not mt5.initialize(broker.terminal(1), login=1, password=PASSWORD):
            raise RuntimeError(f"no terminal: {mt5.last_error()}")
        try:
            clock, core = zip(*(_block() for _ in range(BLOCKS)), strict=True)
            return median(clock), median(core)
        finally:
            mt5.shutdown()


def _block() -> tuple[float, float]:
    began, spent = time.perf_counter(), time.process_time()
    for _ in range(PAIRS):
        opened = _done(mt5.order_send(OPEN))
        _done(mt5.order_send(OPEN | {"type": mt5.ORDER_TYPE_SELL, "position": opened.order}))
    return PAIRS * 2 / (time.perf_counter() - began), PAIRS * 2 / (time.process_time() - spent)


def _done(result: Any) -> Any:
    if result is None or result.retcode != mt5.TRADE_RETCODE_DONE:
        raise RuntimeError(f"an order was not filled: {result} {mt5.last_error()}")
    return result


async def through_worker(folder: Path) -> float:
    with open_broker(folder) as broker:
        async with Terminal(WorkerCommand("core.paper")) as terminal:
            await terminal.call("initialize", broker.terminal(1), login=1, password=PASSWORD)

            async def send(request: dict[str, Any]) -> int:
                result = (await terminal.call("order_send", request)).result
                if result is None or result["retcode"] != mt5.TRADE_RETCODE_DONE:
                    raise RuntimeError(f"an order was not filled: {result}")
                return int(result["order"])

            return median([await _async_block(send) for _ in range(BLOCKS)])


async def _async_block(send: Callable[[dict[str, Any]], Awaitable[int]]) -> float:
    began = time.perf_counter()
    for _ in range(PAIRS):
        position = await send(OPEN)
        await send(OPEN | {"type": mt5.ORDER_TYPE_SELL, "position": position})
    return PAIRS * 2 / (time.perf_counter() - began)
