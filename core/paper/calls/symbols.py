"""Calls about symbols: their contracts, their quotes, Market Watch, the depth of market."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

from core.mt5 import contract as mt5
from core.paper.calls import symbolinfo
from core.paper.calls.numbers import truth
from core.paper.calls.structs import BookInfo, Struct, Tick
from core.paper.market import depth
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.quotes import tick_row
from core.paper.market.specification import Instrument
from core.paper.server.dealing import Dealer
from core.paper.server.requests import text
from core.paper.terminal import TERMINAL, Failed

__all__ = [
    "market_book_add",
    "market_book_get",
    "market_book_release",
    "symbol_info",
    "symbol_info_tick",
    "symbol_select",
    "symbols_get",
    "symbols_total",
]


def symbols_total() -> int | None:
    return TERMINAL.call("symbols_total", _symbols_total)


def symbols_get(*args: Any, **kwargs: Any) -> tuple[Struct, ...] | Literal[False] | None:
    """All symbols, or those that a group mask names; False for a bad argument."""
    given = (*args, *([kwargs["group"]] if "group" in kwargs else ()))
    answer = TERMINAL.call("symbols_get", lambda: _symbols_get(given))
    return False if TERMINAL.last_error[0] == mt5.RES_E_INVALID_PARAMS else answer


def symbol_info(symbol: str, /) -> Struct | None:
    """A symbol's contract and state; None if the broker has none of that name."""
    return TERMINAL.call("symbol_info", lambda: _info(known(symbol), TERMINAL.dealer()), symbol)


def symbol_info_tick(symbol: str, /) -> Struct | None:
    """The last tick; None while the symbol is not in Market Watch."""
    return TERMINAL.call("symbol_info_tick", lambda: _tick(symbol), symbol)


def symbol_select(symbol: str, enable: bool = True, /) -> bool:
    shown = truth(enable)
    return bool(TERMINAL.call("symbol_select", lambda: _select(symbol, shown=shown), symbol))


def market_book_add(symbol: str, /) -> bool | None:
    """Ask for a symbol's depth of market."""
    return _book_call("market_book_add", lambda: TERMINAL.books.add(known(symbol).name))


def market_book_release(symbol: str, /) -> bool | None:
    """Ask no longer for it."""
    return _book_call("market_book_release", lambda: TERMINAL.books.discard(known(symbol).name))


def market_book_get(symbol: str, /) -> tuple[Struct, ...] | None:
    """The depth of market from the dearest offer down; it must have been asked for. Empty while closed."""
    return TERMINAL.call("market_book_get", lambda: _depth(known(symbol)), symbol)


def _book_call(name: str, work: Callable[[], None]) -> bool | None:
    """True; None for a bad argument; without a connection False, and no error is told."""

    def done() -> bool:
        TERMINAL.require()
        work()
        return True

    answer = TERMINAL.call(name, done)
    if TERMINAL.last_error[0] <= mt5.RES_E_INTERNAL_FAIL:
        TERMINAL.last_error = (mt5.RES_S_OK, mt5.ERROR_TEXTS[mt5.RES_S_OK])
        return False
    return answer


def _symbols_total() -> int:
    TERMINAL.require()
    return len(INSTRUMENTS)


def known(symbol: Any) -> Instrument:
    """The contract of a symbol. Raises Failed if there is none, BadArgument if that is no name."""
    name = text("symbol", symbol)
    if name not in INSTRUMENTS:
        raise Failed(mt5.RES_E_NOT_FOUND)
    return INSTRUMENTS[name]


def matching(group: str, names: Iterable[str]) -> list[str]:
    """Names that a group mask keeps: comma-separated, in order; `!` takes away, `*` is anything."""
    every, kept = list(names), set[str]()
    for part in group.split(","):
        mask = part.strip()
        pattern = re.compile(re.escape(mask.removeprefix("!")).replace(r"\*", ".*"))
        named = {name for name in every if pattern.fullmatch(name)}
        kept = kept - named if mask.startswith("!") else kept | named
    return [name for name in every if name in kept]


def group_mask(value: Any) -> str:
    if not isinstance(value, str) or len(value) >= 1_999:
        raise Failed(mt5.RES_E_INVALID_PARAMS, 'Invalid "group" argument')
    return value


def _symbols_get(given: tuple[Any, ...]) -> tuple[Struct, ...]:
    names = matching(group_mask(given[0]), INSTRUMENTS) if given else list(INSTRUMENTS)
    dealer = TERMINAL.dealer()
    return tuple(_info(INSTRUMENTS[name], dealer) for name in names)


def _info(spec: Instrument, dealer: Dealer) -> Struct:
    return symbolinfo.symbol_info(spec, dealer, watched=TERMINAL.watches(spec.name))


def _tick(symbol: Any) -> Struct:
    spec = known(symbol)
    if not TERMINAL.watches(spec.name):
        raise Failed(mt5.RES_E_NOT_FOUND)
    return Tick(tick_row(spec, TERMINAL.dealer().quote(spec.name)))


def _select(symbol: Any, *, shown: bool) -> bool:
    spec = known(symbol)
    if TERMINAL.watches(spec.name) != shown:
        TERMINAL.watch(spec.name, shown=shown)
    return True


def _depth(spec: Instrument) -> tuple[Struct, ...]:
    dealer = TERMINAL.dealer()
    if spec.name not in TERMINAL.books:
        raise Failed(mt5.RES_E_FAIL)
    if not dealer.in_session(spec.name):
        return ()
    return tuple(
        BookInfo((_BOOK_TYPES[level.side], level.price, int(level.lots), level.lots))
        for level in depth.levels(spec, dealer.quote(spec.name))
    )


_BOOK_TYPES = {1: mt5.BOOK_TYPE_SELL, -1: mt5.BOOK_TYPE_BUY}
