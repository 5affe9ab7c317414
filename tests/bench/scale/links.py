"""The desk's end of the farm: a link to each terminal, as `core.mt5.link` promises for workers elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from core.mt5.worker import SIZES
from core.workers import Frame, Frames, LinkLost


class SocketLink(asyncio.Protocol):
    """A worker behind a socket; made by `open`."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._arrived = asyncio.Event()
        self._lost = False
        self._transport: asyncio.Transport

    @classmethod
    async def open(cls, port: int) -> Self:
        """Raises LinkLost when nobody listens."""
        try:
            _, link = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        except OSError as error:
            raise LinkLost(f"nobody listens at {port}: {error}") from error
        return link

    def send(self, text: bytes) -> None:
        if self._lost:
            raise LinkLost("the worker has ended")
        self._transport.write(SIZES.pack(len(text), 0) + text)

    async def receive(self) -> Frame:
        while (frame := self._frames.take()) is None:
            if self._lost:
                raise LinkLost("the worker ended without an answer")
            self._arrived.clear()
            await self._arrived.wait()
        return frame

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002 - a link's own signature
        self._transport.abort()

    # What asyncio calls:

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._frames.feed(data)
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._lost = True
        self._arrived.set()


@dataclass(frozen=True, slots=True)
class OpenFarm:
    """A farm that runs; calling it opens a link to one of its terminals."""

    port: int
    process: asyncio.subprocess.Process

    async def __call__(self) -> SocketLink:
        return await SocketLink.open(self.port)

    def fail(self, accounts: int) -> None:
        """Have so many accounts hang or die from now on."""
        self._tell(f"fail {accounts}")

    def lose(self, login: int) -> None:
        """Have an account lose a third of its balance from now on."""
        self._tell(f"lose {login}")

    def _tell(self, order: str) -> None:
        if self.process.stdin is None:
            raise RuntimeError("the farm has no standard input")
        self.process.stdin.write(f"{order}\n".encode())


@asynccontextmanager
async def open_farm(accounts: int, positions: int, delay_s: float) -> AsyncIterator[OpenFarm]:
    """A farm in a process of its own; it ends with the block."""
    options = {"--accounts": accounts, "--positions": positions, "--delay": delay_s}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.scale.farm"),
        *(str(word) for option in options.items() for word in option),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the farm has no standard output")
        yield OpenFarm(int(await process.stdout.readline()), process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
