"""At which price and how much of it an order is executed: requotes, slippage, depth and filling policies."""

from dataclasses import replace
from math import floor, inf

from core.mt5 import contract as mt5
from core.paper.market.quotes import Quote
from core.paper.market.specification import BOC, FOK, IOC, Instrument
from core.paper.server.faults import Kind, first
from core.paper.server.records import side_of
from core.paper.server.trade import Trade

MARKET_TYPES = (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL)
PENDING_TYPES = range(mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT + 1)
_PASSIVE = (
    mt5.ORDER_TYPE_BUY_LIMIT,
    mt5.ORDER_TYPE_SELL_LIMIT,
    mt5.ORDER_TYPE_BUY_STOP_LIMIT,
    mt5.ORDER_TYPE_SELL_STOP_LIMIT,
)
_PRICED = (mt5.SYMBOL_TRADE_EXECUTION_REQUEST, mt5.SYMBOL_TRADE_EXECUTION_INSTANT)


def names_price(spec: Instrument) -> bool:
    """Whether a market order is for a named price: Request and Instant execution."""
    return spec.execution in _PRICED


def allows(spec: Instrument, order_type: int, filling: int) -> bool:
    """Whether a symbol takes an order with that filling policy.

    Under Request and Instant the server sets the policy itself; a market order may rest (RETURN) only under
    Exchange execution, a pending order of any kind under Market execution too: published code sends them so.
    """
    if names_price(spec):
        return filling <= mt5.ORDER_FILLING_RETURN
    if filling == mt5.ORDER_FILLING_RETURN:
        return spec.execution == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE or order_type > mt5.ORDER_TYPE_SELL
    if filling == mt5.ORDER_FILLING_BOC:
        return bool(spec.filling_mode & BOC) and order_type in _PASSIVE
    bit = {mt5.ORDER_FILLING_FOK: FOK, mt5.ORDER_FILLING_IOC: IOC}.get(filling, 0)
    return bool(spec.filling_mode & bit)


def quoted(trade: Trade) -> Quote:
    """What the server quotes when the request arrives: worse by the points of a scripted slippage."""
    quote, slip = trade.dealer.quote(trade.request.symbol), first(trade.faults, Kind.SLIPPAGE)
    if slip is None:
        return quote
    spec = trade.spec
    shift = slip.points * spec.point * side_of(trade.request.type)
    return replace(quote, bid=spec.rounded(quote.bid + shift), ask=spec.rounded(quote.ask + shift))


def requotes(trade: Trade, price: float) -> bool:
    """Whether the server's price is further than `deviation` from the one that was asked for."""
    spec, request = trade.spec, trade.request
    return names_price(spec) and abs(price - request.price) > (request.deviation + 0.1) * spec.point


def part_of(trade: Trade) -> float:
    """How much of a market deal is filled at once; 0.0 if its policy forbids a part."""
    spec, request = trade.spec, trade.request
    filling = mt5.ORDER_FILLING_FOK if names_price(spec) else request.type_filling
    scripted = first(trade.faults, Kind.PARTIAL)
    if scripted is None:
        return portion(spec, request.volume, filling)
    share = round(request.volume * scripted.share / spec.volume_step) * spec.volume_step
    return portion(spec, request.volume, filling, round(max(spec.volume_step, share), 8))


def portion(spec: Instrument, volume: float, filling: int, offered: float = inf) -> float:
    """How much of a volume the market takes at one tick: no more than is `offered` and than its depth, in
    whole steps; nothing of a fill-or-kill that would not be whole."""
    depth = min(offered, spec.depth or inf)
    if volume <= depth:
        return volume
    if filling == mt5.ORDER_FILLING_FOK:
        return 0.0
    return round(floor(depth / spec.volume_step + 1e-6) * spec.volume_step, 8)
