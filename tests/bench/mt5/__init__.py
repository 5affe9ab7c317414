"""Figures of the MetaTrader 5 layer: paper terminals, their workers, many of them, and one that hangs."""

from pathlib import Path

from tests.bench.mt5.fleet import fleet_rows
from tests.bench.mt5.neighbour import neighbour_rows
from tests.bench.mt5.orders import order_rows
from tests.bench.mt5.reads import read_rows
from tests.bench.mt5.worker import worker_rows
from tests.bench.rows import Row


async def mt5_rows(folder: Path) -> list[Row]:
    return [
        *await order_rows(folder / "orders"),
        *await read_rows(folder / "reads"),
        *await worker_rows(folder / "worker"),
        *await fleet_rows(folder / "fleet"),
        *await neighbour_rows(folder / "neighbour"),
    ]
