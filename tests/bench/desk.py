"""The way of a signal: post to card, tap to order, on the demo's own stage with its local Telegram."""

import asyncio
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.app import Running, run
from bot.demo.cast import TOM, TRADERS, open_broker, roster
from bot.demo.source import DemoSource, Idea
from bot.demo.stage import people_arrive, settings_for
from bot.deskfile.roster import Roster, account_id
from bot.sandbox import SandboxClient, serve
from core.intake.signatures import new_secret
from core.model.instruments import Side
from core.mt5.session import Session
from tests.bench.rows import Row, percentile

SIGNALS = 40
POSITIONS = 20
BETWEEN_S = 3.2
"""Slower than the pacing of a chat, which is not what is measured."""
READS = 500
APPROVE = "✅ Approve"
IDEA = Idea("EURUSD", Side.BUY, Decimal(5), Decimal(5), note="bench")


@dataclass(slots=True)
class Times:
    """Milliseconds, one entry a signal."""

    card: list[float] = field(default_factory=list)
    order: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)


async def desk_rows(folder: Path) -> list[Row]:
    """Run a desk, post signals one after another, tap each, then read the positions that came of it."""
    folder.mkdir()
    times = Times()
    stop = asyncio.Event()
    secret = new_secret()
    broker = open_broker(folder)
    try:
        async with serve() as sandbox, SandboxClient(sandbox.url) as telegram:

            async def measure(running: Running) -> None:
                try:
                    await people_arrive(telegram)
                    await _measure(running, telegram, DemoSource(broker, running.url, secret), times)
                finally:
                    stop.set()

            await run(settings_for(folder, sandbox.url), _bold(roster(folder, secret)), stop, measure)
    finally:
        broker.close_book()
    return [
        Row("signed POST to first card with chart, p50", percentile(times.card, 0.5), "ms", SIGNALS),
        Row("signed POST to first card with chart, p95", percentile(times.card, 0.95), "ms", SIGNALS, 300),
        Row("tap to order at the terminal, p50", percentile(times.order, 0.5), "ms", SIGNALS),
        Row("tap to order at the terminal, p95", percentile(times.order, 0.95), "ms", SIGNALS, 50),
        Row("snapshot with 20 positions, p50", percentile(times.read, 0.5), "ms", READS, 1),
    ]


def _bold(desk: Roster) -> Roster:
    """No account's open risk ends the bench before its last signal."""
    endless = {"max_open_risk_percent": Decimal(1_000)}
    accounts = [a.model_copy(update={"risk": a.risk.model_copy(update=endless)}) for a in desk.accounts]
    return desk.model_copy(update={"accounts": tuple(accounts)})


async def _measure(running: Running, telegram: SandboxClient, source: DemoSource, times: Times) -> None:
    session = await running.app.desk.terminals.session(account_id(TOM.account))
    await _one_signal(source, telegram, session, Times())  # the first one of a process warms it up
    for number in range(SIGNALS):
        await asyncio.sleep(BETWEEN_S)
        await _one_signal(source, telegram, session, times)
        if number + 2 == POSITIONS:
            times.read += [await _read_time(session) for _ in range(READS)]


async def _read_time(session: Session) -> float:
    began = time.perf_counter()
    await session.snapshot()
    return (time.perf_counter() - began) * 1000


async def _one_signal(source: DemoSource, telegram: SandboxClient, session: Session, times: Times) -> None:
    """Post, wait for the card, tap, wait for the position; it opened at the broker's own time."""
    newest = {t.telegram_id: (await telegram.messages(t.telegram_id))[-1]["message_id"] for t in TRADERS}
    began = time.perf_counter()
    await source.post(IDEA)
    arrived = {t: asyncio.create_task(_card(telegram, t, after)) for t, after in newest.items()}
    await asyncio.wait(arrived.values(), return_when=asyncio.FIRST_COMPLETED)
    times.card.append((time.perf_counter() - began) * 1000)
    await asyncio.gather(*arrived.values())  # nobody taps a card before it has come
    tapped = time.time()
    await telegram.tap(TOM.telegram_id, APPROVE)
    await telegram.wait_for(TOM.telegram_id, "Filled", after=newest[TOM.telegram_id])
    opened = max(position.opened_at for position in (await session.snapshot()).positions)
    times.order.append((opened.timestamp() - tapped) * 1000)


async def _card(telegram: SandboxClient, trader: int, after: int) -> None:
    await telegram.wait_for(trader, lambda m: bool(m["photo_url"] and m["buttons"]), after=after)
