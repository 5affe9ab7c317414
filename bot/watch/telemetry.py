"""The heartbeat: taken every ten seconds, kept on the board, published as metrics and as one log line."""

import asyncio
from collections.abc import Iterable, Mapping

import psutil
import structlog
from prometheus_client import CollectorRegistry

from bot.watch.gauges import AccountMetrics, DeskMetrics, TerminalMetrics
from bot.watch.readiness import Intervals, Readiness
from core.desk import Desk
from core.heartbeat import LoopLag, beat
from core.model.heartbeat import HeartbeatMetrics
from core.model.trades import IntentState
from core.status import read_status
from core.supervision import Supervisor

log = structlog.get_logger(__name__)

HEARTBEAT_S = 10.0


class Telemetry:
    """What /metrics, /readyz and the heartbeat's log line are made of."""

    def __init__(
        self,
        desk: Desk,
        supervisor: Supervisor,
        intervals: Intervals,
    ) -> None:
        self.registry = CollectorRegistry()
        self.lag = LoopLag()
        self._desk = desk
        self._supervisor = supervisor
        self._readiness = Readiness(desk, intervals)
        self._accounts = AccountMetrics(desk)
        for metrics in (DeskMetrics(desk, supervisor.crashes), self._accounts, TerminalMetrics(desk)):
            self.registry.register(metrics)

    async def ready(self) -> dict[str, str]:
        """What is wrong just now, by part; empty when all is well."""
        return await self._readiness.problems()

    async def beat(self) -> None:
        """Measure again and again until cancelled."""
        while True:
            await self.measure()
            await self._desk.clock.sleep(HEARTBEAT_S)

    async def measure(self) -> HeartbeatMetrics:
        """Take the pulse once, publish and log it."""
        status = await read_status(self._desk)
        memory = await asyncio.to_thread(memory_bytes)  # reading it takes long enough to be felt
        restarts = self._supervisor.crashes.total()
        pulse = beat(self._desk, status, self.lag.figures, memory, restarts)
        self._desk.board.heartbeat = pulse
        self._accounts.accounts = status.accounts
        failing = sum(1 for account in status.accounts if account.last.error)
        log.info("heartbeat", failing=failing, **_line(pulse))
        return pulse


def _line(pulse: HeartbeatMetrics) -> Mapping[str, str | int | float | None]:
    """The numbers of the heartbeat's log line: of the accounts' ages the longest, since a line has room for
    few; what is counted came since the line before."""
    last, queues = pulse.interval, pulse.queues
    return {
        "accounts": len(pulse.accounts),
        "oldest_read_s": _oldest(each.read_s for each in pulse.accounts),
        "oldest_guard_s": _oldest(each.guard_s for each in pulse.accounts),
        "oldest_market_s": _oldest(each.market_s for each in pulse.accounts),
        "pending": queues.approvals,
        "intents": sum(queues.intents.values()),
        "unconfirmed": queues.intents.get(IntentState.UNKNOWN, 0),
        "divergences": sum(pulse.divergences.values()),
        "outbox": sum(queues.outbox.values()),
        "outbox_lag_s": round(pulse.outbox_lag_s, 1),
        "signals": last.signals,
        "sent": last.sent,
        "refused": last.refused,
        "unknown": last.unknown,
        "errors": last.errors,
        "loop_lag_p50_ms": round(pulse.lag.p50_ms, 1),
        "loop_lag_p99_ms": round(pulse.lag.p99_ms, 1),
        "loop_lag_max_ms": round(pulse.lag.max_ms, 1),
        "memory_mb": round(pulse.memory_bytes / 2**20),
    }


def _oldest(ages_s: Iterable[float | None]) -> float | None:
    """The longest of those that are known."""
    known = [age_s for age_s in ages_s if age_s is not None]
    return round(max(known), 1) if known else None


def memory_bytes() -> int:
    """Unique set size of this process and the workers that it started (shared pages counted once)."""
    process = psutil.Process()
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_full_info().uss
        except psutil.Error:
            continue
    return total
