"""Worker programs of this machine: started, asked over pipes, ended. Frames as `core.mt5.worker` has them.

What blocks or hangs (a terminal module, drawing) lives in such a program and never on the event loop.
"""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from core.mt5.worker import SIZES

log = structlog.get_logger(__name__)

_MAX_FRAME_BYTES = 512 * 1024 * 1024
_CLOSE_GRACE_S = 2.0
_MAX_LOG_LINE = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """A JSON message and the raw bytes that it refers to."""

    message: dict[str, Any]
    raw: bytes = b""


class LinkLost(Exception):
    """Raised when the other end is gone or talks nonsense; the request may have reached it."""


class Frames:
    """Bytes as they arrive, frames as they become whole."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, data: bytes) -> None:
        self._received += data

    def take(self) -> Frame | None:
        """The first whole frame, removed; None while there is none. Raises LinkLost for what is no frame."""
        if len(self._received) < SIZES.size:
            return None
        text_size, raw_size = SIZES.unpack_from(self._received)
        if text_size + raw_size > _MAX_FRAME_BYTES:
            raise LinkLost("the worker sent no frame")
        text_end = SIZES.size + text_size
        end = text_end + raw_size
        if len(self._received) < end:
            return None
        text, raw = self._received[SIZES.size : text_end], bytes(self._received[text_end:end])
        del self._received[:end]
        try:
            return Frame(json.loads(text), raw)
        except ValueError as error:
            raise LinkLost("the worker sent no JSON") from error


class WorkerProcess(asyncio.SubprocessProtocol):
    """A worker subprocess; made by `start`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._frames = Frames()
        self._stderr = bytearray()
        self._arrived = asyncio.Event()
        self._exited = asyncio.Event()
        self._lost = False
        self._transport: asyncio.SubprocessTransport
        self._stdin: asyncio.WriteTransport

    @classmethod
    async def start(cls, argv: Sequence[str], environment: Mapping[str, str], name: str) -> "WorkerProcess":
        """Start the program. Raises LinkLost when it cannot be found or run."""
        loop = asyncio.get_running_loop()
        try:
            _, worker = await loop.subprocess_exec(
                lambda: cls(name), *argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=dict(environment)
            )
        except OSError as error:
            raise LinkLost(f"cannot start {argv[0]}: {error}") from error
        return worker

    @property
    def pid(self) -> int:
        return self._transport.get_pid()

    def send(self, text: bytes) -> None:
        if self._lost or self._stdin.is_closing():
            raise LinkLost("the worker has ended")
        self._stdin.write(SIZES.pack(len(text), 0) + text)

    async def receive(self) -> Frame:
        while (frame := self._frames.take()) is None:
            if self._lost:
                raise LinkLost("the worker ended without an answer")
            self._arrived.clear()
            await self._arrived.wait()
        return frame

    async def aclose(self, *, kill: bool) -> None:
        try:
            self._stdin.close()
            if kill or not await self._ended():
                self._kill()
                if not await self._ended():
                    log.error("worker_immortal", worker=self._name, pid=self.pid)
        finally:
            self._transport.close()

    async def _ended(self) -> bool:
        try:
            async with asyncio.timeout(_CLOSE_GRACE_S):
                await self._exited.wait()
        except TimeoutError:
            return False
        return True

    def _kill(self) -> None:
        if not self._exited.is_set():
            log.warning("worker_killed", worker=self._name, pid=self.pid)
            self._transport.kill()

    # What asyncio calls:

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - the loop's own promise
        self._transport = transport
        stdin = transport.get_pipe_transport(0)
        assert isinstance(stdin, asyncio.WriteTransport)  # noqa: S101
        self._stdin = stdin

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self._frames.feed(data)
            self._arrived.set()
        else:
            self._log_lines(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        if fd == 1:
            self._lost = True
            self._arrived.set()

    def process_exited(self) -> None:
        self._exited.set()

    def _log_lines(self, data: bytes) -> None:
        *lines, rest = (bytes(self._stderr) + data).split(b"\n")
        if len(rest) > _MAX_LOG_LINE:
            lines, rest = [*lines, rest], b""
        self._stderr[:] = rest
        for line in lines:
            log.info("worker_says", worker=self._name, text=line.decode(errors="replace").rstrip())
