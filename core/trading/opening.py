"""The request of an opening order, and what forbids it at the last moment."""

from core.desk import Desk
from core.model.accounts import Account
from core.model.instruments import Instrument
from core.model.mt5 import Quote
from core.model.signals import OrderKind
from core.model.trades import Intent
from core.mt5 import orders
from core.mt5.errors import Context, Refused, Unavailable

MIN_DEVIATION_POINTS = 10


def check_in_time(desk: Desk, intent: Intent) -> None:
    """Raises Unavailable when connecting took so long that the order must not be sent any more."""
    if desk.clock.now() >= intent.expires_at:
        raise Unavailable("an opening order came too late", context=Context(call="order_send"))


def opening_request(account: Account, instrument: Instrument, intent: Intent, quote: Quote) -> orders.Request:
    """Raises Refused when the price ran away, or naming the nearest valid level for stops out of place."""
    stops, tag = orders.Stops(intent.stop_loss, intent.take_profit), tag_of(intent)
    deviation = deviation_points(account, instrument)
    if intent.order_kind is OrderKind.MARKET:
        _check_drift(account, instrument, intent, quote)
        obstacle = orders.stops_obstacle(instrument, intent.side, quote, stops)
        request = orders.market(instrument, intent.side, intent.volume, quote, stops, tag, deviation)
    else:
        price = intent.price or quote.entry(intent.side)
        obstacle = orders.pending_obstacle(instrument, intent.order_kind, intent.side, price, quote, stops)
        request = orders.pending(instrument, intent.order_kind, intent.side, intent.volume, price, stops, tag)
    if obstacle is not None:
        raise Refused(obstacle, for_trader=obstacle)
    return request


def _check_drift(account: Account, instrument: Instrument, intent: Intent, quote: Quote) -> None:
    """Raises Refused when the price has run from the one seen at the tap by more than the trader allows.

    Each attempt meets a new price: after a requote, or when the terminal was away for a while.
    """
    price = quote.entry(intent.side)
    drift = abs(instrument.pips(price - (intent.price or price)))
    if drift > account.policy.max_drift_pips:
        sentence = (
            f"The price moved since you approved: {price} is {drift} pips from {intent.price},"
            f" and you allow {account.policy.max_drift_pips}. Nothing was sent."
        )
        raise Refused(sentence, for_trader=sentence)


def tag_of(intent: Intent) -> orders.Tag:
    """What names the intent on the broker's books."""
    return orders.Tag(intent.magic, intent.comment)


def deviation_points(account: Account, instrument: Instrument) -> int:
    """The trader's allowed drift in points, for Instant execution."""
    points = account.policy.max_drift_pips * instrument.pip / instrument.point
    return max(int(points), MIN_DEVIATION_POINTS)
