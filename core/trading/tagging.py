"""What a request carries of its intent: its mark, its allowed deviation, the end of its order."""

from decimal import Decimal

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused
from core.model.instruments import Instrument
from core.model.trades import Intent
from core.mt5 import orders
from core.mt5.policies import GOOD_TILL_CANCELLED, Lifetime, lifetime
from core.mt5.session import Session

CLOSING_POINTS = 10
"""A close is let run so far at least, however little drift its trader allows: it is to go through."""


def tag_of(intent: Intent) -> orders.Tag:
    """What names the intent on the broker's books."""
    return orders.Tag(intent.magic, intent.comment)


def opening_deviation(account: Account, instrument: Instrument, run: Decimal) -> int:
    """Points that Instant execution may still add to a price that has `run` from the one approved."""
    allowed = account.policy.max_drift_pips * instrument.pip
    return max(int((allowed - abs(run)) / instrument.point), 0)


def closing_deviation(account: Account, instrument: Instrument) -> int:
    """The trader's allowed drift in points, for Instant execution."""
    points = account.policy.max_drift_pips * instrument.pip / instrument.point
    return max(int(points), CLOSING_POINTS)


def order_lifetime(desk: Desk, session: Session, instrument: Instrument, intent: Intent) -> Lifetime:
    """Until when the intent's pending order is to wait at the broker. Raises Refused when that is past."""
    until, now, time = intent.order_expires_at, desk.clock.now(), session.connection.time
    if until is None:
        return GOOD_TILL_CANCELLED
    if until <= now:
        raise Refused("The time of this order is over; nothing was sent.")
    return lifetime(instrument, time.to_seconds(until), time.to_seconds(now))
