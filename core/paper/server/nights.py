"""Swap: what holding a position over the end of a broker day costs or brings."""

from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.market.calendar import DAY_MINUTES, MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.server.dealing import Dealer
from core.paper.server.records import Position


def roll_over(dealer: Dealer) -> None:
    """Charge the night that begins a broker day: none after Saturday and Sunday, three on the triple day."""
    ended = (dealer.time_msc // (DAY_MINUTES * MINUTE_MS) - 1 + mt5.DAY_OF_WEEK_THURSDAY) % 7
    if ended in (mt5.DAY_OF_WEEK_SATURDAY, mt5.DAY_OF_WEEK_SUNDAY):
        return
    for position in list(dealer.ledger.positions.values()):
        nights = 3 if ended == INSTRUMENTS[position.symbol].triple_swap_day else 1
        swap = round(position.swap + _night(dealer, position, nights), 2)
        dealer.ledger.keep(replace(position, swap=swap))


def _night(dealer: Dealer, position: Position, nights: int) -> float:
    """The instrument's swap points, as a gain of so many points at the present price."""
    spec = INSTRUMENTS[position.symbol]
    points = (spec.swap_long if position.side > 0 else spec.swap_short) * nights
    price = dealer.closing_price(position)
    return dealer.value(
        position.symbol, mt5.ORDER_TYPE_BUY, position.volume, price, price + points * spec.point
    )
