"""One account at its terminal: logged in, verified, typed.

Identity is checked in the same round trip as every reading and every order: the worker reads connection,
path, login and server first and makes the calls after them only if all are ours. What the terminal reports
as None raises; an empty tuple is empty.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import PureWindowsPath
from typing import Any, Self

import structlog

from core.model.clock import Clock
from core.model.instruments import Instrument
from core.model.mt5 import (
    Bar,
    MT5AccountSnapshot,
    MT5AccountState,
    MT5Deal,
    MT5Order,
    MT5Position,
    Quote,
    SendResult,
)
from core.mt5 import reading
from core.mt5.breaker import COUNTED, Breaker
from core.mt5.brokertime import BrokerTime
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
from core.mt5.terminal import Answer, Call, Terminal

log = structlog.get_logger(__name__)

_PAST_NOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Login:
    """Where and as whom. `path` is the terminal's program; each account needs an installation of its own."""

    path: str
    login: int
    server: str
    password: str = field(repr=False)
    timeout_ms: int = 60_000
    portable: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to `order_check`: what the account would look like after the trade. Retcode 0 is a pass."""

    retcode: int
    equity: Decimal
    margin: Decimal
    margin_free: Decimal
    comment: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an account shows of a time, read in one go: where the outcome of an order is looked up."""

    positions: tuple[MT5Position, ...]
    orders: tuple[MT5Order, ...]
    history: tuple[MT5Order, ...]
    deals: tuple[MT5Deal, ...]

    def of_magic(self, magic: int) -> "Evidence":
        """The part of it that carries `magic`."""
        return Evidence(
            tuple(p for p in self.positions if p.magic == magic),
            tuple(o for o in self.orders if o.magic == magic),
            tuple(o for o in self.history if o.magic == magic),
            tuple(d for d in self.deals if d.magic == magic),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.positions or self.orders or self.history or self.deals)


