"""Closing everything: fifty positions of a paper account, from the end of the countdown to verified flat.

The desk is the whole one, with its trading, reconciliation and Telegram. The end of the countdown is the
moment that people were told (`fires_at`), not the one at which the desk got to it. The processor time is
the desk's own, which a busy machine does not change much; the terminal's process and the broker come on top.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Running, run
from bot.demo.cast import TOM, open_broker, roster
from bot.demo.stage import people_arrive, settings_for
from bot.deskfile.roster import account_id
from bot.sandbox import SandboxClient, serve
from core.desk import Desk
from core.intake.signatures import new_secret
from core.model.accounts import Account
from core.model.risk import Liquidation
from core.mt5 import contract as mt5
from core.paper.hands import Hands
from core.risk.moves import begin
from tests.bench.rows import Row, percentile

ROUNDS, POSITIONS, LOTS = 5, 50, 0.01
COUNTDOWN = timedelta(seconds=2)
PATIENCE_S = 60.0


async def liquidation_rows(folder: Path) -> list[Row]:
    """Open by hand, have everything closed, unlock; again."""
    folder.mkdir()
    measured: list[Closed] = []
    stop = asyncio.Event()
    broker = open_broker(folder)
    try:
        async with serve() as sandbox, SandboxClient(sandbox.url) as telegram:

            async def measure(running: Running) -> None:
                try:
                    await people_arrive(telegram)
                    measured.extend([await _one(running.app.desk, broker) for _ in range(ROUNDS)])
                finally:
                    stop.set()

            await run(settings_for(folder, sandbox.url), roster(folder, new_secret()), stop, measure)
    finally:
        broker.close_book()
    name = f"liquidation of {POSITIONS} positions"
    flat = [each.flat_s for each in measured]
    worst_ms = max(each.first_s for each in measured) * 1000
    return [
        Row(f"{name}: first close asked for after its time, worst", worst_ms, "ms", ROUNDS, 100),
        Row(f"{name}: verified flat after it, p50", percentile(flat, 0.5), "s", ROUNDS),
        Row(f"{name}: verified flat after it, worst", max(flat), "s", ROUNDS, 5),
        Row(f"{name}: processor time, p50", percentile([c.cpu_s for c in measured], 0.5), "s", ROUNDS),
    ]


@dataclass(frozen=True, slots=True)
class Closed:
    """One liquidation: seconds from the end of its countdown, and of the desk's processor from its start."""

    first_s: float
    flat_s: float
    cpu_s: float


async def _one(desk: Desk, broker: Hands) -> Closed:
    for _ in range(POSITIONS):
        broker.open_position(TOM.login, "EURUSD", mt5.ORDER_TYPE_BUY, LOTS)
    began_s = time.process_time()
    async with desk.store.write() as tx:
        account = await tx.accounts.get(account_id(TOM.account))
        assert account is not None
        begun = await begin(desk, tx, account, "the bench", COUNTDOWN)
    assert begun is not None
    over = await _over(desk, begun)
    cpu_s = time.process_time() - began_s
    first, flat = await _times(desk, account, begun)
    return Closed((first - over.fires_at).total_seconds(), (flat - over.fires_at).total_seconds(), cpu_s)


async def _over(desk: Desk, begun: Liquidation) -> Liquidation:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with desk.store.read() as tx:
                found = await tx.liquidations.get(begun.id)
            if found is not None and found.finished_at is not None:
                return found
            await asyncio.sleep(0.1)


async def _times(desk: Desk, account: Account, begun: Liquidation) -> tuple[datetime, datetime]:
    """When the first close was asked for, and when it was told flat."""
    async with desk.store.read() as tx:
        closes = [e for e in await tx.events.recent(10_000, "order.") if e.account_id == account.id]
        flat = await tx.events.last("liquidation.flat", str(begun.id))
    assert flat is not None
    return min(event.at for event in closes if event.at >= begun.started_at), flat.at
