"""The server's rules for a request, one by one. Each ends in silence or in Refused."""

from math import isfinite

from core.mt5 import contract as mt5
from core.paper.market import specification as bits
from core.paper.server import execution, expirations
from core.paper.server.records import Order, Position, side_of
from core.paper.server.trade import Trade, require

STOP_LIMITS = (mt5.ORDER_TYPE_BUY_STOP_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT)
FROM_ABOVE = (mt5.ORDER_TYPE_BUY_LIMIT, mt5.ORDER_TYPE_SELL_STOP, mt5.ORDER_TYPE_SELL_STOP_LIMIT)
"""Pending orders that wait for the price to fall."""

_MODES = {
    mt5.ORDER_TYPE_BUY: bits.MARKET,
    mt5.ORDER_TYPE_SELL: bits.MARKET,
    mt5.ORDER_TYPE_BUY_LIMIT: bits.LIMIT,
    mt5.ORDER_TYPE_SELL_LIMIT: bits.LIMIT,
    mt5.ORDER_TYPE_BUY_STOP: bits.STOP,
    mt5.ORDER_TYPE_SELL_STOP: bits.STOP,
    mt5.ORDER_TYPE_BUY_STOP_LIMIT: bits.STOP_LIMIT,
    mt5.ORDER_TYPE_SELL_STOP_LIMIT: bits.STOP_LIMIT,
    mt5.ORDER_TYPE_CLOSE_BY: bits.CLOSE_BY,
}
"""Which bit of a symbol's `order_mode` a type of order needs."""


def permitted(trade: Trade) -> None:
    account = trade.dealer.ledger.account
    require(account.trade_allowed, mt5.TRADE_RETCODE_TRADE_DISABLED)
    by_program = trade.reason == mt5.ORDER_REASON_EXPERT
    require(account.trade_expert or not by_program, mt5.TRADE_RETCODE_SERVER_DISABLES_AT)


def in_session(trade: Trade) -> None:
    """The symbol can be traded at all, by this kind of account, and now."""
    spec, account = trade.spec, trade.dealer.ledger.account
    require(spec.trade_mode != mt5.SYMBOL_TRADE_MODE_DISABLED, mt5.TRADE_RETCODE_TRADE_DISABLED)
    real = account.trade_mode == mt5.ACCOUNT_TRADE_MODE_REAL
    require(real or not spec.real_only, mt5.TRADE_RETCODE_ONLY_REAL)
    require(trade.dealer.in_session(spec.name), mt5.TRADE_RETCODE_MARKET_CLOSED)


def kind(trade: Trade, order_type: int) -> None:
    """The symbol's `order_mode` allows such an order, and the stops with it."""
    require(bool(trade.spec.order_mode & _MODES[order_type]), mt5.TRADE_RETCODE_INVALID_ORDER)
    stops_offered(trade)


def stops_offered(trade: Trade) -> None:
    wanted = (bits.SL if trade.request.sl else 0) | (bits.TP if trade.request.tp else 0)
    require(trade.spec.order_mode & wanted == wanted, mt5.TRADE_RETCODE_INVALID_ORDER)


def volume(trade: Trade) -> None:
    spec, lots = trade.spec, trade.request.volume
    require(isfinite(lots) and spec.volume_min <= lots <= spec.volume_max, mt5.TRADE_RETCODE_INVALID_VOLUME)
    steps = lots / spec.volume_step
    require(abs(steps - round(steps)) < 1e-6, mt5.TRADE_RETCODE_INVALID_VOLUME)


def direction(trade: Trade) -> None:
    """The symbol's trade mode lets this side be opened."""
    mode, buys = trade.spec.trade_mode, side_of(trade.request.type) > 0
    require(mode != mt5.SYMBOL_TRADE_MODE_CLOSEONLY, mt5.TRADE_RETCODE_CLOSE_ONLY)
    require(buys or mode != mt5.SYMBOL_TRADE_MODE_LONGONLY, mt5.TRADE_RETCODE_LONG_ONLY)
    require(not buys or mode != mt5.SYMBOL_TRADE_MODE_SHORTONLY, mt5.TRADE_RETCODE_SHORT_ONLY)


def filling(trade: Trade) -> None:
    request = trade.request
    allowed = execution.allows(trade.spec, request.type, request.type_filling)
    require(allowed, mt5.TRADE_RETCODE_INVALID_FILL)


