"""The desk's pulse: loop lag, ages and queues, as metrics, as readiness, and as one log line."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psutil
import structlog
from prometheus_client import CollectorRegistry, Gauge

from bot.gauges import AccountMetrics, TerminalMetrics
from core.board import Pulse
from core.desk import Desk
from core.health.stake import stake_of
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.incidents import OUTAGE
from core.model.trades import UNFINISHED, IntentState
from core.ports import Tx
from core.status import Status, read_status
from core.supervision import Supervisor

log = structlog.get_logger(__name__)

PULSE_S = 10.0
LAG_EVERY_S = 0.05
LAGS_KEPT = 1200
INTERVALS_WITHOUT_GUARD = 3
OUTBOX_PATIENCE = timedelta(seconds=60)


@dataclass(slots=True)
class LoopLag:
    """How late the event loop wakes a sleeper, sampled over the last minute."""

    samples_s: deque[float] = field(default_factory=lambda: deque(maxlen=LAGS_KEPT))

    async def watch(self) -> None:
        """Sample until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self.samples_s.append(max(loop.time() - due, 0.0))

    @property
    def p99_ms(self) -> float:
        ordered = sorted(self.samples_s)
        return ordered[int(0.99 * len(ordered))] * 1000 if ordered else 0.0


class Telemetry:
    """What /metrics, /readyz and the heartbeat's log line are made of."""

    def __init__(self, desk: Desk, supervisor: Supervisor, guard_interval_s: float) -> None:
        self.registry = CollectorRegistry()
        self._began = desk.clock.now()
        self.lag = LoopLag()
        self._desk = desk
        self._supervisor = supervisor
        self._guard_late = timedelta(seconds=INTERVALS_WITHOUT_GUARD * guard_interval_s)
        self._lag = self._gauge("loop_lag_p99_ms", "lateness of the event loop")
        self._memory = self._gauge("memory_bytes", "unique memory of the process and its workers")
        self._outbox = self._gauge("outbox_lag_seconds", "age of the oldest notice that waits")
        self._pending = self._gauge("approvals_pending", "cards that wait for a tap")
        self._intents = self._gauge("intents", "unfinished intents by state", "state")
        self._crashes = self._gauge("task_restarts", "restarts of a background task", "task")
        self._accounts = AccountMetrics(desk)
        self.registry.register(self._accounts)
        self.registry.register(TerminalMetrics(desk))

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"tapdesk_{name}", text, labels, registry=self.registry)

    async def ready(self) -> dict[str, str]:
        """What is wrong just now, by part; empty when all is well."""
        async with self._desk.store.read() as tx:
            oldest = await tx.outbox.oldest_waiting()
            accounts = await tx.accounts.all()
            exposed = [each for each in await _unreachable(tx) if await stake_of(tx, each)]
        return {**self._late_outbox(oldest), **self._late_guards(accounts), **_left_alone(len(exposed))}

    async def beat(self) -> None:
        """Measure again and again until cancelled."""
        while True:
            await self.measure()
            await self._desk.clock.sleep(PULSE_S)

    async def measure(self) -> None:
        """Look at the desk once, publish and log what is seen."""
        status = await read_status(self._desk)
        memory = await asyncio.to_thread(memory_bytes)  # reading it takes long enough to be felt
        self._desk.board.pulse = Pulse(self.lag.p99_ms, memory)
        self._publish(status, memory)
        log.info("heartbeat", memory_mb=round(memory / 2**20), **self._line(status))

    def _late_guards(self, accounts: Sequence[Account]) -> dict[str, str]:
        """Guards that have not looked for three intervals, or never since the start."""
        now = self._desk.clock.now()
        last = (self._desk.board.of(account.id).guarded_at or self._began for account in accounts)
        late = sum(1 for at in last if now - at > self._guard_late)
        return {"guard": f"{late} of {len(accounts)} accounts are not guarded now"} if late else {}

    def _late_outbox(self, oldest: datetime | None) -> dict[str, str]:
        if oldest is None or self._desk.clock.now() - oldest <= OUTBOX_PATIENCE:
            return {}
        return {"outbox": f"notices wait since {oldest:%H:%M:%S} UTC"}

    def _publish(self, status: Status, memory: int) -> None:
        now = self._desk.clock.now()
        self._lag.set(self.lag.p99_ms)
        self._memory.set(memory)
        self._outbox.set((now - status.outbox_oldest).total_seconds() if status.outbox_oldest else 0)
        self._pending.set(status.pending_approvals)
        for state in UNFINISHED:
            self._intents.labels(state).set(status.intents.get(state, 0))
        for task, count in self._supervisor.crashes.items():
            self._crashes.labels(task).set(count)
        self._accounts.accounts = status.accounts

    def _line(self, status: Status) -> dict[str, str | int | float]:
        """The numbers of the heartbeat's log line."""
        return {
            "accounts": len(status.accounts),
            "failing": sum(1 for account in status.accounts if account.last.error),
            "pending": status.pending_approvals,
            "unknown": status.intents.get(IntentState.UNKNOWN, 0),
            "loop_lag_p99_ms": round(self.lag.p99_ms, 1),
        }


async def _unreachable(tx: Tx) -> set[AccountId]:
    return {each.account_id for each in await tx.incidents.lasting() if each.trouble in OUTAGE}


def _left_alone(exposed: int) -> dict[str, str]:
    """Accounts with something open that nobody can close just now."""
    if not exposed:
        return {}
    return {"accounts": f"{exposed} with something open cannot be reached"}


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
