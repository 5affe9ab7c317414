"""Calls about symbols: their contracts, their quotes, Market Watch, the depth of market."""

import re
from collections.abc import Iterable
from typing import Any, Literal

from core.mt5 import contract as mt5
from core.paper.calls.structs import BookInfo, Struct, SymbolInfo, Tick
from core.paper.market.instruments import INSTRUMENTS, Instrument
from core.paper.market.prices import DAY_MINUTES, MINUTE_MS, Quote
from core.paper.server import money
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
    given = (*args, *(kwargs[name] for name in ("group",) if name in kwargs))
    answer = TERMINAL.call("symbols_get", lambda: _symbols_get(given))
    return False if TERMINAL.last_error[0] == mt5.RES_E_INVALID_PARAMS else answer


def symbol_info(symbol: str, /) -> Struct | None:
    """A symbol's contract and state; None if the broker has none of that name."""
    return TERMINAL.call("symbol_info", lambda: _info(known(symbol), TERMINAL.dealer()))


def symbol_info_tick(symbol: str, /) -> Struct | None:
    """The last tick; None while the symbol is not in Market Watch."""
    return TERMINAL.call("symbol_info_tick", lambda: _tick(symbol))


def symbol_select(symbol: str, enable: bool = True, /) -> bool:
    return bool(TERMINAL.call("symbol_select", lambda: _select(symbol, shown=bool(enable))))


def market_book_add(symbol: str, /) -> bool | None:
    return TERMINAL.call("market_book_add", lambda: bool(known(symbol)))


def market_book_release(symbol: str, /) -> bool | None:
    return TERMINAL.call("market_book_release", lambda: bool(known(symbol)))


def market_book_get(symbol: str, /) -> tuple[Struct, ...] | None:
    """One level on either side: the paper broker makes the market itself."""
    return TERMINAL.call("market_book_get", lambda: _depth(known(symbol)))


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


def _tick(symbol: Any) -> Struct:
    spec = known(symbol)
    if not TERMINAL.watches(spec.name):
        raise Failed(mt5.RES_E_NOT_FOUND)
    return tick_struct(TERMINAL.dealer().quote(spec.name))


def tick_struct(quote: Quote) -> Struct:
    flags = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK
    return Tick((quote.time_msc // 1000, quote.bid, quote.ask, 0.0, 0, quote.time_msc, flags, 0.0))


def _select(symbol: Any, *, shown: bool) -> bool:
    spec = known(symbol)
    if TERMINAL.watches(spec.name) != shown:
        TERMINAL.watch(spec.name, shown=shown)
    return True


def _depth(spec: Instrument) -> tuple[Struct, ...]:
    quote, lots = TERMINAL.dealer().quote(spec.name), spec.volume_max
    return (
        BookInfo((mt5.BOOK_TYPE_SELL, quote.ask, int(lots), lots)),
        BookInfo((mt5.BOOK_TYPE_BUY, quote.bid, int(lots), lots)),
    )


def _info(spec: Instrument, dealer: Dealer) -> Struct:
    watched = TERMINAL.watches(spec.name)
    values = _contract(spec) | {"select": watched, "visible": watched}
    if watched:
        values |= _prices(spec, dealer)
    return SymbolInfo(values.get(name, kind()) for name, kind in mt5.SYMBOL_INFO)


def _contract(spec: Instrument) -> dict[str, Any]:
    """What does not move."""
    return {
        "digits": spec.digits,
        "spread_float": True,
        "trade_calc_mode": spec.calc_mode,
        "trade_mode": spec.trade_mode,
        "trade_stops_level": spec.stops_level,
        "trade_freeze_level": spec.freeze_level,
        "trade_exemode": spec.execution,
        "swap_mode": mt5.SYMBOL_SWAP_MODE_POINTS,
        "swap_rollover3days": spec.triple_swap_day,
        "expiration_mode": spec.expiration_mode,
        "filling_mode": spec.filling_mode,
        "order_mode": spec.order_mode,
        "ticks_bookdepth": 1,
        "point": spec.point,
        "trade_tick_size": spec.point,
        "trade_contract_size": spec.contract_size,
        "volume_min": spec.volume_min,
        "volume_max": spec.volume_max,
        "volume_step": spec.volume_step,
        "swap_long": spec.swap_long,
        "swap_short": spec.swap_short,
        "margin_hedged": spec.contract_size * money.HEDGED_SHARE,
        "currency_base": spec.base,
        "currency_profit": spec.profit,
        "currency_margin": spec.margin,
        "description": spec.description,
        "name": spec.name,
        "path": spec.path,
    }


def _prices(spec: Instrument, dealer: Dealer) -> dict[str, Any]:
    """What moves with the market: the last tick, the day so far, what a tick is worth."""
    quote = dealer.quote(spec.name)
    value = money.tick_value(spec, quote, dealer.ledger.account.currency, dealer.quote_or_none)
    opened, high, low = dealer.market.symbols[spec.name].day_so_far(quote.time_msc)
    spread = round((quote.ask - quote.bid) / spec.point)
    return {
        "time": quote.time_msc // 1000,
        "spread": spread,
        "bid": quote.bid,
        "ask": quote.ask,
        "bidhigh": high,
        "bidlow": low,
        "askhigh": spec.rounded(high + spread * spec.point),
        "asklow": spec.rounded(low + spread * spec.point),
        "session_open": opened,
        "session_close": dealer.market.quote(spec.name, quote.time_msc // _DAY_MS * _DAY_MS - 1).bid,
        "trade_tick_value": value,
        "trade_tick_value_profit": value,
        "trade_tick_value_loss": value,
        "price_change": round((quote.bid / opened - 1) * 100, 4),
    }


_DAY_MS = DAY_MINUTES * MINUTE_MS