def price_named(trade: Trade) -> None:
    """Under Request and Instant execution a deal says at which price."""
    price = trade.request.price
    named = isfinite(price) and price > 0
    require(named or not execution.names_price(trade.spec), mt5.TRADE_RETCODE_INVALID_PRICE)


def _least(trade: Trade) -> float:
    """The least distance of a level from the price, with room for a float's error."""
    spec = trade.spec
    return (max(spec.stops_level, 1) - 0.1) * spec.point


def stops(trade: Trade, order_type: int, low: float, high: float) -> None:
    """Stops on their sides of what closes the trade (`low` for a buy, `high` for a sell), far enough off."""
    sl, tp = trade.request.sl, trade.request.tp
    require(isfinite(sl) and isfinite(tp) and sl >= 0 and tp >= 0, mt5.TRADE_RETCODE_INVALID_STOPS)
    if sl or tp:
        side, least = side_of(order_type), _least(trade)
        price = low if side > 0 else high
        require(not sl or (price - sl) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)
        require(not tp or (tp - price) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)


def market_stops(trade: Trade, order_type: int) -> None:
    quote = trade.dealer.quote(trade.symbol)
    stops(trade, order_type, quote.bid, quote.ask)


def entry(trade: Trade, order_type: int) -> None:
    """A pending order's price on its side of the market, and its stops around its own price."""
    price, stoplimit = trade.request.price, trade.request.stoplimit
    require(isfinite(price) and price > 0 and isfinite(stoplimit), mt5.TRADE_RETCODE_INVALID_PRICE)
    require(_on_grid(trade, price), mt5.TRADE_RETCODE_INVALID_PRICE)
    market = trade.dealer.price(trade.symbol, order_type)
    distance = market - price if order_type in FROM_ABOVE else price - market
    require(distance >= _least(trade), mt5.TRADE_RETCODE_INVALID_PRICE)
    if order_type in STOP_LIMITS:
        right = stoplimit > 0 and (price - stoplimit) * side_of(order_type) >= 0
        require(right, mt5.TRADE_RETCODE_INVALID_PRICE)
    base = stoplimit if order_type in STOP_LIMITS else price
    stops(trade, order_type, base, base)


def _on_grid(trade: Trade, price: float) -> bool:
    """Whether a price is a whole number of ticks, where a symbol's ticks are larger than its points."""
    tick = trade.spec.tick_size
    return not tick or abs(price / tick - round(price / tick)) < 1e-6


def expiry(trade: Trade) -> None:
    fits = expirations.acceptable(trade.request, trade.spec.expiration_mode, trade.dealer.time_msc)
    require(fits, mt5.TRADE_RETCODE_INVALID_EXPIRATION)


# -- what stands already


def not_frozen(trade: Trade, position: Position) -> None:
    """Neither stop of a position is so near that it is about to be executed."""
    level = trade.spec.freeze_level
    if level and (position.sl or position.tp):
        price = trade.dealer.closing_price(position)
        _far_enough(trade, *(abs(price - stop) for stop in (position.sl, position.tp) if stop))


def order_not_frozen(trade: Trade, order: Order) -> None:
    """A pending order is not about to be activated."""
    if trade.spec.freeze_level and order.state == mt5.ORDER_STATE_PLACED:
        _far_enough(trade, abs(trade.dealer.price(order.symbol, order.type) - order.price_open))


def _far_enough(trade: Trade, *distances: float) -> None:
    frozen = (trade.spec.freeze_level + 0.1) * trade.spec.point
    require(min(distances) > frozen, mt5.TRADE_RETCODE_FROZEN)


def not_closing(trade: Trade, position: Position) -> None:
    """No order that closes the position is working already."""
    orders = trade.dealer.ledger.orders.values()
    closing = any(o.position_id == position.identifier and o.side != position.side for o in orders)
    require(not closing, mt5.TRADE_RETCODE_CLOSE_ORDER_EXIST)


def oldest(trade: Trade, *closed: Position) -> None:
    """Where an account closes first in, first out: nothing older of the symbol stays behind."""
    ledger = trade.dealer.ledger
    if ledger.account.fifo_close:
        first = ledger.held(closed[0].symbol)[: len(closed)]
        require(all(position in first for position in closed), mt5.TRADE_RETCODE_FIFO_CLOSE)
