"""The server's checks of a trade request, in its order. Each ends in silence or in Refused."""

from dataclasses import replace
from math import isfinite

from core.mt5 import contract as mt5
from core.paper.market.instruments import FOK, IOC
from core.paper.market.prices import MINUTE_MS
from core.paper.server import money
from core.paper.server.records import Order
from core.paper.server.requests import Request
from core.paper.server.trade import Trade, require

_MARKET = (mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL)
_ORDER_MODE = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 8, 7: 8}  # order type to its bit of order_mode


def _check_permission(trade: Trade) -> None:
    account = trade.dealer.ledger.account
    require(account.trade_allowed, mt5.TRADE_RETCODE_TRADE_DISABLED)
    by_program = trade.reason == mt5.ORDER_REASON_EXPERT
    require(account.trade_expert or not by_program, mt5.TRADE_RETCODE_SERVER_DISABLES_AT)


def _check_session(trade: Trade) -> None:
    spec, minute = trade.spec, trade.dealer.time_msc // MINUTE_MS
    require(spec.trade_mode != mt5.SYMBOL_TRADE_MODE_DISABLED, mt5.TRADE_RETCODE_TRADE_DISABLED)
    require(trade.dealer.market.symbols[spec.name].open_at(minute), mt5.TRADE_RETCODE_MARKET_CLOSED)


def _check_volume(trade: Trade) -> None:
    spec, volume = trade.spec, trade.request.volume
    require(
        isfinite(volume) and spec.volume_min <= volume <= spec.volume_max, mt5.TRADE_RETCODE_INVALID_VOLUME
    )
    steps = volume / spec.volume_step
    require(abs(steps - round(steps)) < 1e-6, mt5.TRADE_RETCODE_INVALID_VOLUME)


def _check_direction(trade: Trade) -> None:
    mode, buys = trade.spec.trade_mode, trade.request.type % 2 == 0
    require(mode != mt5.SYMBOL_TRADE_MODE_CLOSEONLY, mt5.TRADE_RETCODE_CLOSE_ONLY)
    require(buys or mode != mt5.SYMBOL_TRADE_MODE_LONGONLY, mt5.TRADE_RETCODE_LONG_ONLY)
    require(not buys or mode != mt5.SYMBOL_TRADE_MODE_SHORTONLY, mt5.TRADE_RETCODE_SHORT_ONLY)


def _check_filling(trade: Trade) -> None:
    filling, bits = trade.request.type_filling, trade.spec.filling_mode
    pending = trade.request.type not in _MARKET
    allowed = {
        mt5.ORDER_FILLING_FOK: bool(bits & FOK),
        mt5.ORDER_FILLING_IOC: bool(bits & IOC),
        mt5.ORDER_FILLING_RETURN: pending,
    }
    require(allowed.get(filling, False), mt5.TRADE_RETCODE_INVALID_FILL)


def _check_stops(trade: Trade, order_type: int, low: float, high: float, sl: float, tp: float) -> None:
    """Stops on their sides of what closes the trade (`low` for a buy, `high` for a sell), far enough off."""
    spec = trade.spec
    require(isfinite(sl) and isfinite(tp) and sl >= 0 and tp >= 0, mt5.TRADE_RETCODE_INVALID_STOPS)
    side, price = (1, low) if order_type % 2 == 0 else (-1, high)
    least = max(spec.stops_level, 1) * spec.point - spec.point / 10
    require(not sl or (price - sl) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)
    require(not tp or (tp - price) * side >= least, mt5.TRADE_RETCODE_INVALID_STOPS)


def _check_open(trade: Trade) -> None:
    request = trade.request
    require(request.type in _MARKET, mt5.TRADE_RETCODE_INVALID)
    _check_session(trade)
    _check_direction(trade)
    _check_volume(trade)
    _check_filling(trade)
    quote = trade.dealer.quote(request.symbol)
    _check_stops(trade, request.type, quote.bid, quote.ask, request.sl, request.tp)
    price = quote.ask if request.type == mt5.ORDER_TYPE_BUY else quote.bid
    require(
        trade.dealer.affords(request.symbol, request.type, request.volume, price), mt5.TRADE_RETCODE_NO_MONEY
    )


def _check_close(trade: Trade) -> None:
    request, position = trade.request, trade.position
    right = request.symbol == position.symbol and request.type == 1 - position.type
    require(right, mt5.TRADE_RETCODE_INVALID)
    _check_session(trade)
    _check_volume(trade)
    require(request.volume <= position.volume + 1e-9, mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME)
    _check_filling(trade)


def check_deal(trade: Trade) -> None:
    _check_permission(trade)
    if trade.request.position:
        _check_close(trade)
    else:
        _check_open(trade)