class Session:
    """An async context manager; connects with the first call, and again after a loss.

    Every method raises TerminalError: Unavailable when nothing could be read or done (safe to try again),
    Unknown when an order may have gone out, AuthenticationFailed until `connect` is called again.
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
        max_quote_age_s: float = 60.0,
    ) -> None:
        self.terminal = terminal
        self.time = BrokerTime()
        self.breaker = breaker or Breaker(clock.monotonic)
        self._login = login
        self._clock = clock
        self._watch = tuple(watch)
        self._max_quote_age_s = max_quote_age_s
        self._connecting = asyncio.Lock()
        self._connected = False
        self._rejection: AuthenticationFailed | None = None
        self._folder = ""
        self._selected: set[str] = set()

    async def __aenter__(self) -> Self:
        await self.terminal.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Leave the terminal in order, if it answers, and end its worker."""
        if self._connected:
            self._connected = False
            try:
                await self.terminal.call("shutdown")
            except TerminalError as error:
                log.info("shutdown_unanswered", account=self.terminal.name, error=str(error))
        await self.terminal.aclose()

    @property
    def connected(self) -> bool:
        """Whether the last use found the terminal logged in to this account."""
        return self._connected

    async def connect(self) -> None:
        """Log in (again) now, whatever was refused before."""
        self._rejection = None
        self._connected = False
        self.breaker.reset()
        await self._ensure_connected()

    # Reading

    async def account(self) -> MT5AccountState:
        terminal, account = await self._verified()
        return reading.account(account.result, terminal.result, self._clock.now())

    async def snapshot(self) -> MT5AccountSnapshot:
        """Account, positions and pending orders of one moment."""
        answers = await self._verified(Call("positions_get"), Call("orders_get"))
        terminal, account, positions, orders = answers
        return MT5AccountSnapshot(
            reading.account(account.result, terminal.result, self._clock.now()),
            tuple(reading.position(struct, self.time) for struct in positions.result),
            tuple(reading.order(struct, self.time) for struct in orders.result),
        )

    async def quote(self, symbol: str) -> Quote:
        """Best prices now. Raises NoData for an unknown symbol and for a price that is too old to act on."""
        [tick] = await self._of_symbol(symbol, Call("symbol_info_tick", (symbol,)))
        now = self._clock.now()
        self.time.observe(symbol, tick["time_msc"], now)
        quote = reading.quote(symbol, tick, self.time, now)
        age_s = (now - quote.at).total_seconds()
        if not self.time.known or age_s > self._max_quote_age_s or not quote.bid or not quote.ask:
            raise NoData(
                f"the last price of {symbol} is not of now ({quote.at})", context=self._context("quote")
            )
        return quote

    async def instrument(self, symbol: str) -> Instrument:
        """The contract of a symbol, with the tick value of this moment."""
        [info] = await self._of_symbol(symbol, Call("symbol_info", (symbol,)))
        return reading.instrument(info)

    async def bars(self, symbol: str, timeframe: int, count: int) -> tuple[Bar, ...]:
        """The last `count` candles, the forming one last. `timeframe` is one of TIMEFRAME_*."""
        call = Call("copy_rates_from_pos", (symbol, timeframe, 0, count))
        [rows] = await self._of_symbol(symbol, call)
        return reading.bars(rows, self.time)

    async def deals_since(self, when: datetime) -> tuple[MT5Deal, ...]:
        """Deals from `when` to the newest, balance operations among them."""
        deals = (await self._verified(self._history("history_deals_get", when)))[-1]
        return tuple(reading.deal(struct, self.time) for struct in deals.result)

    async def orders_history_since(self, when: datetime) -> tuple[MT5Order, ...]:
        """Orders that ended (filled, cancelled, expired, rejected) since `when`."""
        orders = (await self._verified(self._history("history_orders_get", when)))[-1]
        return tuple(reading.order(struct, self.time) for struct in orders.result)

    async def evidence(self, since: datetime) -> Evidence:
        """Positions, orders, and the history since `since`, of one moment."""
        _, _, positions, orders, history, deals = await self._verified(
            Call("positions_get"),
            Call("orders_get"),
            self._history("history_orders_get", since),
            self._history("history_deals_get", since),
        )
        return Evidence(
            tuple(reading.position(struct, self.time) for struct in positions.result),
            tuple(reading.order(struct, self.time) for struct in orders.result),
            tuple(reading.order(struct, self.time) for struct in history.result),
            tuple(reading.deal(struct, self.time) for struct in deals.result),
        )

    async def find_by_magic(self, magic: int, since: datetime) -> Evidence:
        """What carries `magic`; empty when the account shows none of it."""
        return (await self.evidence(since)).of_magic(magic)

    # Trading

    async def check(self, request: Mapping[str, Any]) -> CheckResult:
        """What the broker would say, and the margin it would take."""
        result = (await self._verified(Call("order_check", (dict(request),))))[-1].result
        return CheckResult(
            result["retcode"],
            reading.exact(result["equity"]),
            reading.exact(result["margin"]),
            reading.exact(result["margin_free"]),
            result["comment"],
        )

    async def send(self, request: Mapping[str, Any]) -> SendResult:
        """Send once; take the retcode by `retcodes.verdict_of`.

        Raises Unknown when it may have gone out; Unavailable, Refused or Misuse when it certainly did not.
        """
        answers = await self._verified(Call("order_send", (dict(request),)))
        return reading.send_result(answers[-1].result)

    # The ground under both

    async def _of_symbol(self, symbol: str, call: Call) -> list[Any]:
        """The result of a call about a symbol, which is put into Market Watch first."""
        if symbol in self._selected:
            return [(await self._verified(call))[-1].result]
        answers = await self._verified(Call("symbol_select", (symbol, True)), call)
        self._selected.add(symbol)
        return [answers[-1].result]

    async def _verified(self, *calls: Call) -> tuple[Answer, ...]:
        """Answers of `terminal_info`, `account_info` and `calls`, made only if the first two are ours.

        Another account in the terminal is a person's doing: it is reported, not undone.
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
            raise ConnectionLost("the terminal is not connected", context=self._context("terminal_info"))
        if terminal["path"] != self._folder:
            raise WrongAccount(
                f"another terminal, {terminal['path']}", context=self._context("terminal_info")
            )
        account = self._struct(answers[1])
        found = (account["login"], account["server"])
        if found != (self._login.login, self._login.server):
            raise WrongAccount(
                f"logged in as {found[0]} at {found[1]}", context=self._context("account_info")
            )

    def _check_answers(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            if answer.result is None or answer.result is False:
                raise fault_of(answer.last_error, self._context(answer.function, answer.last_error))

    def _struct(self, answer: Answer) -> Mapping[str, Any]:
        if answer.result is None:
            raise self._silent(answer)
        result: Mapping[str, Any] = answer.result
        return result

    def _silent(self, answer: Answer) -> TerminalError:
        """Identity could not be read: the pipe to the terminal is gone, or it has no account."""
        context = self._context(answer.function, answer.last_error)
        error = fault_of(answer.last_error, context)
        return ConnectionLost(error.detail, context=context) if isinstance(error, NoData) else error

    def _lose(self) -> None:
        self._connected = False
        self._selected.clear()

    async def _ensure_connected(self) -> None:
        async with self._connecting:
            if self._rejection is not None:
                raise self._rejection
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
                raise fault_of(answer.last_error, self._context("initialize", answer.last_error))
            await self._recognise()
        except AuthenticationFailed as error:
            self._rejection = error
            raise
        self._connected = True
        log.info("terminal_connected", account=self.terminal.name, server=ours.server, folder=self._folder)

    async def _recognise(self) -> None:
        """After login: is it the terminal at our path, and our account? Then learn the broker's time."""
        answers = await self.terminal.batch(Call("terminal_info"), Call("account_info"))
        folder = self._struct(answers[0])["path"]
        if not _is_installation(self._login.path, folder):
            raise WrongAccount(f"another terminal answered: {folder}", context=self._context("initialize"))
        self._folder = folder
        self._check_identity(answers)
        for symbol in self._watch:
            await self._learn_time(symbol)

    async def _learn_time(self, symbol: str) -> None:
        answers = await self.terminal.batch(
            Call("symbol_select", (symbol, True), expect={"": True}), Call("symbol_info_tick", (symbol,))
        )
        if tick := answers[-1].result if len(answers) > 1 else None:
            self._selected.add(symbol)
            self.time.observe(symbol, tick["time_msc"], self._clock.now())

    def _history(self, function: str, since: datetime) -> Call:
        """A history call; its end lies past now, or the newest deals of the broker's clock are missed."""
        until = self._clock.now() + _PAST_NOW
        return Call(function, (self.time.to_seconds(since), self.time.to_seconds(until)))

    def _context(self, call: str, last_error: tuple[int, str] | None = None) -> Context:
        return Context(self.terminal.name, call, last_error=last_error)


def _is_installation(program: str, folder: str) -> bool:
    """Whether the terminal's folder is where its program lies (Windows paths: no case, either slash)."""
    return PureWindowsPath(folder) in (PureWindowsPath(program), PureWindowsPath(program).parent)
