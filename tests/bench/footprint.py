"""Import time of the core, and memory and loop lag of an idle demo."""

import asyncio
import math
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil

from tests.bench.rows import Row

HEAVY = ("aiogram", "sqlalchemy", "matplotlib")
SETTLE_S = 65.0

_IMPORT = """
import sys, time
began = time.perf_counter()
import {module}
print(time.perf_counter() - began, [name for name in {heavy} if name in sys.modules])
"""


async def import_rows(folder: Path) -> list[Row]:
    """The best of five fresh interpreters each; raises if a heavy package came along."""
    return [_import("core", 150), _import("core.trading.account_loop", math.inf)]


def _import(module: str, at_most_ms: float) -> Row:
    program = _IMPORT.format(module=module, heavy=HEAVY)
    times = []
    for _ in range(5):
        output = subprocess.check_output([sys.executable, "-c", program], text=True)
        seconds, _, loaded = output.strip().partition(" ")
        if loaded != "[]":
            raise RuntimeError(f"import {module} loads {loaded}")
        times.append(float(seconds) * 1000)
    return Row(f"import {module}", min(times), "ms", len(times), at_most_ms)


async def idle_rows(folder: Path) -> list[Row]:
    """A demo of its own process that nobody taps, measured after a minute."""
    argv = [sys.executable, "-m", "bot.cli", "demo", "--port", "0", "--folder", str(folder)]
    demo = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        metrics = await _metrics_url(demo)
        await asyncio.sleep(SETTLE_S)
        text = await asyncio.to_thread(_get, metrics)
        return [
            Row("idle demo, all processes, unique memory", unique_mb(demo.pid), "MB", at_most=350),
            Row("idle demo, event-loop lag p99", _metric(text, "tapdesk_loop_lag_p99_ms"), "ms", at_most=20),
        ]
    finally:
        demo.terminate()
        await demo.wait()


async def _metrics_url(demo: asyncio.subprocess.Process) -> str:
    if demo.stdout is None:
        raise RuntimeError("the demo has no standard output")
    async for line in demo.stdout:
        found = re.search(rb"(http://[^ ]+)/docs", line)
        if found and b"intake" in line:
            return found[1].decode() + "/metrics"
    raise RuntimeError("the demo ended before it told its address")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the demo's own loopback address
        return str(answer.read(), "utf-8")


def _metric(text: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no metric {name}")
    return float(found[1])


def unique_mb(pid: int) -> float:
    """What would be freed if a process and its children ended."""
    process = psutil.Process(pid)
    everything = [process, *process.children(recursive=True)]
    return float(sum(each.memory_full_info().uss for each in everything)) / 2**20