def _check_entry(trade: Trade, order_type: int, price: float, stoplimit: float) -> None:
    """A pending order's price on its side of the market, and its stops around its own price."""
    spec, quote = trade.spec, trade.dealer.quote(trade.spec.name)
    require(isfinite(price) and price > 0 and isfinite(stoplimit), mt5.TRADE_RETCODE_INVALID_PRICE)
    from_above = order_type in (
        mt5.ORDER_TYPE_BUY_LIMIT,
        mt5.ORDER_TYPE_SELL_STOP,
        mt5.ORDER_TYPE_SELL_STOP_LIMIT,
    )
    market = quote.ask if order_type % 2 == 0 else quote.bid
    distance = (market - price) if from_above else (price - market)
    least = max(spec.stops_level, 1) * spec.point - spec.point / 10
    require(distance >= least, mt5.TRADE_RETCODE_INVALID_PRICE)
    if order_type in (mt5.ORDER_TYPE_BUY_STOP_LIMIT, mt5.ORDER_TYPE_SELL_STOP_LIMIT):
        right = stoplimit > 0 and (price - stoplimit) * money.side_of(order_type) >= 0
        require(right, mt5.TRADE_RETCODE_INVALID_PRICE)


def _check_expiration(trade: Trade) -> None:
    request = trade.request
    offered = request.type_time <= 3 and trade.spec.expiration_mode >> request.type_time & 1
    require(bool(offered), mt5.TRADE_RETCODE_INVALID_EXPIRATION)
    if request.type_time >= mt5.ORDER_TIME_SPECIFIED:
        require(request.expiration * 1000 > trade.dealer.time_msc, mt5.TRADE_RETCODE_INVALID_EXPIRATION)


def check_pending(trade: Trade) -> None:
    request = trade.request
    _check_permission(trade)
    require(2 <= request.type <= 7, mt5.TRADE_RETCODE_INVALID)
    require(bool(trade.spec.order_mode & _ORDER_MODE[request.type]), mt5.TRADE_RETCODE_INVALID_ORDER)
    _check_session(trade)
    _check_direction(trade)
    _check_volume(trade)
    _check_filling(trade)
    _check_entry(trade, request.type, request.price, request.stoplimit)
    base = request.stoplimit if request.type >= mt5.ORDER_TYPE_BUY_STOP_LIMIT else request.price
    _check_stops(trade, request.type, base, base, request.sl, request.tp)
    _check_expiration(trade)
    ledger = trade.dealer.ledger
    require(len(ledger.orders) < ledger.account.limit_orders, mt5.TRADE_RETCODE_LIMIT_ORDERS)


def check_sltp(trade: Trade) -> None:
    _check_permission(trade)
    position, request = trade.position, trade.request
    require(request.symbol in ("", position.symbol), mt5.TRADE_RETCODE_INVALID)
    trade = replace(trade, request=replace(request, symbol=position.symbol))
    _check_session(trade)
    same = (request.sl, request.tp) == (position.sl, position.tp)
    require(not same, mt5.TRADE_RETCODE_NO_CHANGES)
    quote = trade.dealer.quote(position.symbol)
    _check_stops(trade, position.type, quote.bid, quote.ask, request.sl, request.tp)


def check_modify(trade: Trade) -> None:
    _check_permission(trade)
    order, request = trade.order, trade.request
    trade = replace(trade, request=replace(request, symbol=order.symbol, type=order.type))
    _check_session(trade)
    _check_entry(trade, order.type, request.price, request.stoplimit)
    base = request.stoplimit if order.type >= mt5.ORDER_TYPE_BUY_STOP_LIMIT else request.price
    _check_stops(trade, order.type, base, base, request.sl, request.tp)
    _check_expiration(trade)
    require(modified(order, request) != order, mt5.TRADE_RETCODE_NO_CHANGES)


def check_remove(trade: Trade) -> None:
    _check_permission(trade)
    require(trade.order.ticket > 0, mt5.TRADE_RETCODE_INVALID)


def check_close_by(trade: Trade) -> None:
    _check_permission(trade)
    _check_session(replace(trade, request=replace(trade.request, symbol=trade.position.symbol)))
    require(trade.opposite.ticket > 0, mt5.TRADE_RETCODE_INVALID)


def expiration(request: Request, now_msc: int) -> int:
    """Broker epoch seconds at which the order ends, 0 for never."""
    day = 86_400
    if request.type_time == mt5.ORDER_TIME_DAY:
        return (now_msc // 1000 // day + 1) * day
    if request.type_time == mt5.ORDER_TIME_SPECIFIED_DAY:
        return (request.expiration // day + 1) * day
    return request.expiration if request.type_time == mt5.ORDER_TIME_SPECIFIED else 0


def modified(order: Order, request: Request) -> Order:
    return replace(
        order, price_open=request.price, sl=request.sl, tp=request.tp, price_stoplimit=request.stoplimit,
        type_time=request.type_time, time_expiration=expiration(request, order.time_setup_msc),
    )  # fmt: skip
