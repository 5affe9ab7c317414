"""Charts drawn by a worker process, so that the event loop never waits for a picture."""

import asyncio
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self

import structlog

from core.model.equity import Course
from core.model.errors import DeskError
from core.model.mt5 import Bar
from core.quality.figures import slippage_of
from core.quality.grouping import Row
from core.workers import LinkLost, WorkerProcess

log = structlog.get_logger(__name__)

MAX_BARS = 240
_ARGV = (sys.executable, "-m", "core.charts.worker")
_DEADLINE_S = 20.0


class ChartFailed(DeskError):
    """Raised when there is nothing to draw, or the picture could not be drawn."""


class Charts:
    """Draws one picture at a time. Use as `async with Charts() as charts`; the worker warms up meanwhile."""

    def __init__(self, argv: Sequence[str] = _ARGV) -> None:
        self._argv = argv
        self._worker: WorkerProcess | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._worker = await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the worker. A picture that is asked for later starts another."""
        async with self._turn:
            await self._drop(kill=False)

    async def candles(
        self, bars: Sequence[Bar], title: str, levels: Mapping[str, Decimal], digits: int
    ) -> bytes:
        """A PNG, 1200 × 675, of the last 240 `bars`, with a labelled line per level and for the last price.

        A level whose name begins with entry, stop (or SL), target (or TP, TP1 … TP5, take) has its colour,
        and the zones between entry and stop, entry and target are shaded; so have buy, sell and order, but no
        zone. Prices have `digits` decimals.
        Raises ChartFailed without bars, on prices that are not finite, or when the worker failed twice.
        """
        return await self._ask(_candles(bars[-MAX_BARS:], title, levels, digits))

    async def slippage(
        self, title: str, pips: Sequence[Decimal], names: Mapping[str, str], groups: Sequence[Row]
    ) -> bytes:
        """A PNG, 1200 × 600: how the slippage of all fills spreads, and median and p95 of the first 8 groups.

        Above 0 is worse. `names` are what its reader calls better, exact, worse, median, p95, pips and the
        groups. Raises ChartFailed without any measured slippage, or when the worker failed twice.
        """
        return await self._ask(_slippage(title, pips, names, groups))

    async def equity(self, title: str, course: Course, names: Mapping[str, str]) -> bytes:
        """A PNG, 1200 × 675: equity and balance, the drawdown below them, and what was paid in or out.

        `names` are what its reader calls equity, balance, drawdown and paid. Raises ChartFailed when the
        worker failed twice.
        """
        return await self._ask(_equity(title, course, names))

    async def _ask(self, request: bytes) -> bytes:
        async with self._turn:
            for attempt in (1, 2):
                try:
                    return await self._drawn(request)
                except (LinkLost, TimeoutError) as error:
                    log.warning("chart_worker_lost", attempt=attempt, reason=str(error) or "too slow")
        raise ChartFailed("The chart could not be drawn.")

    async def _drawn(self, request: bytes) -> bytes:
        """Ask the worker. Whatever interrupts the answer costs the worker: its next frame is not ours."""
        try:
            if self._worker is None:
                self._worker = await self._start()
            self._worker.send(request)
            async with asyncio.timeout(_DEADLINE_S):
                return (await self._worker.receive()).raw
        except BaseException:
            await self._drop(kill=True)
            raise

    async def _start(self) -> WorkerProcess:
        return await WorkerProcess.start(self._argv, os.environ, "charts")

    async def _drop(self, *, kill: bool) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.aclose(kill=kill)


def _slippage(title: str, pips: Sequence[Decimal], names: Mapping[str, str], groups: Sequence[Row]) -> bytes:
    whole = slippage_of(pips)
    if whole is None:
        raise ChartFailed("There are no fills to draw yet.")
    request = {
        "draw": "slippage",
        "title": title,
        "names": dict(names),
        "pips": [float(each) for each in pips],
        "median": float(whole.median),
        "p95": float(whole.p95),
        "groups": [_group(row) for row in groups],
    }
    return json.dumps(request).encode("ascii")


def _group(row: Row) -> tuple[str, float | None, float | None]:
    slippage = row.figures.slippage
    return (row.name, float(slippage.median), float(slippage.p95)) if slippage else (row.name, None, None)


def _equity(title: str, course: Course, names: Mapping[str, str]) -> bytes:
    points = [
        [int(point.at.timestamp()), float(point.equity), float(point.balance), float(drawdown)]
        for point, drawdown in zip(course.points, course.drawdowns, strict=True)
    ]
    paid = [[int(one.at.timestamp()), float(one.amount)] for one in course.payments or ()]
    request = {"draw": "equity", "title": title, "points": points, "paid": paid, "names": dict(names)}
    return json.dumps(request).encode("ascii")


def _candles(bars: Sequence[Bar], title: str, levels: Mapping[str, Decimal], digits: int) -> bytes:
    if not bars:
        raise ChartFailed("There are no bars to draw yet.")
    rows = [[int(bar.at.timestamp()), bar.open, bar.high, bar.low, bar.close] for bar in bars]
    prices = [price for row in rows for price in row[1:]] + [float(price) for price in levels.values()]
    if not all(math.isfinite(price) for price in prices):
        raise ChartFailed("The prices for the chart are not finite.")
    lines = [[name, float(price)] for name, price in levels.items()]
    request = {"draw": "candles", "title": title, "bars": rows, "levels": lines, "digits": digits}
    return json.dumps(request).encode("ascii")
