"""The worker that draws: it dies, hangs up, is interrupted, and the caller gets a chart or a sentence."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from core.charts.renderer import ChartFailed, Charts
from core.model.mt5 import Bar

START = datetime(2026, 11, 19, 14, tzinfo=UTC)
BARS = [Bar(START + timedelta(hours=number), 1.1, 1.3, 1.0, 1.2, 5) for number in range(20)]
PNG = b"\x89PNG"


def children() -> list[psutil.Process]:
    workers = psutil.Process().children()
    return [process for process in workers if "core.charts.worker" in process.cmdline()]


async def test_a_killed_worker_is_replaced_and_the_chart_arrives() -> None:
    async with Charts() as charts:
        assert (await charts.candles(BARS, "EURUSD", {}, 5)).startswith(PNG)
        [first] = children()
        first.kill()
        assert (await charts.candles(BARS, "EURUSD", {}, 5)).startswith(PNG)
        [second] = children()
        assert second.pid != first.pid
    assert not children()


async def test_a_worker_that_never_answers_is_an_error_in_words() -> None:
    async with Charts(argv=(sys.executable, "-c", "")) as charts:
        with pytest.raises(ChartFailed, match="could not be drawn"):
            await charts.candles(BARS, "EURUSD", {}, 5)


async def test_a_cancelled_request_does_not_give_its_picture_to_the_next() -> None:
    async with Charts() as charts:
        wanted = await charts.candles(BARS, "second", {}, 5)
        abandoned = asyncio.create_task(charts.candles(BARS, "first", {}, 5))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        abandoned.cancel()
        with pytest.raises(asyncio.CancelledError):
            await abandoned
        assert await charts.candles(BARS, "second", {}, 5) == wanted


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a whole process group on POSIX")
async def test_ctrl_c_in_the_terminal_does_not_end_the_worker() -> None:
    async with Charts() as charts:
        assert (await charts.candles(BARS, "EURUSD", {}, 5)).startswith(PNG)
        [worker] = children()
        worker.send_signal(signal.SIGINT)
        assert (await charts.candles(BARS, "EURUSD", {}, 5)).startswith(PNG)
        assert children() == [worker]
