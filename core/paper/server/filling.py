"""What an executed order does to the books: its own row, a deal, a position opened, changed or closed.

On a hedging account an order changes the position that it names or makes one of its own. On a netting account
it changes the symbol's only position: same side averages the price, opposite reduces, closes or reverses it.
"""

from dataclasses import dataclass, replace

from core.mt5 import contract as mt5
from core.paper.server.dealing import Dealer
from core.paper.server.records import Deal, Order, Position


@dataclass(frozen=True, slots=True)
class _Booking:
    """What became of the position: its identifier, and what the deal says."""

    identifier: int
    entry: int
    profit: float = 0.0
    swap: float = 0.0


def fill(dealer: Dealer, order: Order, price: float, volume: float, *, stays: bool = False) -> Deal:
    """Execute `volume` of an order. What is left of it goes on working if it `stays`, else it is cancelled.

    A closing order must not exceed its position on a hedging account.
    """
    position = touched(dealer, order)
    if position is None:
        booking = _open(dealer, order, price, volume)
    elif position.side == order.side:
        booking = _increase(dealer, position, order, price, volume)
    elif volume <= position.volume:
        booking = _reduce(dealer, position, price, volume, mt5.DEAL_ENTRY_OUT)
    else:
        booking = _reverse(dealer, position, order, price, volume)
    done = _file(dealer, order, booking.identifier, price, volume, stays=stays)
    return _deal(dealer, done, booking, order.type % 2, price, volume)


def close_by(dealer: Dealer, position: Position, other: Position, order: Order) -> Deal:
    """Close two opposite positions by one another, as far as the smaller goes; the first one's deal.

    The first closes at the price at which the other was opened, the other at its own: profit lies in one.
    """
    price, volume = other.price_open, order.volume_initial
    by = replace(order, position_by_id=other.identifier)
    done = _file(dealer, by, position.identifier, price, volume, stays=False)
    booking = _reduce(dealer, position, price, volume, mt5.DEAL_ENTRY_OUT_BY)
    deal = _deal(dealer, done, booking, 1 - position.type, price, volume)
    second = _reduce(dealer, other, price, volume, mt5.DEAL_ENTRY_OUT_BY)
    _deal(dealer, done, second, 1 - other.type, price, volume)
    return deal


def liquidate(dealer: Dealer, position: Position, price: float, reason: int, comment: str) -> Deal:
    """Close a whole position on the server's own account, with the reason on order and deal.

    The server covers what it closes by itself: neither depth nor FIFO stands in its way.
    """
    order = dealer.order(
        position.symbol, 1 - position.type, position.volume, reason=reason, comment=comment,
        magic=position.magic, sl=position.sl, tp=position.tp, position_id=position.identifier,
    )  # fmt: skip
    return fill(dealer, order, price, position.volume)


def touched(dealer: Dealer, order: Order) -> Position | None:
    """The position that an order will change; None if it is to make one."""
    ledger = dealer.ledger
    if ledger.hedging:
        return ledger.positions.get(order.position_id or order.ticket)
    return next(iter(ledger.held(order.symbol)), None)


# -- what becomes of the position


def _open(dealer: Dealer, order: Order, price: float, volume: float) -> _Booking:
    _new_position(dealer, order, order.ticket, price, volume)
    return _Booking(order.ticket, mt5.DEAL_ENTRY_IN)


def _new_position(dealer: Dealer, order: Order, identifier: int, price: float, volume: float) -> None:
    dealer.ledger.keep(
        Position(
            ticket=order.ticket, login=order.login, symbol=order.symbol, type=order.type % 2,
            volume=volume, price_open=price, sl=order.sl, tp=order.tp, swap=0.0,
            margin=dealer.margin(order.symbol, order.type, volume, price),
            magic=order.magic, identifier=identifier, reason=order.reason, comment=order.comment,
            time_msc=dealer.time_msc, time_update_msc=dealer.time_msc,
        )
    )  # fmt: skip


def _increase(dealer: Dealer, position: Position, order: Order, price: float, volume: float) -> _Booking:
    """Average the price by volume. The order's stops replace the position's where it has any."""
    total = round(position.volume + volume, 8)
    average = (position.price_open * position.volume + price * volume) / total
    margin = dealer.margin(order.symbol, order.type, volume, price)
    dealer.ledger.keep(
        replace(
            position, volume=total, price_open=average, margin=round(position.margin + margin, 2),
            sl=order.sl or position.sl, tp=order.tp or position.tp, time_update_msc=dealer.time_msc,
        )
    )  # fmt: skip
    return _Booking(position.identifier, mt5.DEAL_ENTRY_IN)


def _reduce(dealer: Dealer, position: Position, price: float, volume: float, entry: int) -> _Booking:
    """Close a position, or `volume` of it. Swap is realised in proportion."""
    share = volume / position.volume
    swap = round(position.swap * share, 2)
    left = round(position.volume - volume, 8)
    if left > 0:
        margin = round(position.margin * (1 - share), 2)
        kept = round(position.swap - swap, 2)
        dealer.ledger.keep(
            replace(position, volume=left, margin=margin, swap=kept, time_update_msc=dealer.time_msc)
        )
    else:
        dealer.ledger.drop(position.ticket)
    return _Booking(position.identifier, entry, dealer.profit(position, price, volume), swap)


def _reverse(dealer: Dealer, position: Position, order: Order, price: float, volume: float) -> _Booking:
    """Close it and open what is over on the other side: another ticket, the same identifier, one deal."""
    closed = _reduce(dealer, position, price, position.volume, mt5.DEAL_ENTRY_INOUT)
    _new_position(dealer, order, position.identifier, price, round(volume - position.volume, 8))
    return closed


# -- the order's row and the deal


def _file(
    dealer: Dealer, order: Order, identifier: int, price: float, volume: float, *, stays: bool
) -> Order:
    done = replace(
        order,
        state=mt5.ORDER_STATE_PARTIAL if stays else mt5.ORDER_STATE_FILLED,
        position_id=identifier,
        price_open=order.price_open or price,
        price_current=price,
        volume_current=round(order.volume_current - volume, 8),
        time_done_msc=0 if stays else dealer.time_msc,
    )
    dealer.ledger.file(done)
    return done


def _deal(
    dealer: Dealer, order: Order, booking: _Booking, deal_type: int, price: float, volume: float
) -> Deal:
    ledger = dealer.ledger
    commission = -round(ledger.account.commission_per_lot * volume, 2)
    deal = Deal(
        ticket=ledger.next_ticket(), login=order.login, order=order.ticket, time_msc=dealer.time_msc,
        type=deal_type, entry=booking.entry, magic=order.magic, position_id=booking.identifier,
        reason=order.reason, volume=volume, price=price, commission=commission, swap=booking.swap,
        profit=booking.profit, symbol=order.symbol, comment=order.comment,
    )  # fmt: skip
    ledger.record(deal)
    ledger.pay(booking.profit + booking.swap + commission)
    return deal
