"""The seam between a terminal's proxy and its worker: a frame out, a frame back.

A `WorkerProcess` is the link to a subprocess on this machine. Another link (to a worker on another host)
needs the same three methods and nothing else changes.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.workers import Frame, WorkerProcess


class Link(Protocol):
    """One request at a time. After any exception or cancellation only `aclose` may be called."""

    async def receive(self) -> Frame:
        """The next frame from the worker; raises LinkLost."""

    def send(self, text: bytes) -> None:
        """Write one request; raises LinkLost when it has certainly not gone out."""

    async def aclose(self, *, kill: bool) -> None:
        """End the worker: at once, or after it has read the end of its input. Returns when it has ended."""


OpenLink = Callable[[], Awaitable[Link]]


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """How to start a worker; calling it starts one.

    `python` is the interpreter's command: ours by default, `("wine", "python.exe")` for Wine's, which also
    needs `script`, the worker file's own path there.
    """

    module: str
    name: str = ""
    python: Sequence[str] = (sys.executable,)
    script: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def argv(self) -> list[str]:
        program = (self.script,) if self.script else ("-m", "core.mt5.worker")
        return [*self.python, *program, "--module", self.module]

    async def __call__(self) -> WorkerProcess:
        return await WorkerProcess.start(self.argv(), {**_environment(), **self.environment}, self.name)


def _environment() -> dict[str, str]:
    """Ours without the desk's settings: a terminal started by the worker has no business with its secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TAPDESK_")}
