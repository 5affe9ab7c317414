"""Opening: the request, what forbids it at the last moment, and the position that it makes."""

from dataclasses import replace

import structlog

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused, refuse
from core.model.instruments import Instrument
from core.model.mt5 import MT5AccountSnapshot, Quote
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentState
from core.mt5 import levels, orders
from core.mt5.errors import TerminalError
from core.mt5.policies import Lifetime
from core.mt5.session import Session
from core.trading.netting import UNSEEN, Opened, nets
from core.trading.proof import LOOK_BACK, look_up
from core.trading.sending import Done, check_allowed, send_by_policy, settled_by
from core.trading.tagging import opening_deviation, order_lifetime, tag_of

log = structlog.get_logger(__name__)

_FILLED = (IntentState.FILLED, IntentState.PARTIAL)


async def open_trade(desk: Desk, account: Account, session: Session, intent: Intent) -> Done:
    """Send an opening order, checked first. Raises TerminalError; Refused when the market forbids it now."""
    instrument = await session.instrument(intent.symbol)

    async def request() -> orders.Request:
        quote = await session.quote(intent.symbol)
        await check_allowed(desk, account, intent)
        if intent.order_kind is OrderKind.MARKET:
            return _market_request(account, instrument, intent, quote)
        lifetime = order_lifetime(desk, session, instrument, intent)
        return _pending_request(instrument, intent, quote, lifetime)

    answer = await send_by_policy(desk, session, instrument, intent, request, checked=True)
    settled = settled_by(intent, answer)
    if answer.result is None or settled.state not in _FILLED:
        return Done(settled)
    return await _read_back(desk, account, session, settled, answer.result.order)


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


async def _read_back(desk: Desk, account: Account, session: Session, filled: Intent, order: int) -> Done:
    """With what the fill has made, as far as it can be read (yet): reconciliation will see the rest.

    Whatever goes wrong with this reading, the order is filled. Where it has a position of its own, that bears
    the order's number.
    """
    try:
        snapshot = await session.snapshot()
        if nets(snapshot.account):
            return await _read_share(desk, session, filled, snapshot)
    except TerminalError as error:
        log.warning("fill_not_read_back", intent=filled.id, error=str(error))
        return _named(filled, 0 if await _is_shared(desk, account) else order)
    own = next((p for p in snapshot.positions if p.magic == filled.magic), None)
    return _named(filled, own.identifier if own else order, Opened(own))


def _named(filled: Intent, position: int, opened: Opened = UNSEEN) -> Done:
    """Done, the broker says; if it does not say as what, its books will tell."""
    if not position:
        return Done(replace(filled, state=IntentState.UNKNOWN))
    return Done(replace(filled, position=position), opened)


async def _read_share(desk: Desk, session: Session, filled: Intent, snapshot: MT5AccountSnapshot) -> Done:
    """The part of the symbol's one position that the order has bought, by its own deals.

    Until they are listed the answer's price is as good; what neither tells is looked up later.
    """
    evidence = await session.evidence((filled.sent_at or filled.created_at) - LOOK_BACK)
    async with desk.store.read() as tx:
        found = look_up(filled, evidence, await tx.trades.open_of(filled.account_id))
    if found.outcome is not None and found.outcome.state in _FILLED and found.at is not None:
        told = replace(found.outcome, detail=filled.detail)
        return Done(told, Opened(found.position, shared=True, at=found.at))
    position = next((p for p in snapshot.positions if p.symbol == filled.symbol), None)
    if position is None or filled.filled_price is None:
        return _named(filled, 0)
    return _named(filled, position.identifier, Opened(position, shared=True, at=position.updated_at))


async def _is_shared(desk: Desk, account: Account) -> bool:
    """Whether the account nets, as it was last seen."""
    async with desk.store.read() as tx:
        seen = await tx.snapshots.latest(account.id)
    return seen is not None and nets(seen.account)
