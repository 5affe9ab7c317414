"""What a person types into the windows of a terminal, as requests to the broker."""

from dataclasses import replace

from bot.sandbox.desktop import NewOrder, OrderChange
from core.mt5 import contract as mt5
from core.paper.market.specification import Instrument
from core.paper.server.dealing import Dealer
from core.paper.server.execution import allows
from core.paper.server.records import Order, Position
from core.paper.server.requests import Request

_DEVIATION_POINTS = 100  # that a person lets the price run away under Instant execution
_POLICIES = (mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC, mt5.ORDER_FILLING_RETURN)


def opening(new: NewOrder, spec: Instrument, dealer: Dealer) -> Request:
    """An order at the market, at the price that is shown; or a pending one at the price that is wanted.

    Of the pending ones it is the limit if that price is the better one, else the stop.
    """
    side = mt5.ORDER_TYPE_BUY if new.side == "buy" else mt5.ORDER_TYPE_SELL
    request = Request(symbol=spec.name, volume=new.lots, sl=spec.rounded(new.sl), tp=spec.rounded(new.tp))
    if new.price is None:
        return _at_market(replace(request, type=side), spec, dealer)
    price, shown = spec.rounded(new.price), _shown(dealer, spec, side)
    better = price < shown if new.side == "buy" else price > shown
    kind = side + (mt5.ORDER_TYPE_BUY_LIMIT if better else mt5.ORDER_TYPE_BUY_STOP)
    return replace(
        request,
        action=mt5.TRADE_ACTION_PENDING,
        type=kind,
        price=price,
        type_filling=_filling(spec, kind),
    )


def closing(position: Position, lots: float | None, spec: Instrument, dealer: Dealer) -> Request:
    """The opposite of a position, for all of it or `lots`."""
    request = Request(
        symbol=spec.name, type=1 - position.type, volume=lots or position.volume, position=position.ticket
    )
    return _at_market(request, spec, dealer)


def change(order: Order, wanted: OrderChange, spec: Instrument) -> Request:
    """Other levels for a pending order, whose life stays as long as it is."""
    # A day that is named by its end would be taken for the day after.
    inside_s = 1 if order.type_time == mt5.ORDER_TIME_SPECIFIED_DAY else 0
    return Request(
        action=mt5.TRADE_ACTION_MODIFY, order=order.ticket, price=spec.rounded(wanted.price),
        sl=spec.rounded(wanted.sl), tp=spec.rounded(wanted.tp), stoplimit=order.price_stoplimit,
        type_time=order.type_time, expiration=max(order.time_expiration - inside_s, 0),
    )  # fmt: skip


def _at_market(request: Request, spec: Instrument, dealer: Dealer) -> Request:
    return replace(
        request,
        action=mt5.TRADE_ACTION_DEAL,
        price=_shown(dealer, spec, request.type),
        deviation=_DEVIATION_POINTS,
        type_filling=_filling(spec, request.type),
    )


def _shown(dealer: Dealer, spec: Instrument, side: int) -> float:
    quote = dealer.quote(spec.name)
    return quote.ask if side == mt5.ORDER_TYPE_BUY else quote.bid


def _filling(spec: Instrument, order_type: int) -> int:
    return next(policy for policy in _POLICIES if allows(spec, order_type, policy))
