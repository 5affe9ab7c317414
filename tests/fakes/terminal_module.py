"""A terminal module whose behaviour the arguments choose; for tests of the worker and its proxy alone.

A symbol (or an order's comment) of `hang` blocks for ever, `die` ends the process, `noise` prints on
stdout, `raise` raises. `volume` of an order is echoed, so that a test sees what arrived.
"""

import os
import sys
import time
from typing import Any

import numpy as np

__version__ = "1.2.3"
__author__ = "tests"

PRICES = tuple((name, "<f8") for name in ("open", "high", "low", "close"))
RATES = np.dtype(
    [("time", "<i8"), *PRICES, ("tick_volume", "<u8"), ("spread", "<i4"), ("real_volume", "<u8")]
)
_error = (1, "Success")
_login = 1
_sent = 0


class Struct(tuple[Any, ...]):
    """Shaped like the module's struct sequences: a tuple with names and `_asdict`."""

    names: tuple[str, ...]

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self.names, self, strict=True))


def struct(**fields: Any) -> Struct:
    made = Struct(fields.values())
    made.names = tuple(fields)
    return made


def behave(word: str) -> None:
    if word == "hang":
        time.sleep(3600)
    if word == "die":
        os._exit(9)
    if word == "raise":
        raise RuntimeError("as asked")
    if word == "noise":
        print("noise on stdout " * 4096)
        sys.stdout.flush()
        os.write(1, b"\x00\x00\x00\x01 noise below Python")


def last_error() -> tuple[int, str]:
    return _error


def initialize(path: str = "", **options: Any) -> bool:
    behave(path)
    return True


def account_info() -> Struct:
    return struct(login=_login, server="Tests", balance=0.1 + 0.2, margin_level=float("nan"))


def login(number: int) -> bool:
    global _login
    _login = number
    return True


def terminal_info() -> Struct:
    return struct(connected=True, pid=os.getpid(), token=os.environ.get("TAPDESK_BOT_TOKEN"))


def symbol_info(symbol: str, /) -> Struct | None:
    global _error
    behave(symbol)
    _error = (-1, "Terminal: Call failed") if symbol == "none" else (1, "Success")
    return None if symbol == "none" else struct(name=symbol, digits=5)


def symbols_total() -> object:
    return object()


def nothing(*_: Any, **__: Any) -> tuple[Struct, ...]:
    """What a module must have and this one's tests do not ask for."""
    return ()


shutdown = symbols_get = symbol_info_tick = symbol_select = orders_get = nothing
history_orders_get = history_deals_get = order_check = nothing


def positions_get(**filters: Any) -> tuple[Struct, ...]:
    return tuple(struct(ticket=2**62 + n, volume=0.1, comment="ä\ud800") for n in range(filters["ticket"]))


def copy_rates_from_pos(symbol: str, timeframe: int, start: int, count: int, /) -> Any:
    behave(symbol)
    rates = np.zeros(count, RATES)
    rates["time"] = np.arange(count)
    rates["close"] = np.nan if symbol == "nan" else 1.1
    return rates


def order_send(request: dict[str, Any], *rest: Any, **keywords: Any) -> Struct | None:
    global _sent
    if rest or keywords:
        return None
    _sent += 1
    behave(dict(request).get("comment", ""))
    return struct(retcode=10009, volume=request["volume"], request=struct(**request))


def orders_total() -> int:
    """How many orders were sent."""
    return _sent


def secret() -> str:
    return "not on the list"
