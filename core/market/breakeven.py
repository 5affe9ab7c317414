"""Moving a stop to break-even: only where that tightens it, and only where the broker takes it."""

from decimal import Decimal

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Position, Quote
from core.mt5 import levels
from core.mt5.orders import Stops


def break_even(position: MT5Position, instrument: Instrument, quote: Quote) -> Stops | None:
    """The stops with the loss at the opening price, or None.

    None unless the position is in profit by more than the broker's stops level and the spread, for a stop
    that is as good already, and where the broker would refuse it.
    """
    stops = Stops(instrument.round_price(position.price_open), position.take_profit)
    if stops.loss is None or _is_as_good(position, stops.loss):
        return None
    room = instrument.stops_level_points * instrument.point + (quote.ask - quote.bid)
    if _profit(position, quote) <= room:
        return None
    obstacles = (
        levels.stops_offer_obstacle(instrument, stops),
        levels.frozen_position(instrument, position, quote),
        levels.stops_obstacle(instrument, position.side, quote, stops),
    )
    return None if any(obstacles) else stops


def _is_as_good(position: MT5Position, level: Decimal) -> bool:
    """Whether the stop that is set loses no more than one at `level`."""
    return position.stop_loss is not None and (position.stop_loss - level) * position.side.sign >= 0


def _profit(position: MT5Position, quote: Quote) -> Decimal:
    """How far the price is beyond the opening, as it would be closed."""
    side: Side = position.side
    return (quote.exit(side) - position.price_open) * side.sign
