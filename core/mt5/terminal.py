"""The async proxy of one terminal: calls go to its worker one at a time, trades before reads before history.

Every call has a deadline. A worker that misses it, or that dies, is killed and replaced before the next
call; the new one has not been initialised (its calls answer with -10004) and that is the session's matter.
"""

import asyncio
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import structlog

from core.mt5.calls import Answer, Call, Deadlines, Hello, Priority, Rows, Unfit
from core.mt5.errors import (
    Context,
    DeadlineExceeded,
    InvalidRequest,
    TerminalError,
    TerminalGone,
    Unknown,
)
from core.mt5.link import Link, OpenLink
from core.workers import Frame, LinkLost

log = structlog.get_logger(__name__)

_REQUEST = json.JSONEncoder(separators=(",", ":"))

_NOT_SENT = frozenset({"TypeError", "SystemError", "AttributeError", "ValueError", "OverflowError"})


@dataclass(order=True, slots=True)
class _Job:
    priority: Priority
    number: int
    calls: tuple[Call, ...] = field(compare=False)
    text: bytes = field(compare=False)
    queued_at: float = field(compare=False)
    reply: asyncio.Future[tuple[Answer, ...]] = field(compare=False)

    @property
    def trades(self) -> bool:
        return any(call.function == "order_send" for call in self.calls)

    def settle(self, outcome: tuple[Answer, ...] | BaseException) -> None:
        """Hand the outcome to the caller, if it still waits."""
        if self.reply.done():
            return
        if isinstance(outcome, BaseException):
            self.reply.set_exception(outcome)
        else:
            self.reply.set_result(outcome)


