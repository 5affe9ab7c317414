"""What a terminal's window shows: one account, drawn from the broker's books."""

from bot.sandbox.desktop import Account, PendingOrder, Position, Side, Symbol
from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.specification import Instrument
from core.paper.server.dealing import Dealer
from core.paper.server.records import Order
from core.paper.server.records import Position as Held

_KINDS = {
    mt5.ORDER_TYPE_BUY_LIMIT: "buy limit",
    mt5.ORDER_TYPE_SELL_LIMIT: "sell limit",
    mt5.ORDER_TYPE_BUY_STOP: "buy stop",
    mt5.ORDER_TYPE_SELL_STOP: "sell stop",
    mt5.ORDER_TYPE_BUY_STOP_LIMIT: "buy stop limit",
    mt5.ORDER_TYPE_SELL_STOP_LIMIT: "sell stop limit",
}


def account(dealer: Dealer) -> Account:
    """The dealer's account at the dealer's moment."""
    kept, figures, ledger = dealer.ledger.account, dealer.figures(), dealer.ledger
    return Account(
        login=kept.login,
        name=kept.name,
        server=kept.server,
        currency=kept.currency,
        balance=kept.balance,
        credit=kept.credit,
        equity=figures.equity,
        margin=figures.margin,
        free_margin=figures.free,
        profit=figures.profit,
        trading=bool(kept.trade_allowed),
        programs=bool(kept.trade_expert),
        positions=[_position(dealer, held) for held in ledger.positions.values()],
        orders=[_pending(order) for order in ledger.orders.values()],
    )


def _position(dealer: Dealer, held: Held) -> Position:
    price = dealer.closing_price(held)
    side: Side = "buy" if held.side > 0 else "sell"
    return Position(
        ticket=str(held.ticket),
        symbol=held.symbol,
        side=side,
        lots=held.volume,
        open_price=held.price_open,
        price=price,
        sl=held.sl,
        tp=held.tp,
        profit=dealer.profit(held, price),
        swap=held.swap,
        digits=INSTRUMENTS[held.symbol].digits,
    )


def _pending(order: Order) -> PendingOrder:
    return PendingOrder(
        ticket=str(order.ticket),
        symbol=order.symbol,
        kind=_KINDS[order.type],
        lots=order.volume_current,
        price=order.price_open,
        sl=order.sl,
        tp=order.tp,
        digits=INSTRUMENTS[order.symbol].digits,
    )


def symbol(dealer: Dealer, spec: Instrument) -> Symbol:
    """A symbol with its price at the dealer's moment."""
    quote = dealer.quote(spec.name)
    return Symbol(spec.name, spec.digits, quote.bid, quote.ask, spec.volume_min, spec.volume_step)
