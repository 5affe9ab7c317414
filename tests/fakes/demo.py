"""The demo as a process of its own."""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[Process]:
    """`tapdesk demo` with its files in `folder`; killed at the end if it still runs."""
    argv = [sys.executable, "-m", "bot.cli", "demo", "--folder", str(folder), *options]
    process = await asyncio.create_subprocess_exec(*argv, stdout=PIPE, stderr=DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


async def told(process: Process, pattern: str) -> str:
    """The first group of the first line of its output that fits."""
    if process.stdout is None:
        raise ValueError("the process has no standard output")
    async for line in process.stdout:
        if found := re.search(pattern, line.decode()):
            return found[1]
    raise EOFError(f"the process ended without a line like {pattern}")
