"""What `/metrics` and a heartbeat of a thousand accounts take of the event loop at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NoReturn

import httpx
from cryptography.fernet import Fernet

from bot.watch.readiness import Intervals
from bot.watch.telemetry import Telemetry
from bot.web.app import create_web
from core.desk import Desk
from core.model.clock import SystemClock
from core.model.ids import AccountId
from core.mt5.pool import Pool
from core.supervision import Supervisor
from storage.engine import connect
from storage.migrate import upgrade
from storage.secrets import Vault
from storage.store import SqlStore
from tests.bench.rows import Row
from tests.storage.samples import a_person, an_account

ACCOUNTS = 1_000
TIMES = 20
MOST_MS = 10


async def metrics_rows(folder: Path) -> list[Row]:
    """The median of the longest holds of each."""
    folder.mkdir()
    async with _desk_of_many(folder) as desk:
        telemetry = Telemetry(desk, Supervisor(), Intervals())
        beats = [await _longest_hold_ms(telemetry.measure) for _ in range(TIMES)]
        door = httpx.ASGITransport(app=create_web(desk, telemetry))
        async with httpx.AsyncClient(transport=door, base_url="http://desk") as http:
            scrapes = [await _longest_hold_ms(lambda: http.get("/metrics")) for _ in range(TIMES)]
    return [
        Row(
            f"/metrics of {ACCOUNTS:,} accounts, longest hold",
            median(scrapes),
            "ms",
            TIMES,
            MOST_MS,
        ),
        Row(f"heartbeat of {ACCOUNTS:,} accounts, longest hold", median(beats), "ms", TIMES, MOST_MS),
    ]


async def _nobody(account: AccountId) -> NoReturn:
    raise LookupError(f"account {account} has no terminal here")


@asynccontextmanager
async def _desk_of_many(folder: Path) -> AsyncIterator[Desk]:
    """A desk that has read and guarded each of its accounts."""
    url = f"sqlite+aiosqlite:///{folder / 'desk.db'}"
    await upgrade(url)
    store = SqlStore(connect(url), Vault([Fernet.generate_key().decode()]))
    desk = Desk(store, SystemClock(), Pool(_nobody), 0)
    person = a_person(1)
    async with store.write() as tx:
        await tx.people.add(person)
        for login in range(ACCOUNTS):
            account = replace(an_account(person, login), label=f"account {login}")
            await tx.accounts.add(account, "")
            desk.board.read(account.id, desk.clock.now(), "PAPER", positions=3, matched=3, took_s=0.1)
            desk.board.guarded(account.id, desk.clock.now(), Decimal("10012.34"))
    try:
        yield desk
    finally:
        await store.aclose()


async def _longest_hold_ms(act: Callable[[], Awaitable[object]]) -> float:
    """The longest time for which nobody else had a turn while it was done; the thread's own, since the other
    work of the machine is not what is measured."""
    turns = [time.thread_time()]

    async def take_turns() -> None:
        while True:
            await asyncio.sleep(0)
            turns.append(time.thread_time())

    other = asyncio.create_task(take_turns())
    await act()
    other.cancel()
    await asyncio.wait([other])
    return max(later - sooner for sooner, later in pairwise(turns)) * 1000
