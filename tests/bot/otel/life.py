"""The life of one signal through a desk that runs as a process.

Posted over HTTP, approved with a tap, filled, closed from the chat, and found closed by reconciliation, with
a card that Telegram does not take at once and a close whose answer is lost.
"""

import asyncio
import json
import re
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.cast import SOURCE
from bot.demo.source import DemoSource, Idea
from bot.sandbox import SandboxClient, serve
from core.intake.signatures import new_secret
from core.model.instruments import Side
from core.paper.hands import Hands
from core.paper.server.faults import Fault, Kind
from tests.bot.console.place import DESK_FILE, Place, make_place
from tests.bot.wording import ACCEPT
from tests.fakes.collector import Collector

TOM = 2
ABOUT_IT = ("signal.", "approval.", "order.", "reconciliation.position_closed")
IDEA = Idea("EURUSD", Side.BUY, Decimal("0.25"), Decimal("0.3"))
ENVIRONMENT = {
    "TAPDESK_SYNC_INTERVAL_S": "0.5",
    "OTEL_BSP_SCHEDULE_DELAY": "100",
    "OTEL_METRIC_EXPORT_INTERVAL": "300",
    "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=hunter2",
}


@dataclass
class Log:
    """The lines of a process as they come."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    grew: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def follow(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            async with self.grew:
                self._take(line.decode())
                self.grew.notify_all()

    def _take(self, line: str) -> None:
        if line.startswith("{"):
            self.lines.append(json.loads(line))

    async def told(self, event: str) -> dict[str, Any]:
        """The first line of that event, once it is there; the caller's time-out is the limit."""
        async with self.grew:
            await self.grew.wait_for(lambda: any(line["event"] == event for line in self.lines))
        return next(line for line in self.lines if line["event"] == event)


@dataclass(frozen=True)
class Life:
    """What is left of it: the signal's id, the audit trail, the log, what /metrics said, the exit status."""

    signal: str
    events: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    scraped: str
    status: int | None
    secrets: tuple[str, ...]

    @property
    def told(self) -> list[dict[str, Any]]:
        """The events of the signal: there is but one."""
        return [event for event in self.events if event["name"].startswith(ABOUT_IT)]


def metrics_in(scraped: str) -> set[str]:
    """The metrics that have a value, by the names that a collector knows them by."""
    names = re.findall(r"^(\w+?)(?:_total)?[ {]", scraped, re.MULTILINE)
    return {name for name in names if not name.endswith("_created")}


async def live(folder: Path, collector: Collector) -> Life:
    """Play it; everything is ended when it returns."""
    secret = new_secret()
    async with serve() as telegram, SandboxClient(telegram.url) as people:
        place = make_place(folder, telegram.url)
        sources = f'[[sources]]\nname = "{SOURCE}"\ninstruments = ["EURUSD"]\nsecrets = ["{secret}"]\n'
        (folder / "desk.toml").write_text(DESK_FILE + sources)
        place.environment |= ENVIRONMENT | {"TAPDESK_OTLP_ENDPOINT": f"{collector.url}/"}
        broker = place.broker()
        try:
            async with asyncio.timeout(300):
                return await _live(place, people, broker, secret, collector)
        finally:
            broker.close_book()
            await place.end()


async def _live(
    place: Place, people: SandboxClient, broker: Hands, secret: str, collector: Collector
) -> Life:
    desk, log = await place.start("run"), Log()
    reading = asyncio.create_task(log.follow(desk))
    started = await log.told("desk_started")
    await log.told("reconciliation.sync_complete")
    await people.add_user("Tom", id=TOM)
    await people.say(TOM, "/start")
    await people.wait_for(TOM, "before you begin", timeout_s=60)
    await people.tap(TOM, ACCEPT)
    await people.wait_for(TOM, "You accepted", timeout_s=60)
    await people.fault("sendPhoto", 502, times=1)
    signal = await DemoSource(broker, started["intake"], secret).post(IDEA)
    await people.wait_for(TOM, "BUY EURUSD", timeout_s=60)
    await people.tap(TOM, "✅ Approve")
    await people.wait_for(TOM, "Filled", timeout_s=60)
    broker.misfortune(Fault(Kind.REPLY_LOST))
    await people.say(TOM, "/closeall")
    await people.wait_for(TOM, "Close 1 position", timeout_s=60)
    await people.tap(TOM, "Close 1 position")
    await log.told("reconciliation.position_closed")
    async with aiohttp.ClientSession() as http, http.get(f"{started['intake']}/metrics") as answer:
        scraped = await answer.text()
    await collector.until(lambda: metrics_in(scraped) <= set(collector.metrics))
    desk.terminate()
    await asyncio.gather(desk.wait(), reading)
    status, printed = await place.finish("events")
    assert status == 0, printed
    events = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    secrets = (secret, place.environment["TAPDESK_BOT_TOKEN"], place.environment["TAPDESK_SECRET_KEYS"])
    return Life(signal, events, log.lines, scraped, desk.returncode, (*secrets, "paper-money", "hunter2"))
