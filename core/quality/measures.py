"""What one order says of how it was carried out. What it does not tell is None, never 0."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.model.fills import Fill
from core.model.signals import OrderKind
from core.model.trades import IntentState

HUNDREDTH = Decimal("0.01")
_ON_ITS_WAY = (IntentState.NEW, IntentState.SENDING, IntentState.PLACED)


def is_waiting(fill: Fill) -> bool:
    """Whether it is too early to judge: on its way, or pending at the broker."""
    return fill.state in _ON_ITS_WAY


def has_lapsed(fill: Fill) -> bool:
    """Whether it is a pending order that ended because its price did not come: nobody's failure."""
    return fill.order_kind is not OrderKind.MARKET and fill.state is IntentState.EXPIRED


def was_doubted(fill: Fill) -> bool:
    """Whether there was a time at which nobody knew if it was done; also when that time is now."""
    return fill.was_unknown or fill.state is IntentState.UNKNOWN


def filled_lots(fill: Fill) -> Decimal:
    return fill.filled or Decimal(0)


def slippage_pips(fill: Fill) -> Decimal | None:
    """How much worse the price was than the one expected, to a hundredth of a pip; below 0 it was better."""
    if fill.price is None or fill.expected is None or not fill.pip:
        return None
    worse = (fill.price - fill.expected) * fill.side.sign
    return (worse / fill.pip).quantize(HUNDREDTH, ROUND_HALF_UP)


def filled_at(fill: Fill) -> datetime | None:
    """When a market order was filled, by the desk's clock; None for pending ones, which wait for a price.

    The broker's clock tells it best, but may be seconds off: it is believed as far as it lies between the
    sending and the moment at which the desk knew of the fill.
    """
    if fill.order_kind is not OrderKind.MARKET or not fill.filled or fill.settled_at is None:
        return None
    sent, known = fill.sent_at or fill.tapped_at, fill.settled_at
    return min(max(fill.opened_at or known, sent), known)


def delay_from_signal(fill: Fill) -> timedelta | None:
    return _since(fill.signalled_at, filled_at(fill))


def delay_from_tap(fill: Fill) -> timedelta | None:
    return _since(fill.tapped_at, filled_at(fill))


def _since(start: datetime, end: datetime | None) -> timedelta | None:
    return None if end is None else end - start
