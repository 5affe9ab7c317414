"""Two hundred accounts under everything that a desk does for an account, and how soon a breach is seen.

The terminals are the farm's, in a process of their own; the desk's share is its own processor time.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.context import App
from bot.parts import account_watches
from bot.settings import Settings
from core.attendance import Attendance
from core.charts.renderer import Charts
from core.desk import Desk
from core.health.monitor import Monitor
from core.market.news import Calendar
from core.model.accounts import Account, RiskPolicy
from core.model.ids import AccountId
from core.reconciliation.scheduler import Schedule, Scheduler
from core.supervision import Supervisor
from core.trading.desk_loop import TradingLoop
from tests.bench.rows import Row, percentile
from tests.bench.scale.desk import open_desk
from tests.bench.scale.gauges import Lag, Processor, rows_written
from tests.bench.scale.links import OpenFarm, open_farm

ACCOUNTS, POSITIONS, DELAY_S = 200, 20, 0.05
CALM_S, SETTLE_S = 30.0, 15.0
BREACHES, BETWEEN_S = 100, 0.2
LONG_COUNTDOWN_S = 600
"""Nothing is closed while it is measured how soon it would be."""


async def guard_rows(folder: Path) -> list[Row]:
    folder.mkdir()
    async with (
        open_farm(ACCOUNTS, POSITIONS, DELAY_S) as farm,
        open_desk(f"sqlite:///{folder / 'desk.db'}", farm, ACCOUNTS, POSITIONS) as (desk, store, accounts),
        _running(desk, accounts),
    ):
        await asyncio.sleep(SETTLE_S)
        lag, began, written = Lag(), Processor.now(None), await rows_written(store)
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(lag.watch())
            await asyncio.sleep(CALM_S)
            watch.cancel()
        share, _ = Processor.now(None).shares(began)
        rows = (await rows_written(store) - written) / CALM_S
        delays = await _breaches(desk, farm, accounts)
    name = f"{ACCOUNTS} accounts, guarded and synced"
    return [
        Row(f"{name}: the desk's share of a core", share, "%", at_most=100),
        Row(f"{name}: event-loop lag, p99", lag.ms.percentile(0.99), "ms", len(lag.ms), at_most=20),
        Row(f"{name}: rows written a second while calm", rows, ""),
        Row("breaching quote to the guard's decision, p50", percentile(delays, 0.5), "s", len(delays)),
        Row("breaching quote to the guard's decision, p99", percentile(delays, 0.99), "s", len(delays), 1.2),
    ]


async def _count_down_long(desk: Desk, accounts: Sequence[Account]) -> None:
    async with desk.store.write() as tx:
        for account in accounts:
            await tx.accounts.change(replace(account, policy=RiskPolicy(countdown_s=LONG_COUNTDOWN_S)))


@asynccontextmanager
async def _running(desk: Desk, accounts: Sequence[Account]) -> AsyncIterator[None]:
    """The trading loop, and every task that `bot.app` has for an account."""
    settings = Settings(
        bot_token=SecretStr(f"1:{'x' * 35}"), secret_keys=SecretStr(Fernet.generate_key().decode())
    )
    await _count_down_long(desk, accounts)
    app = App(desk, Charts(), Monitor(desk), Scheduler(desk, Schedule()))
    async with asyncio.TaskGroup() as group:
        trading = TradingLoop(desk)
        attendance = Attendance(
            desk,
            Supervisor(),
            account_watches(settings, app, Calendar()),
            trading,
            lambda task, name: group.create_task(task, name=name),
            lambda _: None,
        )
        await attendance.look()
        loop = group.create_task(trading.run())
        try:
            yield
        finally:
            loop.cancel()
            await attendance.end()


async def _breaches(desk: Desk, farm: OpenFarm, accounts: Sequence[Account]) -> list[float]:
    """Seconds from each loss to the row of its liquidation."""
    lost: dict[AccountId, datetime] = {}
    for account in random.sample(accounts, BREACHES):
        await asyncio.sleep(random.uniform(0, 2 * BETWEEN_S))  # at any phase of the guard's second
        lost[account.id] = datetime.now(UTC)
        farm.lose(account.login)
    await asyncio.sleep(SETTLE_S)
    async with desk.store.read() as tx:
        begun = {found.account_id: found.started_at for found in await tx.liquidations.running()}
    return [(begun[account] - at).total_seconds() for account, at in lost.items()]
