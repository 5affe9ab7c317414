"""What the broker would refuse, said before it is sent, with the nearest level that it would take.

Each function gives the sentence for the trader, or None when nothing stands in the way. Source: the MQL book,
requirements and restrictions for trade operations.
"""

from collections.abc import Iterator
from decimal import Decimal

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Position, Quote
from core.model.signals import OrderKind
from core.mt5 import contract as mt5
from core.mt5.orders import PendingOrder, Stops

_ORDER_BITS = {OrderKind.MARKET: 1, OrderKind.LIMIT: 2, OrderKind.STOP: 4}
_STOP_LOSS_BIT, _TAKE_PROFIT_BIT, CLOSE_BY_BIT = 16, 32, 64


def offer_obstacle(instrument: Instrument, kind: OrderKind, side: Side, stops: Stops) -> str | None:
    """Whether the broker opens such a trade in this symbol at all."""
    mode, name = instrument.trade_mode, instrument.symbol
    if mode == mt5.SYMBOL_TRADE_MODE_DISABLED:
        return f"{name} cannot be traded on this account."
    if mode == mt5.SYMBOL_TRADE_MODE_CLOSEONLY:
        return f"{name} can only be closed now, not opened."
    if mode == mt5.SYMBOL_TRADE_MODE_LONGONLY and side is Side.SELL:
        return f"{name} can only be bought."
    if mode == mt5.SYMBOL_TRADE_MODE_SHORTONLY and side is Side.BUY:
        return f"{name} can only be sold."
    if not instrument.order_mode & _ORDER_BITS[kind]:
        return f"The broker takes no {kind} orders in {name}."
    return stops_offer_obstacle(instrument, stops)


def stops_offer_obstacle(instrument: Instrument, stops: Stops) -> str | None:
    """Whether the broker keeps such stops for this symbol at all."""
    if stops.loss is not None and not instrument.order_mode & _STOP_LOSS_BIT:
        return f"The broker keeps no stop losses for {instrument.symbol}."
    if stops.profit is not None and not instrument.order_mode & _TAKE_PROFIT_BIT:
        return f"The broker keeps no take profits for {instrument.symbol}."
    return None


def volume_obstacle(instrument: Instrument, lots: Decimal, held: Decimal) -> str | None:
    """Whether so many lots more would pass the symbol's limit for one side, `held` being there already."""
    limit = instrument.volume_limit
    if not limit or held + lots <= limit:
        return None
    limit, held, lots, total = (number.normalize() for number in (limit, held, lots, held + lots))
    return (
        f"The broker allows {limit:f} lots of {instrument.symbol} on one side;"
        f" with {held:f} there and {lots:f} more it would be {total:f}."
    )


def stops_obstacle(instrument: Instrument, side: Side, quote: Quote, stops: Stops) -> str | None:
    """Whether stops of a position stand on their side of the market, far enough off.

    A position is closed at the other side of the spread, so its stops keep their distance from there:
    from Bid for a buy, from Ask for a sell.
    """
    return _distance_obstacle(instrument, side, quote.exit(side), stops)


def pending_obstacle(
    instrument: Instrument, kind: OrderKind, side: Side, price: Decimal, quote: Quote, stops: Stops
) -> str | None:
    """As `stops_obstacle` for a pending order: its entry against the market, its stops against its entry."""
    distance = _least_distance(instrument)
    beyond = side.sign if kind is OrderKind.STOP else -side.sign
    nearest = instrument.round_price(quote.entry(side) + beyond * distance)
    if (price - nearest) * beyond < 0:
        place = "above" if beyond > 0 else "below"
        return f"A {side} {kind} order must be {place} the market: nearest valid price {nearest}."
    return _distance_obstacle(instrument, side, price, stops)


def frozen_position(instrument: Instrument, position: MT5Position, quote: Quote) -> str | None:
    """Whether a stop of the position is so near the market that the broker lets nothing be changed."""
    price = quote.exit(position.side)
    levels = (("stop loss", position.stop_loss), ("take profit", position.take_profit))
    frozen = (_frozen(instrument, f"Its {name}", level, price) for name, level in levels if level is not None)
    return next((sentence for sentence in frozen if sentence), None)


def frozen_order(instrument: Instrument, order: PendingOrder, quote: Quote) -> str | None:
    """As `frozen_position`, for the entry of a pending order."""
    return _frozen(instrument, "Its price", order.price, quote.entry(order.side))


def _frozen(instrument: Instrument, what: str, level: Decimal, market: Decimal) -> str | None:
    points = int(abs(level - market) / instrument.point)
    if points > instrument.freeze_level_points or not instrument.freeze_level_points:
        return None
    return (
        f"{what} {level} is {points} points from the market ({market}), and within"
        f" {instrument.freeze_level_points} points the broker lets nothing be changed."
    )


def _distance_obstacle(instrument: Instrument, side: Side, base: Decimal, stops: Stops) -> str | None:
    for name, wanted, nearest, sign in _nearest(instrument, side, base, stops):
        if (wanted - nearest) * sign < 0:
            return f"{name} {wanted} is too close or on the wrong side: nearest valid level {nearest}."
    return None


def _nearest(
    instrument: Instrument, side: Side, base: Decimal, stops: Stops
) -> Iterator[tuple[str, Decimal, Decimal, int]]:
    """Each stop that is set, with the nearest valid level and the direction in which others are valid too."""
    distance = _least_distance(instrument)
    for name, wanted, sign in (
        ("Stop loss", stops.loss, -side.sign),
        ("Take profit", stops.profit, side.sign),
    ):
        if wanted is not None:
            yield name, wanted, instrument.round_price(base + sign * distance), sign


def _least_distance(instrument: Instrument) -> Decimal:
    """The stops level, and a point at least: a stop at the market itself is never valid."""
    return max(instrument.stops_level_points, 1) * instrument.point
