"""Background tasks that must go on: log, count, restart with growing pauses, give up loudly."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)


class GaveUp(Exception):
    """Raised when a task failed too often in a row; the process is to end with a non-zero status."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a task is restarted: pauses double from `first_s` to `most_s`, with jitter.

    A run that lasted `healthy_s` forgives the failures before it.
    """

    restarts: int = 10
    first_s: float = 0.5
    most_s: float = 30.0
    healthy_s: float = 60.0

    def pause_s(self, failures: int) -> float:
        longest = min(self.first_s * 2.0 ** (failures - 1), self.most_s)
        return float(longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter


@dataclass(slots=True)
class Supervisor:
    """Runs named tasks for ever; `crashes` counts how often each was restarted."""

    patience: Patience = field(default_factory=Patience)
    crashes: Counter[str] = field(default_factory=Counter)

    async def forever(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run `run` and run it again when it fails or returns. Raises GaveUp past the limit."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            began_s = loop.time()
            try:
                await run()
                ended_s = loop.time()
                log.error("task_returned", task=name)
            except Exception:  # the supervised boundary: whatever it was is logged and counted
                ended_s = loop.time()
                log.exception("task_crashed", task=name)
            failures = 1 if ended_s - began_s >= self.patience.healthy_s else failures + 1
            self.crashes[name] += 1
            if failures > self.patience.restarts:
                raise GaveUp(f"{name} failed {failures} times in a row")
            await asyncio.sleep(self.patience.pause_s(failures))
