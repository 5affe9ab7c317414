"""Taking the desk's pulse."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from core.desk import Desk
from core.model.heartbeat import Ages, HeartbeatMetrics, Lag, Queues, Tally
from core.status import AccountStatus, Status

LAG_EVERY_S = 0.05
LAGS_KEPT = 1200


@dataclass(slots=True)
class LoopLag:
    """Samples how late the event loop wakes a sleeper, those of the last minute."""

    samples_s: deque[float] = field(default_factory=lambda: deque(maxlen=LAGS_KEPT))

    async def watch(self) -> None:
        """Sample until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self.samples_s.append(max(loop.time() - due, 0.0))

    @property
    def figures(self) -> Lag:
        ordered = sorted(self.samples_s)
        if not ordered:
            return Lag()
        p50, p99 = (ordered[int(part * len(ordered))] for part in (0.5, 0.99))
        return Lag(p50 * 1000, p99 * 1000, ordered[-1] * 1000)


def tally(desk: Desk, restarts: int) -> Tally:
    """What was counted since the start, off the events as they were committed."""
    committed = desk.board.events
    failed = sum(number for (_, good), number in desk.board.syncs.items() if not good)
    return Tally(
        signals=committed.get("signal.received", 0),
        sent=committed.get("order.sent", 0),
        refused=committed.get("order.refused", 0),
        unknown=committed.get("order.unknown", 0),
        errors=restarts + failed,
    )


def beat(desk: Desk, status: Status, lag: Lag, memory_bytes: int, restarts: int) -> HeartbeatMetrics:
    """The pulse at this moment; what came since the last one that is on the board."""
    now, total, before = desk.clock.now(), tally(desk, restarts), desk.board.heartbeat
    oldest = status.outbox_oldest
    return HeartbeatMetrics(
        at=now,
        lag=lag,
        accounts=tuple(_ages(account, now) for account in status.accounts),
        queues=Queues(status.intents, status.outbox_waiting, status.pending_approvals),
        outbox_lag_s=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        divergences=status.divergences,
        total=total,
        interval=total.since(before.total if before else Tally()),
        memory_bytes=memory_bytes,
    )


def _ages(seen: AccountStatus, now: datetime) -> Ages:
    last = seen.last
    read_s, guard_s, market_s = (_age_s(at, now) for at in (last.read_at, last.guarded_at, last.market_at))
    return Ages(seen.account.label, read_s, guard_s, market_s)


def _age_s(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()
