"""The connection to one account: verified in every round trip, lost, made again."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from core.model.clock import Clock
from core.model.instruments import Instrument
from core.mt5.access import Access, Login
from core.mt5.breaker import COUNTED, Breaker
from core.mt5.calls import Answer, Call
from core.mt5.errors import Context, NoData, TerminalError, Unavailable, WrongAccount
from core.mt5.feed import Feed
from core.mt5.probe import Probe, Sight
from core.mt5.retcodes import failure_of
from core.mt5.terminal import Terminal

log = structlog.get_logger(__name__)

_IDENTITY = 2
_FAREWELL_S = 1.0


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
        self.contracts: dict[str, Instrument] = {}
        self.breaker = breaker or Breaker(clock.monotonic, account=terminal.name)
        self._access = Access(terminal, login, clock, self.feed)
        self._connecting = asyncio.Lock()
        self._connected = False
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
        async with self._connecting:  # a connecting under way would take the wish for fulfilled
            self._access.insist()
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
        self.feed.learn(ticks, answers[_IDENTITY:first], self.clock.now())
        return (*answers[:_IDENTITY], *answers[first:])

    async def of_symbol(self, symbol: str, call: Call) -> Any:
        """The result of a call about a symbol, which is put into Market Watch first.

        Raises NoData, which tells a symbol that the broker does not know from one that has no data now.
        """
        try:
            result = (await self.verified(*self._selecting(symbol), call))[-1].result
        except NoData as error:
            self._selected.discard(symbol)  # a person may have taken it out of Market Watch
            unknown = error.context.call == "symbol_select"
            raise NoData(
                error.detail,
                context=error.context,
                for_trader=f"The broker has no symbol {symbol}; the desk file has to name the right one."
                if unknown
                else f"The terminal has no data on {symbol} just now.",
            ) from error
        self._selected.add(symbol)
        return result

    async def of_symbols(self, symbols: Iterable[str], function: str) -> dict[str, Any]:
        """The result of `function` for each symbol that has one, all in one round trip."""
        calls = [call for symbol in symbols for call in (*self._selecting(symbol), Call(function, (symbol,)))]
        answers = (await self._made(calls, optional=len(calls)))[_IDENTITY:]
        asked = {
            call.args[0]: answer.result
            for call, answer in zip(calls, answers, strict=True)
            if call.function == function
        }
        found = {symbol: result for symbol, result in asked.items() if result}
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
                ticks = self.feed.calls()
                answers = await self.terminal.batch(*self._access.identity.read(), *ticks)
                self._access.identity.check(answers)
                self.feed.learn(ticks, answers[_IDENTITY:], self.clock.now())
        except TerminalError as found:
            error = found
        now = self.clock.now()
        sight = Sight.of(answers, self.clock.monotonic() - began, error)
        ours = self._access.identity.is_of(sight.terminal, sight.account)
        return sight.probe(now, ours=ours, feed_age=self.feed.age(now), breaker=self.breaker.state)

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
            answers = await self.terminal.batch(*self._access.identity.guarded(), *calls)
            self._access.identity.check(answers)
            self._check(answers[_IDENTITY:], optional)
            return answers

    def _check(self, answers: Sequence[Answer], optional: int) -> None:
        for number, answer in enumerate(answers):
            if answer.result is None or answer.result is False:
                error = self._failure(answer)
                if number >= optional or not isinstance(error, NoData):
                    raise error

    def _selecting(self, symbol: str) -> tuple[Call, ...]:
        return () if symbol in self._selected else (Call("symbol_select", (symbol, True)),)

    def _failure(self, answer: Answer) -> TerminalError:
        return failure_of(answer.last_error, self.context(answer.function, answer.last_error))

    def _lose(self) -> None:
        self._connected = False
        self._forget()

    def _forget(self) -> None:
        """Market Watch, names and contracts are another account's, or may have changed."""
        self._selected.clear()
        self.contracts.clear()
        self.names.clear()

    async def _ensure_connected(self) -> None:
        async with self._connecting:
            if not self._connected:
                with self.breaker.call(counted=Unavailable, proves=False):
                    await self._access.enter()
                self._connected = True
