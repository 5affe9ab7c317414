"""Calls about symbols: their contracts, their quotes, Market Watch, the depth of market."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

from core.mt5 import contract as mt5
from core.paper.calls.structs import BookInfo, Struct, SymbolInfo, Tick
from core.paper.market import depth
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.quotes import Day, Quote
from core.paper.market.specification import Instrument
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
    """Ask for a symbol's depth of market."""
    return _book_call("market_book_add", lambda: TERMINAL.books.add(known(symbol).name))


def market_book_release(symbol: str, /) -> bool | None:
    """Ask no longer for it."""
    return _book_call("market_book_release", lambda: TERMINAL.books.discard(known(symbol).name))


def market_book_get(symbol: str, /) -> tuple[Struct, ...] | None:
    """The depth of market from the dearest offer down; it must have been asked for. Empty while closed."""
    return TERMINAL.call("market_book_get", lambda: _depth(known(symbol)))


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


def _tick(symbol: Any) -> Struct:
    spec = known(symbol)
    if not TERMINAL.watches(spec.name):
        raise Failed(mt5.RES_E_NOT_FOUND)
    return tick_struct(spec, TERMINAL.dealer().quote(spec.name))


def tick_struct(spec: Instrument, quote: Quote) -> Struct:
    """A tick as the module gives it. On an exchange each tick is a trade of one lot at the bid."""
    lots = 1 if spec.traded else 0
    flags = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK
    flags |= lots * (mt5.TICK_FLAG_LAST | mt5.TICK_FLAG_VOLUME | mt5.TICK_FLAG_SELL)
    time_s, last = quote.time_msc // 1000, quote.bid * lots
    return Tick((time_s, quote.bid, quote.ask, last, lots, quote.time_msc, flags, float(lots)))


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


def _info(spec: Instrument, dealer: Dealer) -> Struct:
    watched = TERMINAL.watches(spec.name)
    values = _contract(spec) | {"select": watched, "visible": watched}
    if watched:
        values |= _prices(spec, dealer, dealer.quote(spec.name))
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
        "swap_mode": _swap_mode(spec),
        "swap_rollover3days": spec.triple_swap_day,
        "expiration_mode": spec.expiration_mode,
        "filling_mode": spec.filling_mode,
        "order_mode": spec.order_mode,
        "ticks_bookdepth": depth.LEVELS,
        "point": spec.point,
        "trade_tick_size": spec.tick_size or spec.point,
        "trade_contract_size": spec.contract_size,
        "volume_min": spec.volume_min,
        "volume_max": spec.volume_max,
        "volume_step": spec.volume_step,
        "swap_long": spec.swap_long,
        "swap_short": spec.swap_short,
        "volume_limit": spec.volume_limit,
        "margin_initial": spec.initial_margin,
        "margin_maintenance": spec.initial_margin,
        "margin_hedged": (spec.initial_margin or spec.contract_size) * money.HEDGED_SHARE,
        "currency_base": spec.base,
        "currency_profit": spec.profit,
        "currency_margin": spec.margin,
        "basis": spec.underlying,
        "description": spec.description,
        "exchange": spec.exchange,
        "isin": spec.isin,
        "name": spec.name,
        "path": spec.path,
    }


def _swap_mode(spec: Instrument) -> int:
    charged = spec.swap_long or spec.swap_short
    return mt5.SYMBOL_SWAP_MODE_POINTS if charged else mt5.SYMBOL_SWAP_MODE_DISABLED


def _prices(spec: Instrument, dealer: Dealer, quote: Quote) -> dict[str, Any]:
    """What moves with the market: the last tick, the day so far, what a tick is worth."""
    value = money.tick_value(spec, quote, dealer.ledger.account.currency, dealer.quote_or_none)
    spread = round((quote.ask - quote.bid) / spec.point)
    values = {
        "time": quote.time_msc // 1000,
        "spread": spread,
        "bid": quote.bid,
        "ask": quote.ask,
        "trade_tick_value": value,
        "trade_tick_value_profit": value,
        "trade_tick_value_loss": value,
    }
    return values | _session(spec, dealer, quote, spread) if quote.time_msc else values


def _session(spec: Instrument, dealer: Dealer, quote: Quote, spread: int) -> dict[str, Any]:
    """The broker day of a quote: its extremes, where it began and where the one before it ended."""
    day = dealer.market.symbols[spec.name].day_so_far(quote.time_msc)
    values = {
        "bidhigh": day.high,
        "bidlow": day.low,
        "askhigh": spec.rounded(day.high + spread * spec.point),
        "asklow": spec.rounded(day.low + spread * spec.point),
        "session_open": day.open,
        "session_close": dealer.market.quote(spec.name, quote.time_msc // _DAY_MS * _DAY_MS - 1).bid,
        "price_change": round((quote.bid / day.open - 1) * 100, 4),
    }
    return values | _trades(spec, day, quote, values["session_close"]) if spec.traded else values


def _trades(spec: Instrument, day: Day, quote: Quote, settled: float) -> dict[str, Any]:
    """What an exchange tells beside the quotes: every tick of its is a trade of one lot at the bid."""
    lots = dict.fromkeys(_BOOK_TYPES, 0.0)
    for level in depth.levels(spec, quote):
        lots[level.side] += level.lots
    volumes = dict.fromkeys(("volume", "volumehigh", "volumelow"), 1)
    volumes_real = dict.fromkeys(("volume_real", "volumehigh_real", "volumelow_real"), 1.0)
    return (
        volumes
        | volumes_real
        | {
            "last": quote.bid,
            "lasthigh": day.high,
            "lastlow": day.low,
            "session_deals": day.ticks,
            "session_volume": float(day.ticks),
            "session_buy_orders": depth.LEVELS,
            "session_sell_orders": depth.LEVELS,
            "session_buy_orders_volume": lots[-1],
            "session_sell_orders_volume": lots[1],
            "session_price_settlement": settled,
        }
    )


_DAY_MS = DAY_MINUTES * MINUTE_MS
_BOOK_TYPES = {1: mt5.BOOK_TYPE_SELL, -1: mt5.BOOK_TYPE_BUY}
