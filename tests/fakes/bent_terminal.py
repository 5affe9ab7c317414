"""A terminal that a test bends, behind the worker's own code in the test's process, under a clock it sets."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core.mt5.access import Login
from core.mt5.breaker import Breaker, Patience
from core.mt5.connection import Connection
from core.mt5.contract import ACCOUNT_INFO
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.mt5.worker import Owner
from core.workers import Frame

FOLDER = "C:\\Terminals\\One"
LOGIN = Login(FOLDER + "\\terminal64.exe", 7, "Broker-Demo", "secret", timeout_ms=10)
OURS = {"login": 7, "server": "Broker-Demo"}
ANOTHER = {"login": 8, "server": "Broker-Demo"}
NOBODY = {"login": 0, "server": ""}
EMPTY = {name: kind() for name, kind in ACCOUNT_INFO}
SUCCESS = (1, "Success")
NO_IPC = (-10004, "No IPC connection")
IPC_TIMEOUT = (-10005, "IPC timeout")
UNKNOWN_SYMBOL = (-1, "Terminal: Call failed")


class Struct(tuple[Any, ...]):
    names: tuple[str, ...]

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self.names, self, strict=True))


def struct(fields: dict[str, Any]) -> Struct:
    made = Struct(fields.values())
    made.names = tuple(fields)
    return made


class SteppedClock:
    """Friday noon until a test lets time pass."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class BentTerminal:
    """The module as the session needs it; `calls` notes what was asked of it.

    `failing` makes a call fail with that error. `account` is who is logged in; a call of
    `initialize` without credentials leaves it as it is. `symbols` is the broker's list, of which only
    `ticking` have a tick, as old as `tick_age`, by a clock that is `offset` from UTC.
    """

    __name__ = "bent"

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self.initialized_with: list[tuple[str, dict[str, Any]]] = []
        self.terminal: dict[str, Any] = {
            "connected": True,
            "path": FOLDER,
            "build": 5430,
            "ping_last": 1_000,
            "trade_allowed": True,
            "tradeapi_disabled": False,
        }
        self.permissions = {"trade_allowed": True, "trade_expert": True}
        self.account: dict[str, Any] = dict(OURS)
        self.password = "secret"
        self.initialized = False
        self.waits_for_an_account = True
        self.failing: dict[str, tuple[int, str]] = {}
        self.symbols: dict[str, dict[str, Any]] = {"EURUSD": {}}
        self.ticking = {"EURUSD"}
        self.selected: set[str] = set()
        self.tick_age = timedelta(seconds=1)
        self.offset = timedelta(hours=3)
        self.history: tuple[int, int] = (0, 0)
        self._error = SUCCESS

    def _do(self, name: str, result: Any, failure: Any = None) -> Any:
        self.calls.append(name)
        self._error = self.failing.get(name, SUCCESS if self.initialized else NO_IPC)
        return result if self._error == SUCCESS else failure

    def initialize(self, path: str, **options: Any) -> bool:
        self.initialized_with.append((path, options))
        self.initialized = True
        done = bool(self._do("initialize", True, failure=False))
        if done and "login" in options:
            done = self._log_in(**options)
        elif done and self.account == NOBODY and self.waits_for_an_account:
            self._error, done = IPC_TIMEOUT, False
        self.initialized = done
        return done

    def _log_in(self, *, login: int, password: str, server: str, **_: Any) -> bool:
        self.calls.append("login")
        if password != self.password:
            self._error = (-6, "Terminal: Authorization failed")
            return False
        self.account = {"login": login, "server": server}
        return True

    def shutdown(self) -> bool:
        return bool(self._do("shutdown", True))

    def last_error(self) -> tuple[int, str]:
        return self._error

    def terminal_info(self) -> Any:
        return self._do("terminal_info", struct(self.terminal))

    def account_info(self) -> Any:
        return self._do("account_info", struct({**EMPTY, **self.account, **self.permissions}))

    def symbol_select(self, symbol: str, *_: Any) -> Any:
        done = self._do("symbol_select", True, failure=False) and self._knows(symbol)
        if done:
            self.selected.add(symbol)
        return done

    def symbols_get(self, **_: Any) -> Any:
        return self._do("symbols_get", tuple(map(self._info, self.symbols)))

    def symbol_info_tick(self, symbol: str) -> Any:
        at = self.clock.moment + self.offset - self.tick_age
        tick = struct({"time_msc": int(at.timestamp() * 1000), "bid": 1.1, "ask": 1.1002})
        ticks = symbol in self.ticking & self.selected
        done = self._do("symbol_info_tick", tick)
        if done is not None and not ticks:
            self._error = UNKNOWN_SYMBOL
        return done if ticks else None

    def symbol_info(self, symbol: str) -> Any:
        return self._do("symbol_info", self._info(symbol) if self._knows(symbol) else None)

    def copy_rates_from_pos(self, *_: Any) -> Any:
        return self._do("copy_rates_from_pos", ())

    def positions_get(self) -> Any:
        return self._do("positions_get", ())

    def orders_get(self) -> Any:
        return self._do("orders_get", ())

    def history_orders_get(self, *_: int) -> Any:
        return self._do("history_orders_get", ())

    def history_deals_get(self, since: int, until: int) -> Any:
        self.history = (since, until)
        return self._do("history_deals_get", ())

    def order_check(self, _: dict[str, Any]) -> Any:
        return self._do("order_check", None)

    def order_send(self, _: dict[str, Any]) -> Any:
        result = {"retcode": 10009, "order": 1, "deal": 2, "volume": 0.1, "price": 1.1, "comment": "done"}
        return self._do("order_send", struct(result))

    def _info(self, symbol: str) -> Struct:
        return struct({"name": symbol, "time": 1, "trade_mode": 4, **self.symbols[symbol]})

    def _knows(self, symbol: str) -> bool:
        if symbol not in self.symbols:
            self._error = UNKNOWN_SYMBOL
        return symbol in self.symbols


class _Link:
    """A link whose other end is the worker's own code in this process."""

    def __init__(self, module: BentTerminal) -> None:
        self._owner = Owner(module)
        self._frames = [Frame({"hello": self._owner.hello()})]

    def send(self, text: bytes) -> None:
        message, raws = self._owner.reply(json.loads(text))
        self._frames.append(Frame(json.loads(json.dumps(message)), b"".join(raws)))

    async def receive(self) -> Frame:
        await asyncio.sleep(0)
        return self._frames.pop(0)

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002
        self._frames.clear()


def bent_session(module: BentTerminal, watch: Sequence[str] = ("EURUSD",)) -> Session:
    """A session over the bent terminal, whose breaker rests exactly a second after three failures."""

    async def open_link() -> _Link:
        return _Link(module)

    clock = module.clock
    breaker = Breaker(clock.monotonic, Patience(failures=3, rest_s=1.0), jitter=lambda: 0.0)
    terminal = Terminal(open_link, name="acc")
    return Session(Connection(terminal, LOGIN, clock, breaker=breaker, watch=watch))
