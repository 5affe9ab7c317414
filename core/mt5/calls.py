"""What is asked of a terminal and what it answers, as values."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from core.mt5.worker import PROTOCOL
from core.workers import LinkLost

_STRUCT_CODES = {"i8": "q", "u8": "Q", "i4": "i", "u4": "I", "i2": "h", "u2": "H", "f8": "d", "f4": "f"}


NEEDED = frozenset(
    (
        *("initialize", "shutdown", "last_error", "terminal_info", "account_info"),
        *("symbols_get", "symbol_info", "symbol_info_tick", "symbol_select", "copy_rates_from_pos"),
        *("positions_get", "orders_get", "history_orders_get", "history_deals_get"),
        *("order_check", "order_send"),
    )
)
"""The functions that a module must have to be of use here."""


class Priority(IntEnum):
    """The order in which waiting calls are made; the same order in which deadlines grow."""

    TRADE = 0
    READ = 1
    HISTORY = 2


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the module. The calls after one whose result differs from `expect` are not made."""

    function: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] | None = None

    @property
    def priority(self) -> Priority:
        if self.function in ("order_send", "order_check"):
            return Priority.TRADE
        history = self.function.startswith(("copy_", "history_")) or self.function == "symbols_get"
        return Priority.HISTORY if history else Priority.READ

    def as_message(self) -> dict[str, Any]:
        message = {"call": self.function, "args": self.args, "kwargs": dict(self.kwargs)}
        return message if self.expect is None else {**message, "expect": dict(self.expect)}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds within which a worker must answer, from the moment a request is written.

    `initialize` may start the terminal itself (up to 100 s, whatever its own timeout says) and then waits
    for the broker as long as its `timeout` (milliseconds, 60,000 by default). Orders have been seen to
    take 77 s on a busy host. `patience_s` is how long an order may wait for its turn: a later one would meet
    another market than the one that was looked at, and is not sent.
    """

    start_s: float = 30.0
    launch_s: float = 120.0
    trade_s: float = 90.0
    read_s: float = 10.0
    history_s: float = 30.0
    patience_s: float = 15.0

    def of(self, call: Call) -> float:
        if call.function in ("initialize", "login"):
            return self.launch_s + float(call.kwargs.get("timeout", 60_000)) / 1000
        return (self.trade_s, self.read_s, self.history_s)[call.priority]


class Rows:
    """An array of the module: rows as tuples of `names`, unpacked while iterated."""

    def __init__(self, descr: list[list[str]], raw: bytes) -> None:
        self.names = tuple(name for name, _ in descr)
        self._row = struct.Struct("<" + "".join(_STRUCT_CODES[kind[1:]] for _, kind in descr))
        self._raw = raw

    def __len__(self) -> int:
        return len(self._raw) // self._row.size

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._row.iter_unpack(self._raw)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returned: structs as dicts, tuples as lists, arrays as Rows; and `last_error` after it."""

    function: str
    result: Any
    last_error: tuple[int, str]


class Unfit(LinkLost):
    """Raised for a worker that works and cannot be used; its text is for the person who set it up."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A worker's handshake."""

    protocol: int
    module: str
    version: str
    author: str
    python: str
    pid: int
    functions: tuple[str, ...]

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> "Hello":
        """Raises Unfit for another protocol, for a module that cannot be loaded or that lacks functions."""
        hello = dict(message.get("hello") or {})
        if hello.get("protocol") != PROTOCOL:
            raise Unfit(
                f"The worker file speaks protocol {hello.get('protocol')} and this desk {PROTOCOL}:"
                " put the desk's own core/mt5/worker.py in its place."
            )
        if failure := hello.get("failure"):
            raise Unfit(f"The worker cannot load the terminal's module: {failure}")
        made = cls(**{**hello, "functions": tuple(hello["functions"])})
        if lacking := NEEDED.difference(made.functions):
            raise Unfit(
                f"The module {made.module} {made.version} lacks {', '.join(sorted(lacking))}:"
                " update its package beside the terminal."
            )
        return made
