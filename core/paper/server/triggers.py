"""What a server does to an account at one tick: expirations, working orders, stops, and the stop-out."""

from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.server import filling, limits
from core.paper.server.dealing import Dealer
from core.paper.server.execution import MARKET_TYPES, portion
from core.paper.server.ledger import Ledger
from core.paper.server.records import Order, Position
from core.paper.server.rules import FROM_ABOVE, STOP_LIMITS
from core.paper.server.trade import Refused

_STOPS = (mt5.ORDER_TYPE_BUY_STOP, mt5.ORDER_TYPE_SELL_STOP)


def apply(dealer: Dealer, symbol: str) -> None:
    """Do what a tick of a symbol brings about, at the dealer's time."""
    expire(dealer)
    for order in dealer.working(symbol):
        if reached(order, dealer.price(symbol, order.type)):
            _activate(dealer, order)
    for position in dealer.ledger.held(symbol):
        _stop(dealer, position)
    _stop_out(dealer)


def expire(dealer: Dealer) -> None:
    """End the orders whose time has come, at that time."""
    for order in list(dealer.ledger.orders.values()):
        if 0 < order.time_expiration * 1000 <= dealer.time_msc:
            _end(dealer, order, mt5.ORDER_STATE_EXPIRED, order.time_expiration * 1000)


# -- working orders


def reached(order: Order, price: float) -> bool:
    """Whether a price (ask for buys, bid for sells) lets an order be executed.

    A market order that rests, and a stop that is filled in part, take any price.
    """
    if order.type in MARKET_TYPES or (order.type in _STOPS and order.state == mt5.ORDER_STATE_PARTIAL):
        return True
    return price <= order.price_open if order.type in FROM_ABOVE else price >= order.price_open


def _activate(dealer: Dealer, order: Order) -> None:
    """A stop-limit becomes a limit order of the same ticket; the others are executed."""
    if order.type in STOP_LIMITS:
        limit = replace(order, type=order.type - 4, price_open=order.price_stoplimit, price_stoplimit=0.0)
        dealer.ledger.file(limit)
        return
    position = filling.touched(dealer, order)
    if dealer.ledger.hedging and order.position_id not in (0, order.ticket):
        _close_on(dealer, order, position)
    else:
        _execute(dealer, order, adds=position is None)


def _close_on(dealer: Dealer, order: Order, position: Position | None) -> None:
    """What is left of a closing order, as far as its position is still there."""
    if position is None:
        _end(dealer, order, mt5.ORDER_STATE_CANCELED, dealer.time_msc)
    else:
        _take(dealer, order, min(order.volume_current, position.volume))


def _execute(dealer: Dealer, order: Order, *, adds: bool) -> None:
    """An order that opens: rejected if the account may no longer open so much."""
    try:
        limits.check_activation(dealer, order.symbol, order.type, order.volume_current, adds=adds)
    except Refused:
        _end(dealer, order, mt5.ORDER_STATE_REJECTED, dealer.time_msc)
    else:
        _take(dealer, order, order.volume_current)


def _take(dealer: Dealer, order: Order, wanted: float) -> None:
    """Fill what the depth gives at this tick; the rest stays, or not, by the filling policy."""
    volume = portion(INSTRUMENTS[order.symbol], wanted, order.type_filling)
    if not volume:
        _end(dealer, order, mt5.ORDER_STATE_REJECTED, dealer.time_msc)
        return
    stays = volume < wanted and order.type_filling not in (mt5.ORDER_FILLING_FOK, mt5.ORDER_FILLING_IOC)
    filling.fill(dealer, order, dealer.price(order.symbol, order.type), volume, stays=stays)


def _end(dealer: Dealer, order: Order, state: int, time_msc: int) -> None:
    dealer.ledger.file(replace(order, state=state, time_done_msc=time_msc))


# -- positions


def _stop(dealer: Dealer, position: Position) -> None:
    """Close at the first price at or beyond a stop, however far beyond that is."""
    price, side = dealer.closing_price(position), position.side
    if position.sl and (price - position.sl) * side <= 0:
        filling.liquidate(dealer, position, price, mt5.ORDER_REASON_SL, f"[sl {position.sl}]")
    elif position.tp and (price - position.tp) * side >= 0:
        filling.liquidate(dealer, position, price, mt5.ORDER_REASON_TP, f"[tp {position.tp}]")


def floor_of(ledger: Ledger, margin: float) -> float:
    """The equity at which positions are closed by force, in the account's stop-out mode."""
    account = ledger.account
    if account.margin_so_mode == mt5.ACCOUNT_STOPOUT_MODE_MONEY:
        return account.margin_so_so
    return margin * account.margin_so_so / 100


def _stop_out(dealer: Dealer) -> None:
    """Close the worst loser that can be traded now, until the equity is above the floor again."""
    while dealer.ledger.positions:
        figures = dealer.figures()
        if figures.equity > floor_of(dealer.ledger, figures.margin):
            return
        tradable = [p for p in dealer.ledger.positions.values() if dealer.in_session(p.symbol)]
        if not tradable:
            return
        worst = min(tradable, key=dealer.result)
        comment = f"so {figures.level:.1f}%/{figures.equity:.2f}"[:27]
        filling.liquidate(dealer, worst, dealer.closing_price(worst), mt5.ORDER_REASON_SO, comment)
