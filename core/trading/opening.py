"""Opening: the request, what forbids it at the last moment, and the position that it makes."""

from dataclasses import replace

import structlog

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused, refuse
from core.model.instruments import Instrument
from core.model.mt5 import MT5Position, Quote
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentState
from core.mt5 import levels, orders
from core.mt5.errors import TerminalError
from core.mt5.policies import Lifetime
from core.mt5.session import Session
from core.trading.netting import nets
from core.trading.sending import Done, send_by_policy, settled_by
from core.trading.tagging import opening_deviation, order_lifetime, tag_of

log = structlog.get_logger(__name__)


async def open_trade(desk: Desk, account: Account, session: Session, intent: Intent) -> Done:
    """Send an opening order, checked first. Raises TerminalError; Refused when the market forbids it now."""
    instrument = await session.instrument(intent.symbol)

    async def request() -> orders.Request:
        quote = await session.quote(intent.symbol)
        if intent.order_kind is OrderKind.MARKET:
            return _market_request(account, instrument, intent, quote)
        lifetime = order_lifetime(desk, session, instrument, intent)
        return _pending_request(instrument, intent, quote, lifetime)

    answer = await send_by_policy(desk, session, instrument, intent, request, checked=True)
    settled = settled_by(intent, answer)
    if answer.result is None or settled.state not in (IntentState.FILLED, IntentState.PARTIAL):
        return Done(settled)
    position = await _opened(session, intent)
    identifier = position.identifier if position else answer.result.order
    if not identifier:  # done, the broker says, but not as what: its books will tell
        return Done(replace(settled, state=IntentState.UNKNOWN))
    return Done(replace(settled, position=identifier), position)


def _market_request(account: Account, instrument: Instrument, intent: Intent, quote: Quote) -> orders.Request:
    """Raises Refused when the price ran away, or naming the nearest valid level for stops out of place."""
    stops = orders.Stops(intent.stop_loss, intent.take_profit)
    _check_drift(account, instrument, intent, quote)
    refuse(levels.stops_obstacle(instrument, intent.side, quote, stops))
    price = quote.entry(intent.side)
    deviation = opening_deviation(account, instrument, price - (intent.price or price))
    return orders.market(instrument, intent.side, intent.volume, quote, stops, tag_of(intent), deviation)


def _pending_request(
    instrument: Instrument, intent: Intent, quote: Quote, lifetime: Lifetime
) -> orders.Request:
    """Raises Refused naming the nearest valid price or level for one out of place."""
    kind, side, stops = intent.order_kind, intent.side, orders.Stops(intent.stop_loss, intent.take_profit)
    price = intent.price or quote.entry(side)
    refuse(levels.pending_obstacle(instrument, kind, side, price, quote, stops))
    return orders.pending(instrument, kind, side, intent.volume, price, stops, tag_of(intent), lifetime)


def _check_drift(account: Account, instrument: Instrument, intent: Intent, quote: Quote) -> None:
    """Raises Refused when the price has run from the one seen at the tap by more than the trader allows.

    Each attempt meets a new price: after a requote, or when the terminal was away for a while.
    """
    price = quote.entry(intent.side)
    drift = abs(instrument.pips(price - (intent.price or price)))
    if drift > account.policy.max_drift_pips:
        raise Refused(
            f"The price moved since you approved: {price} is {drift} pips from {intent.price},"
            f" and you allow {account.policy.max_drift_pips}. Nothing was sent."
        )


async def _opened(session: Session, intent: Intent) -> MT5Position | None:
    """The position that the fill made; None when it cannot be read (yet): reconciliation will see it.

    Whatever goes wrong with this reading, the order is filled. A netting account keeps one position of a
    symbol, which need not carry the mark of the order that added to it.
    """
    try:
        snapshot = await session.snapshot()
    except TerminalError as error:
        log.warning("fill_not_read_back", intent=intent.id, error=str(error))
        return None
    own = next((p for p in snapshot.positions if p.magic == intent.magic), None)
    if own is None and nets(snapshot.account):
        own = next((p for p in snapshot.positions if p.symbol == intent.symbol), None)
    return own
