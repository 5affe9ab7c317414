"""Fifty accounts side by side: each with a worker of its own and twenty positions, read once a second."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from core.model.ids import AccountId
from core.mt5.errors import TerminalError
from core.mt5.pool import Pool
from core.mt5.session import Session
from tests.bench.footprint import unique_mb
from tests.bench.mt5.broker import POSITIONS, open_broker
from tests.bench.rows import Row, percentile

ACCOUNTS, CYCLES, CYCLE_S = 50, 10, 1.0


@dataclass(slots=True)
class Readings:
    """Milliseconds, one entry a snapshot; how many failed or showed too few positions."""

    ms: list[float] = field(default_factory=list)
    failed: int = 0


async def fleet_rows(folder: Path) -> list[Row]:
    readings = Readings()
    with open_broker(folder, ACCOUNTS) as broker:
        broker.open_positions()

        async def open_session(account: AccountId) -> Session:
            return broker.session(account.int)

        began = time.perf_counter()
        async with Pool(open_session) as pool:
            sessions = [await pool.session(AccountId(UUID(int=login))) for login in broker.logins]
            await asyncio.gather(*(session.connect() for session in sessions))
            started_s = time.perf_counter() - began
            await asyncio.gather(*(_read(session, n, readings) for n, session in enumerate(sessions)))
            memory = sum(unique_mb(_pid(session)) for session in sessions)
    count = ACCOUNTS * CYCLES
    return [
        Row(f"{ACCOUNTS} accounts: all signed in", started_s, "s"),
        Row(f"{ACCOUNTS} accounts: snapshots that failed", readings.failed, "", count, at_most=0),
        Row(
            f"{ACCOUNTS} accounts: snapshot, each read every second, p50",
            percentile(readings.ms, 0.5),
            "ms",
            count,
        ),
        Row(
            f"{ACCOUNTS} accounts: snapshot, each read every second, p99",
            percentile(readings.ms, 0.99),
            "ms",
            count,
        ),
        Row(
            f"{ACCOUNTS} accounts: unique memory of all workers",
            memory,
            "MB",
            ACCOUNTS,
            at_most=ACCOUNTS * 40,
        ),
    ]


async def _read(session: Session, number: int, readings: Readings) -> None:
    """At a moment of the second of its own, as accounts of a desk are read."""
    loop = asyncio.get_running_loop()
    due = loop.time() + number * CYCLE_S / ACCOUNTS
    for _ in range(CYCLES):
        await asyncio.sleep(due - loop.time())
        began = time.perf_counter()
        try:
            readings.failed += len((await session.snapshot()).positions) != POSITIONS
        except TerminalError:
            readings.failed += 1
        readings.ms.append((time.perf_counter() - began) * 1000)
        due += CYCLE_S


def _pid(session: Session) -> int:
    hello = session.connection.terminal.hello
    if hello is None:
        raise RuntimeError("a worker has not started")
    return hello.pid
