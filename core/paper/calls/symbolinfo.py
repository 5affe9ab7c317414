"""What symbol_info says: a symbol's contract, and the market of its day."""

from typing import Any

from core.mt5 import contract as mt5
from core.paper.calls.structs import Struct, SymbolInfo
from core.paper.market import depth
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS
from core.paper.market.quotes import Day, Quote
from core.paper.market.specification import Instrument
from core.paper.server import money
from core.paper.server.dealing import Dealer

_DAY_MS = DAY_MINUTES * MINUTE_MS
_AS_SPECIFIED = {
    "digits": "digits",
    "trade_calc_mode": "calc_mode",
    "trade_mode": "trade_mode",
    "trade_stops_level": "stops_level",
    "trade_freeze_level": "freeze_level",
    "trade_exemode": "execution",
    "swap_rollover3days": "triple_swap_day",
    "expiration_mode": "expiration_mode",
    "filling_mode": "filling_mode",
    "order_mode": "order_mode",
    "point": "point",
    "trade_contract_size": "contract_size",
    "volume_min": "volume_min",
    "volume_max": "volume_max",
    "volume_step": "volume_step",
    "swap_long": "swap_long",
    "swap_short": "swap_short",
    "volume_limit": "volume_limit",
    "margin_initial": "initial_margin",
    "margin_maintenance": "initial_margin",
    "currency_base": "base",
    "currency_profit": "profit",
    "currency_margin": "margin",
    "basis": "underlying",
    "description": "description",
    "exchange": "exchange",
    "isin": "isin",
    "name": "name",
    "path": "path",
}
"""Fields of SymbolInfo, and where the specification has them."""


def symbol_info(spec: Instrument, dealer: Dealer, *, watched: bool) -> Struct:
    """The whole struct; without prices while the symbol is not in Market Watch."""
    values = _contract(spec) | {"select": watched, "visible": watched}
    if watched:
        values |= _prices(spec, dealer, dealer.quote(spec.name))
    return SymbolInfo(values.get(name, kind()) for name, kind in mt5.SYMBOL_INFO)


def _contract(spec: Instrument) -> dict[str, Any]:
    """What does not move."""
    values = {field: getattr(spec, attribute) for field, attribute in _AS_SPECIFIED.items()}
    return values | {
        "spread_float": True,
        "swap_mode": _swap_mode(spec),
        "ticks_bookdepth": depth.LEVELS,
        "trade_tick_size": spec.tick_size or spec.point,
        "margin_hedged": (spec.initial_margin or spec.contract_size) * money.HEDGED_SHARE,
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
    lots = {1: 0.0, -1: 0.0}
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
