"""What the server checks of each kind of request, in its order. Each check ends in silence or in Refused."""

from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.server import limits, rules
from core.paper.server.execution import MARKET_TYPES, PENDING_TYPES
from core.paper.server.expirations import expiration
from core.paper.server.records import Order
from core.paper.server.trade import Trade, require


def check_deal(trade: Trade) -> None:
    rules.permitted(trade)
    require(trade.request.type in MARKET_TYPES, mt5.TRADE_RETCODE_INVALID)
    if trade.request.position:
        _check_close(trade)
    else:
        _check_open(trade)


def _check_market_order(trade: Trade) -> None:
    rules.kind(trade, trade.request.type)
    rules.in_session(trade)
    rules.volume(trade)
    rules.filling(trade)
    rules.price_named(trade)


def _check_open(trade: Trade) -> None:
    request = trade.request
    _check_market_order(trade)
    _check_what_closes(trade)
    rules.market_stops(trade, request.type)
    if limits.opened_part(trade.dealer.ledger, request.symbol, request.type, request.volume):
        _check_entry(trade)
        limits.check_money(trade.dealer, request.symbol, request.type, request.volume)


def _check_what_closes(trade: Trade) -> None:
    """On a netting account a deal of the other side closes without naming the position."""
    ledger = trade.dealer.ledger
    for position in () if ledger.hedging else ledger.held(trade.request.symbol):
        if position.type != trade.request.type:
            rules.not_closing(trade, position)
            rules.not_frozen(trade, position)


def _check_entry(trade: Trade) -> None:
    """The symbol and the account have room for more on this side."""
    request, ledger = trade.request, trade.dealer.ledger
    rules.direction(trade)
    limits.check_hedge(ledger, request.symbol, request.type)
    limits.check_volume_limit(ledger, request.symbol, request.type, request.volume)
    limits.check_room(ledger, request.symbol)


def _check_close(trade: Trade) -> None:
    request, position = trade.request, trade.position
    right = request.symbol == position.symbol and request.type == 1 - position.type
    require(right, mt5.TRADE_RETCODE_INVALID)
    _check_market_order(trade)
    require(request.volume <= position.volume + 1e-9, mt5.TRADE_RETCODE_INVALID_CLOSE_VOLUME)
    rules.not_closing(trade, position)
    rules.oldest(trade, position)
    rules.not_frozen(trade, position)


def check_pending(trade: Trade) -> None:
    request, ledger = trade.request, trade.dealer.ledger
    rules.permitted(trade)
    require(request.type in PENDING_TYPES, mt5.TRADE_RETCODE_INVALID)
    rules.kind(trade, request.type)
    rules.in_session(trade)
    rules.volume(trade)
    rules.filling(trade)
    rules.entry(trade, request.type)
    rules.expiry(trade)
    require(len(ledger.orders) < ledger.account.limit_orders, mt5.TRADE_RETCODE_LIMIT_ORDERS)
    _check_entry(trade)


def check_sltp(trade: Trade) -> None:
    rules.permitted(trade)
    position, request = trade.position, trade.request
    require(request.symbol in ("", position.symbol), mt5.TRADE_RETCODE_INVALID)
    rules.stops_offered(trade)
    rules.in_session(trade)
    same = (request.sl, request.tp) == (position.sl, position.tp)
    require(not same, mt5.TRADE_RETCODE_NO_CHANGES)
    rules.market_stops(trade, position.type)
    rules.not_frozen(trade, position)


def check_modify(trade: Trade) -> None:
    rules.permitted(trade)
    order = trade.order
    require(order.type not in MARKET_TYPES, mt5.TRADE_RETCODE_INVALID)
    rules.stops_offered(trade)
    rules.in_session(trade)
    rules.entry(trade, order.type)
    rules.expiry(trade)
    require(modified(trade) != order, mt5.TRADE_RETCODE_NO_CHANGES)
    rules.order_not_frozen(trade, order)


def check_remove(trade: Trade) -> None:
    rules.permitted(trade)
    rules.order_not_frozen(trade, trade.order)


def check_close_by(trade: Trade) -> None:
    rules.permitted(trade)
    require(trade.dealer.ledger.hedging, mt5.TRADE_RETCODE_INVALID_ORDER)
    position, other = trade.position, trade.opposite
    rules.kind(trade, mt5.ORDER_TYPE_CLOSE_BY)
    rules.in_session(trade)
    rules.oldest(trade, position, other)
    rules.not_frozen(trade, position)
    rules.not_frozen(trade, other)


def modified(trade: Trade) -> Order:
    """The order as a request wants it."""
    request = trade.request
    return replace(
        trade.order, price_open=request.price, sl=request.sl, tp=request.tp,
        price_stoplimit=request.stoplimit, type_time=request.type_time,
        time_expiration=expiration(request, trade.dealer.time_msc),
    )  # fmt: skip
