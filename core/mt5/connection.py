"""The connection to one account: made, verified in every round trip, lost, made again.

Identity is checked in the same round trip as every reading and every order: the worker reads connection,
path, login and server first and makes the calls after them only if all are ours.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from typing import Any

import structlog

from core.model.clock import Clock
from core.mt5.breaker import COUNTED, Breaker
from core.mt5.brokertime import BrokerTime
from core.mt5.calls import Answer, Call
from core.mt5.errors import (
    AuthenticationFailed,
    ConnectionLost,
    Context,
    NoData,
    TerminalError,
    Unavailable,
    WrongAccount,
)
from core.mt5.retcodes import fault_of
from core.mt5.terminal import Terminal

log = structlog.get_logger(__name__)

_MANY_SYMBOLS = "*USD*"
_WATCHED = 3
_FAREWELL_S = 1.0
REJECTION_REST_S = 900.0
"""A broker in maintenance refuses right passwords too; asked more often, some lock the account."""


@dataclass(frozen=True, slots=True)
class Login:
    """Where and as whom. `path` is the terminal's program; each account needs an installation of its own."""

    path: str
    login: int
    server: str
    password: str = field(repr=False)
    timeout_ms: int = 60_000
    portable: bool = False


class Connection:
    """An async context manager; logs in with the first call, and again after a loss.

    Errors are TerminalErrors: Unavailable when nothing could be read or done (safe to try again), Unknown
    when an order may have gone out. A rejected login is tried again after 15 minutes or by `connect`.
    `watch` are symbols whose ticks tell the broker's time when a connection begins.
    """

    def __init__(
        self,
        terminal: Terminal,
        login: Login,
        clock: Clock,
        *,
        breaker: Breaker | None = None,
        watch: Sequence[str] = (),
    ) -> None:
        self.terminal = terminal
        self.clock = clock
        self.time = BrokerTime()
        self.breaker = breaker or Breaker(clock.monotonic, account=terminal.name)
        self._login = login
        self._watch = tuple(watch)
        self._connecting = asyncio.Lock()
        self._connected = False
        self._rejection: AuthenticationFailed | None = None
        self._rejected_until = 0.0
        self._folder = ""
        self._selected: set[str] = set()

    async def open(self) -> None:
        """Make ready for calls; no process starts yet."""
        await self.terminal.__aenter__()

    async def aclose(self) -> None:
        """Leave the terminal in order, if it answers, and end its worker."""
        if self._connected:
            self._connected = False
            try:
                async with asyncio.timeout(_FAREWELL_S):
                    await self.terminal.call("shutdown")
            except (TerminalError, TimeoutError) as error:
                log.info("shutdown_unanswered", account=self.terminal.name, error=str(error))
        await self.terminal.aclose()

    async def connect(self) -> None:
        """Log in (again) now, whatever was refused before."""
        self._rejection = None
        self._lose()
        self.breaker.reset()
        await self._ensure_connected()

    async def verified(self, *calls: Call) -> tuple[Answer, ...]:
        """Answers of `terminal_info`, `account_info` and `calls`, made only if the first two are ours.

        What the terminal reports as failure (None, False) raises; an empty tuple is empty. Another account
        in the terminal is a person's doing: it is reported, not undone.
        """
        await self._ensure_connected()
        with self.breaker.call():
            try:
                answers = await self.terminal.batch(*self._identity(), *calls)
                self._check_identity(answers)
                self._check_answers(answers)
            except COUNTED:
                self._lose()
                raise
            return answers

    async def of_symbol(self, symbol: str, call: Call) -> Any:
        """The result of a call about a symbol, which is put into Market Watch first."""
        if symbol in self._selected:
            return (await self.verified(call))[-1].result
        answers = await self.verified(Call("symbol_select", (symbol, True)), call)
        self._selected.add(symbol)
        return answers[-1].result

    async def learn_time(self) -> None:
        """Look at the watched symbols' ticks for the broker's time."""
        for symbol in self._watch:
            await self._observe(symbol)

    def context(self, call: str, last_error: tuple[int, str] | None = None) -> Context:
        """What an error about this account carries."""
        return Context(self.terminal.name, call, last_error=last_error)

    def _identity(self) -> tuple[Call, Call]:
        ours = {"login": self._login.login, "server": self._login.server}
        return (
            Call("terminal_info", expect={"connected": True, "path": self._folder}),
            Call("account_info", expect=ours),
        )

    def _check_identity(self, answers: Sequence[Answer]) -> None:
        """Raises unless the terminal is ours, connected, and logged in to the account."""
        terminal = self._struct(answers[0])
        if not terminal["connected"]:
            raise ConnectionLost("the terminal is not connected", context=self.context("terminal_info"))
        if terminal["path"] != self._folder:
            raise WrongAccount(f"another terminal, {terminal['path']}", context=self.context("terminal_info"))
        account = self._struct(answers[1])
        found = (account["login"], account["server"])
        if found != (self._login.login, self._login.server):
            raise WrongAccount(f"logged in as {found[0]} at {found[1]}", context=self.context("account_info"))

    def _check_answers(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            if answer.result is None or answer.result is False:
                raise fault_of(answer.last_error, self.context(answer.function, answer.last_error))

    def _struct(self, answer: Answer) -> Mapping[str, Any]:
        if answer.result is None:
            raise self._silent(answer)
        result: Mapping[str, Any] = answer.result
        return result

    def _silent(self, answer: Answer) -> TerminalError:
        """Identity could not be read: the pipe to the terminal is gone, or it has no account."""
        context = self.context(answer.function, answer.last_error)
        error = fault_of(answer.last_error, context)
        return ConnectionLost(error.detail, context=context) if isinstance(error, NoData) else error

    def _lose(self) -> None:
        self._connected = False
        self._selected.clear()

    async def _ensure_connected(self) -> None:
        async with self._connecting:
            if self._rejection is not None and self.clock.monotonic() < self._rejected_until:
                raise self._rejection.with_traceback(None)
            if not self._connected:
                with self.breaker.call(counted=Unavailable):
                    await self._initialize()

    async def _initialize(self) -> None:
        ours = self._login
        options = {
            "login": ours.login,
            "password": ours.password,
            "server": ours.server,
            "timeout": ours.timeout_ms,
            "portable": ours.portable,
        }
        try:
            answer = await self.terminal.call("initialize", ours.path, **options)
            if answer.result is not True:
                raise fault_of(answer.last_error, self.context("initialize", answer.last_error))
            await self._recognise()
        except AuthenticationFailed as error:
            self._rejection = error
            self._rejected_until = self.clock.monotonic() + REJECTION_REST_S
            raise
        self._connected = True
        log.info("terminal_connected", account=self.terminal.name, server=ours.server, folder=self._folder)

    async def _recognise(self) -> None:
        """After login: is it the terminal at our path, and our account? Then learn the broker's time."""
        answers = await self.terminal.batch(Call("terminal_info"), Call("account_info"))
        folder = self._struct(answers[0])["path"]
        if not _is_installation(self._login.path, folder):
            raise WrongAccount(f"another terminal answered: {folder}", context=self.context("initialize"))
        self._folder = folder
        self._check_identity(answers)
        await self.learn_time()
        if not self.time.known:
            await self._find_watch()
            await self.learn_time()

    async def _find_watch(self) -> None:
        """Without a watched symbol that ticks: the ones that ticked last."""
        infos = (await self.terminal.call("symbols_get", group=_MANY_SYMBOLS)).result or ()
        newest = sorted(infos, key=lambda info: info["time"], reverse=True)
        self._watch = tuple(info["name"] for info in newest[:_WATCHED])

    async def _observe(self, symbol: str) -> None:
        answers = await self.terminal.batch(
            Call("symbol_select", (symbol, True), expect={"": True}), Call("symbol_info_tick", (symbol,))
        )
        if tick := answers[-1].result if len(answers) > 1 else None:
            self._selected.add(symbol)
            self.time.observe(symbol, tick["time_msc"], self.clock.now())


def _is_installation(program: str, folder: str) -> bool:
    """Whether the terminal's folder is where its program lies (Windows paths: no case, either slash)."""
    return PureWindowsPath(folder) in (PureWindowsPath(program), PureWindowsPath(program).parent)
