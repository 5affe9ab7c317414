"""A terminal that hangs, and what the accounts beside it notice of that."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from core.mt5.calls import Deadlines
from core.mt5.errors import TerminalError
from core.mt5.link import WorkerCommand
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.server.faults import Fault, Kind
from tests.bench.mt5.broker import PASSWORD, Broker, open_broker
from tests.bench.rows import Row, percentile

OTHERS, ROUNDS, BLOCK_S, PAUSE_S = 3, 24, 0.4, 0.001
HANGS = 1


async def neighbour_rows(folder: Path) -> list[Row]:
    """Blocks of calm and of a hang in turns; in each hang the worker misses its deadline and is killed."""
    calm: list[float] = []
    beside: list[float] = []
    with open_broker(folder, OTHERS + HANGS) as broker:
        broker.open_positions()
        async with AsyncExitStack() as stack:
            others = [
                await stack.enter_async_context(broker.session(login)) for login in broker.logins[HANGS:]
            ]
            await asyncio.gather(*(session.connect() for session in others))
            await _block(others)  # the first one warms up
            for number in range(ROUNDS):
                for hung in (False, True) if number % 2 else (True, False):
                    async with _hanging(broker) if hung else _quiet(broker):
                        (beside if hung else calm).extend(await _block(others))
    p99 = percentile(beside, 0.99) / percentile(calm, 0.99)
    return [
        Row("snapshot beside a calm neighbour, p99", percentile(calm, 0.99), "ms", len(calm)),
        Row("snapshot beside a hung neighbour, p99", percentile(beside, 0.99), "ms", len(beside)),
        Row("  a hung terminal: latency of the others, p99 ratio", p99, "x", ROUNDS, at_most=1.2),
    ]


async def _block(sessions: list[Session]) -> list[float]:
    """Milliseconds of snapshots, one account after the other, for the length of a block."""
    taken: list[float] = []
    until = time.perf_counter() + BLOCK_S
    while time.perf_counter() < until:
        for session in sessions:
            began = time.perf_counter()
            await session.snapshot()
            taken.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(PAUSE_S)
    return taken


@asynccontextmanager
async def _quiet(broker: Broker) -> AsyncIterator[None]:
    """The neighbour is there and answers once in a block."""
    async with _neighbour(broker, Deadlines()) as terminal:
        answer = asyncio.create_task(terminal.call("positions_get"))
        yield
        await answer


@asynccontextmanager
async def _hanging(broker: Broker) -> AsyncIterator[None]:
    """The neighbour blocks in the middle of a call, until its deadline and for ever."""
    async with _neighbour(broker, Deadlines(read_s=BLOCK_S / 2)) as terminal:
        broker.hands.misfortune(Fault(Kind.HANG_BEFORE, "positions_get", login=broker.logins[0]))
        answer = asyncio.create_task(terminal.call("positions_get"))
        yield
        try:
            await answer
        except TerminalError:
            return
        raise RuntimeError("the terminal that was to hang has answered")


@asynccontextmanager
async def _neighbour(broker: Broker, deadlines: Deadlines) -> AsyncIterator[Terminal]:
    """A terminal that has started and signed in, outside of what is measured."""
    login = broker.logins[0]
    async with Terminal(WorkerCommand("core.paper"), deadlines=deadlines) as terminal:
        await terminal.call("initialize", broker.terminal(login), login=login, password=PASSWORD)
        yield terminal
