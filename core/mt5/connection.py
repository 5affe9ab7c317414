"""The connection to one account: made, verified in every round trip, lost, made again.

The first time, and when a person asks, the terminal is logged in as ours. Later it is met as it is: another
account in it is a person's doing, which is reported and not undone (a desk that logged in again by itself
would fight over the terminal). Only a terminal that comes up with no account, or with one that cannot be
reached, is logged in again: nobody else would do it at night.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from core.model.clock import Clock
from core.mt5.breaker import COUNTED, Breaker
from core.mt5.calls import Answer, Call
from core.mt5.errors import (
    AuthenticationFailed,
    Context,
    NoData,
    TerminalError,
    TerminalGone,
    Unavailable,
    WrongAccount,
)
from core.mt5.feed import WATCHED, Feed
from core.mt5.identity import Identity, another_terminal, is_installation
from core.mt5.probe import Probe, Sight
from core.mt5.retcodes import fault_of
from core.mt5.terminal import Terminal

log = structlog.get_logger(__name__)

_MANY_SYMBOLS = "*USD*"
_TICK = "symbol_info_tick"
_IDENTITY = 2
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
    """An async context manager; connects with the first call, and again after a loss.

    Errors are TerminalErrors: Unavailable when nothing could be read or done (safe to try again), Unknown
    when an order may have gone out. A rejected login is tried again after 15 minutes or by `connect`.
    `watch` are symbols whose ticks tell the broker's time and the feed's age; without one that ticks, some
    that do are found.
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
        self.feed = Feed(watch)
        self.time = self.feed.time
        self.names: dict[str, str] = {}
        self.breaker = breaker or Breaker(clock.monotonic, account=terminal.name)
        self._login = login
        self._identity = Identity(terminal.name, login.login, login.server, folder="")
        self._connecting = asyncio.Lock()
        self._connected = False
        self._was_ours = False
        self._rejection: AuthenticationFailed | None = None
        self._rejected_until = 0.0
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
        """Log in as ours now, whatever was refused before and whoever is logged in: a person asks for it."""
        self._rejection = None
        self._was_ours = False
        self._lose()
        self.breaker.reset()
        await self._ensure_connected()

    async def verified(self, *calls: Call, with_feed: bool = False) -> tuple[Answer, ...]:
        """Answers of `terminal_info`, `account_info` and `calls`, made only if the first two are ours.

        What the terminal reports as failure (None, False) raises; an empty tuple is empty. `with_feed` has
        the watched ticks read too, in passing (see `Feed`).
        """
        ticks = self.feed.calls() if with_feed else ()
        answers = await self._made((*ticks, *calls), optional=len(ticks))
        first = _IDENTITY + len(ticks)
        self.feed.learn(answers[_IDENTITY:first], self.clock.now())
        return (*answers[:_IDENTITY], *answers[first:])

    async def of_symbol(self, symbol: str, call: Call) -> Any:
        """The result of a call about a symbol, which is put into Market Watch first."""
        try:
            result = (await self.verified(*self._selecting(symbol), call))[-1].result
        except NoData:
            self._selected.discard(symbol)  # a person may have taken it out of Market Watch
            raise
        self._selected.add(symbol)
        return result

    async def ticks(self, symbols: Iterable[str]) -> dict[str, Any]:
        """The last tick of each symbol that has one, all in one round trip."""
        calls = [call for symbol in symbols for call in (*self._selecting(symbol), Call(_TICK, (symbol,)))]
        answers = (await self._made(calls, optional=len(calls)))[_IDENTITY:]
        asked = {
            call.args[0]: answer.result
            for call, answer in zip(calls, answers, strict=True)
            if call.function == _TICK
        }
        found = {symbol: tick for symbol, tick in asked.items() if tick}
        self._selected = (self._selected - asked.keys()) | found.keys()
        return found

    async def diagnose(self) -> Probe:
        """What the terminal is like now, in one round trip. Raises no TerminalError: it tells of it."""
        answers: tuple[Answer, ...] = ()
        error: TerminalError | None = None
        began = self.clock.monotonic()
        try:
            await self._ensure_connected()
            began = self.clock.monotonic()
            with self._use():
                answers = await self.terminal.batch(*self._identity.read(), *self.feed.calls())
                self._identity.check(answers)
                self.feed.learn(answers[_IDENTITY:], self.clock.now())
        except TerminalError as found:
            error = found
        now = self.clock.now()
        sight = Sight.of(answers, self.clock.monotonic() - began, error)
        ours = self._identity.is_of(sight.terminal, sight.account)
        return sight.probe(now, ours=ours, feed_age=self.feed.age(now), breaker=self.breaker.state)

    async def learn_time(self) -> None:
        """Look at the watched symbols' ticks for the broker's time."""
        for symbol in self.feed.watch:
            await self._observe(symbol)

    def context(self, call: str, last_error: tuple[int, str] | None = None) -> Context:
        """What an error about this account carries."""
        return Context(self.terminal.name, call, last_error=last_error)

    @contextmanager
    def _use(self) -> Iterator[None]:
        """Around each use of a connected terminal: what it costs to be failed by it."""
        with self.breaker.call():
            try:
                yield
            except COUNTED:
                self._lose()
                raise
            except WrongAccount:
                self._forget()
                raise

    async def _made(self, calls: Sequence[Call], optional: int = 0) -> tuple[Answer, ...]:
        """Answers of identity and of calls; the first `optional` of the calls may find no data."""
        await self._ensure_connected()
        with self._use():
            answers = await self.terminal.batch(*self._identity.guarded(), *calls)
            self._identity.check(answers)
            self._check(answers[_IDENTITY:], optional)
            return answers

    def _check(self, answers: Sequence[Answer], optional: int) -> None:
        for number, answer in enumerate(answers):
            if answer.result is None or answer.result is False:
                error = self._fault(answer)
                if number >= optional or not isinstance(error, NoData):
                    raise error

    def _selecting(self, symbol: str) -> tuple[Call, ...]:
        return () if symbol in self._selected else (Call("symbol_select", (symbol, True)),)

    def _fault(self, answer: Answer) -> TerminalError:
        return fault_of(answer.last_error, self.context(answer.function, answer.last_error))

    def _lose(self) -> None:
        self._connected = False
        self._forget()

    def _forget(self) -> None:
        """Market Watch and names are another account's, or may have changed."""
        self._selected.clear()
        self.names.clear()

    # Connecting

    async def _ensure_connected(self) -> None:
        async with self._connecting:
            if self._rejection is not None and self.clock.monotonic() < self._rejected_until:
                raise self._rejection.with_traceback(None)
            if not self._connected:
                with self.breaker.call(counted=Unavailable, proves=False):
                    await self._reach()

    async def _reach(self) -> None:
        met = self._was_ours and await self._meet()
        if not met:
            await self._log_in()
        self._connected = self._was_ours = True
        name, folder = self.terminal.name, self._identity.folder
        log.info("terminal_connected", account=name, folder=folder, logged_in=not met)

    async def _meet(self) -> bool:
        """Attach to the terminal as it is; whether it has an account. Raises TerminalGone if there is none.

        Whose account it is, every round trip finds out.
        """
        answer = await self._initialize()
        if answer.result is True:
            account = (await self.terminal.call("account_info")).result
            return bool(account and account["login"])
        error = self._fault(answer)
        if isinstance(error, TerminalGone):
            raise error
        return False

    async def _log_in(self) -> None:
        ours = self._login
        try:
            answer = await self._initialize(login=ours.login, password=ours.password, server=ours.server)
            if answer.result is not True:
                raise self._fault(answer)
            await self._recognise()
        except AuthenticationFailed as error:
            self._rejection = error
            self._rejected_until = self.clock.monotonic() + REJECTION_REST_S
            raise

    async def _initialize(self, **credentials: Any) -> Answer:
        ours = self._login
        options = {**credentials, "timeout": ours.timeout_ms, "portable": ours.portable}
        return await self.terminal.call("initialize", ours.path, **options)

    async def _recognise(self) -> None:
        """After login: is it the terminal at our path, and our account? Then learn the broker's time."""
        answers = await self.terminal.batch(*self._identity.read())
        folder = (answers[0].result or {}).get("path", "")
        if folder and not is_installation(self._login.path, folder):
            raise another_terminal(folder, self.context("initialize"))
        self._identity = replace(self._identity, folder=folder)
        self._identity.check(answers)
        await self.learn_time()
        if not self.time.known:
            await self._find_watch()
            await self.learn_time()

    async def _find_watch(self) -> None:
        """Without a watched symbol that ticks: the ones that ticked last."""
        infos = (await self.terminal.call("symbols_get", group=_MANY_SYMBOLS)).result or ()
        newest = sorted(infos, key=lambda info: info["time"], reverse=True)
        self.feed.watch = tuple(info["name"] for info in newest[:WATCHED])

    async def _observe(self, symbol: str) -> None:
        answers = await self.terminal.batch(
            Call("symbol_select", (symbol, True), expect={"": True}), Call(_TICK, (symbol,))
        )
        if tick := answers[-1].result if len(answers) > 1 else None:
            self._selected.add(symbol)
            self.time.observe(symbol, tick["time_msc"], self.clock.now())
