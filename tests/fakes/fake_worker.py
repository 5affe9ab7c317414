"""Real workers over `terminal_module`, and ways to catch them in the act."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil

from core.mt5.calls import Answer, Deadlines
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal

FAKES = str(Path(__file__).parent)
QUICK = Deadlines(launch_s=0.3, trade_s=0.3, read_s=0.3, history_s=0.3)
ORDER = {"action": 1, "volume": 0.1}


def fake_worker(module: str = "terminal_module") -> WorkerCommand:
    return WorkerCommand(module, name=module, environment={"PYTHONPATH": FAKES})


async def pid_of(terminal: Terminal) -> int:
    pid = (await terminal.call("terminal_info")).result["pid"]
    assert isinstance(pid, int)
    return pid


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


async def under_way(terminal: Terminal, function: str, *args: object) -> asyncio.Task[Answer]:
    """A call that the worker has been given already."""
    task = asyncio.create_task(terminal.call(function, *args))
    for _ in range(5):
        await asyncio.sleep(0)
    return task


def has_ended(process: psutil.Process) -> bool:
    """Also when nobody has collected it yet: an orphan's new parent may take its time."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