class Terminal:
    """One terminal module in its own process; an async context manager. The worker starts with a call."""

    def __init__(self, open_link: OpenLink, *, deadlines: Deadlines | None = None, name: str = "") -> None:
        self.name = name
        self.hello: Hello | None = None
        self.starts = 0
        self._open_link = open_link
        self._deadlines = deadlines or Deadlines()
        self._numbers = itertools.count(1)
        self._waiting: asyncio.PriorityQueue[_Job] = asyncio.PriorityQueue()
        self._link: Link | None = None
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._pump = asyncio.create_task(self._work(), name=f"terminal {self.name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the worker. Calls that wait are Unavailable; a trade on its way is Unknown."""
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            await asyncio.wait([pump])
        while not self._waiting.empty():
            self._waiting.get_nowait().settle(TerminalGone("the terminal is being closed"))
        await self._drop(kill=False)

    async def call(self, function: str, *args: Any, **kwargs: Any) -> Answer:
        """Make one call. See `batch` for the errors."""
        [answer] = await self.batch(Call(function, args, kwargs))
        return answer

    async def batch(self, *calls: Call) -> tuple[Answer, ...]:
        """Make calls in one round trip with nothing between them.

        Fewer answers than calls mean that the last one differed from its call's `expect`. Raises Misuse
        for arguments that cannot be sent or that make the module raise, Unknown when an order may have
        gone out, Unavailable in every other failure of worker or link. What the module itself reports as
        failure (None, False) is an answer, not an error.
        """
        if self._pump is None:
            raise TerminalGone("the terminal is closed", context=self._context(calls))
        job = self._job(calls)
        self._waiting.put_nowait(job)
        return await job.reply

    def _job(self, calls: tuple[Call, ...]) -> _Job:
        number = next(self._numbers)
        message = {"id": number, "calls": [call.as_message() for call in calls]}
        try:
            text = _REQUEST.encode(message).encode("ascii")
        except (TypeError, ValueError) as error:
            raise InvalidRequest(str(error), context=self._context(calls)) from error
        priority = min(call.priority for call in calls)
        loop = asyncio.get_running_loop()
        return _Job(priority, number, calls, text, loop.time(), loop.create_future())

    async def _work(self) -> None:
        while True:
            job = await self._waiting.get()
            if self._is_late(job):
                job.settle(DeadlineExceeded("waited too long; not sent", context=self._context(job.calls)))
            elif not job.reply.done():  # else its caller has given up
                job.settle(await self._outcome(job))

    def _is_late(self, job: _Job) -> bool:
        waited_s = asyncio.get_running_loop().time() - job.queued_at
        return job.trades and waited_s > self._deadlines.patience_s

    async def _outcome(self, job: _Job) -> tuple[Answer, ...] | TerminalError:
        """The answers, or what the caller is to see raised. A failed link costs the worker its life."""
        try:
            return self._answers(job, await self._exchange(job))
        except asyncio.CancelledError:
            job.settle(self._lost(job, TerminalGone, "the terminal is being closed"))
            await self._drop(kill=True)
            raise
        except InvalidRequest as error:
            return error
        except TerminalError as error:
            await self._drop(kill=True)
            return error
        except Exception as error:  # a bug, or an answer that makes no sense: nobody may wait for it for ever
            log.exception("terminal_failed", worker=self.name)
            await self._drop(kill=True)
            return self._lost(job, TerminalGone, f"an answer that makes no sense: {error!r}")

    async def _exchange(self, job: _Job) -> Frame:
        link = await self._opened(job)
        try:
            link.send(job.text)
        except LinkLost as error:
            raise TerminalGone(str(error), context=self._context(job.calls)) from error
        try:
            async with asyncio.timeout(max(map(self._deadlines.of, job.calls))):
                return await self._reply(link, job)
        except TimeoutError as error:
            raise self._lost(job, DeadlineExceeded, "no answer in time; the worker is killed") from error
        except LinkLost as error:
            raise self._lost(job, TerminalGone, str(error)) from error

    async def _reply(self, link: Link, job: _Job) -> Frame:
        frame = await link.receive()
        if frame.message.get("id") != job.number:
            raise LinkLost(f"an answer to request {frame.message.get('id')} instead of {job.number}")
        return frame

    def _lost(self, job: _Job, kind: type[TerminalError], detail: str) -> TerminalError:
        """The error for a request that was written: an order of it may have reached the broker."""
        return (Unknown if job.trades else kind)(detail, context=self._context(job.calls))

    async def _opened(self, job: _Job) -> Link:
        """The link to a worker that has introduced itself."""
        if self._link is not None:
            return self._link
        try:
            self._link = await self._open_link()
            self.starts += 1
            async with asyncio.timeout(self._deadlines.start_s):
                self.hello = Hello.read((await self._link.receive()).message)
        except Unfit as error:
            context = self._context(job.calls)
            raise TerminalGone(str(error), context=context, for_trader=str(error)) from error
        except (TimeoutError, LinkLost) as error:
            detail = f"the worker did not start: {error!s:.500}"
            raise TerminalGone(detail, context=self._context(job.calls)) from error
        log.info("worker_started", worker=self.name, module=self.hello.module, pid=self.hello.pid)
        return self._link

    async def _drop(self, *, kill: bool) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.aclose(kill=kill)

    def _answers(self, job: _Job, frame: Frame) -> tuple[Answer, ...]:
        offset = 0
        answers = []
        for call, answer in zip(job.calls, frame.message["answers"], strict=False):
            code, text = answer["last_error"]
            result = answer.get("result")
            if "error" in answer:
                raise self._raised(call, answer["error"], (code, text))
            if "array" in answer:
                end = offset + answer["array"]["size"]
                result = Rows(answer["array"]["dtype"], frame.raw[offset:end])
                offset = end
            answers.append(Answer(call.function, result, (code, text)))
        if not answers:
            raise ValueError("no answers")
        return tuple(answers)

    def _raised(self, call: Call, error: Mapping[str, str], last_error: tuple[int, str]) -> TerminalError:
        """The module checks arguments before it sends; anything else may be an order that went out."""
        detail = f"{error['kind']}: {error['message']}"
        context = Context(self.name, call.function, last_error=last_error)
        if call.function == "order_send" and error["kind"] not in _NOT_SENT:
            return Unknown(detail, context=context)
        return InvalidRequest(detail, context=context)

    def _context(self, calls: tuple[Call, ...]) -> Context:
        return Context(self.name, ",".join(call.function for call in calls))
