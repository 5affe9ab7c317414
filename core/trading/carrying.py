"""What each kind of intent that is no opening asks of the terminal: close, set stops, change, cancel.

None of them is checked by the broker first: what reduces exposure must not be hindered, and what is out of
place is found here, before sending.
"""

from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused, refuse
from core.model.instruments import Instrument
from core.model.mt5 import MT5Order, MT5Position
from core.model.requests import Request, RequestKind
from core.model.trades import Intent, IntentState
from core.mt5 import levels, orders
from core.mt5.errors import NoData
from core.mt5.errors import Refused as BrokerRefused
from core.mt5.orders import Stops
from core.mt5.session import Session
from core.trading.asked import was_asked
from core.trading.sending import Gone, Make, check_allowed, send_by_policy, settled_by
from core.trading.tagging import closing_deviation, order_lifetime, tag_of

_CLOSED = "The position is closed already."
_TURNED = "The position has turned to the other side meanwhile, and was left as it is."


async def close(desk: Desk, account: Account, session: Session, intent: Intent) -> Intent:
    """Close the position, or as much of it as is asked for, still there, and taken by one order."""
    instrument = await session.instrument(intent.symbol)
    deviation = closing_deviation(account, instrument)

    async def request() -> orders.Request:
        position = await _position(session, intent.position)
        if position.side is intent.side:  # of a plan it is gone; whoever else wants it closed is told
            raise Refused(_TURNED) if intent.leg is None else Gone(_TURNED)
        quote = await session.last_quote(intent.symbol)  # a quiet market must not keep a position open
        volume = min(intent.volume, position.volume, instrument.volume_max)
        return orders.close(instrument, position, quote, tag_of(intent), deviation, volume)

    return _of_one_order(instrument, await _sent(desk, session, instrument, intent, request))


def _of_one_order(instrument: Instrument, settled: Intent) -> Intent:
    """A close of more than the broker's largest lot is done in part: a netting account may hold so much."""
    whole = settled.volume <= instrument.volume_max or settled.filled_volume == 0
    if whole or settled.state is not IntentState.FILLED:
        return settled
    closed = settled.filled_volume or instrument.volume_max
    return replace(settled, state=IntentState.PARTIAL, filled_volume=closed)


async def close_by(desk: Desk, session: Session, intent: Intent) -> Intent:
    """Close two opposite positions against each other."""
    instrument = await session.instrument(intent.symbol)

    async def request() -> orders.Request:
        position = await _position(session, intent.position)
        opposite = await _position(session, intent.opposite)
        return orders.close_by(position, opposite, tag_of(intent))

    return await _sent(desk, session, instrument, intent, request)


async def modify(desk: Desk, session: Session, intent: Intent) -> Intent:
    """Set both stops of the position; where a request was for one alone, the other as it stands now.

    So a stop that was moved since it was asked, by a plan or by hand, is not set back; what no person asked
    for (the market guard's move to the entry) only tightens it. Raises Refused when the market is too near,
    the position is gone, or the entry, to which its stop was to move, is another one.
    """
    async with desk.store.read() as tx:
        request, asked = await tx.requests.of_intent(intent.id), await was_asked(tx, intent)
    if request is not None or not asked:
        position = await _held(session, intent)
        entry = (await session.instrument(intent.symbol)).round_price(position.price_open)
        if request is None:
            _check_tighter(position, entry)
        elif request.kind is RequestKind.BREAK_EVEN and entry != intent.stop_loss:
            raise Refused(f"The entry is {entry} by now, not {intent.stop_loss}.")
        intent = await _amended(desk, _changed_alone(request, intent, position))
    return await _set_stops(desk, session, intent)


def _changed_alone(request: Request | None, intent: Intent, position: MT5Position) -> Intent:
    if request is not None and request.kind is RequestKind.TARGET:
        return replace(intent, stop_loss=position.stop_loss)
    return replace(intent, take_profit=position.take_profit)


def _check_tighter(position: MT5Position, entry: Decimal) -> None:
    """Raises Refused when the stop stands at the entry or nearer already."""
    if position.stop_loss is not None and (entry - position.stop_loss) * position.side.sign <= 0:
        raise Refused(f"The stop stands at {position.stop_loss} already, and the entry is {entry}.")


async def _set_stops(desk: Desk, session: Session, intent: Intent) -> Intent:
    """Both, as the intent has them."""
    instrument, stops = await session.instrument(intent.symbol), _stops(intent)

    async def request() -> orders.Request:
        position = await _held(session, intent)
        quote = await session.quote(intent.symbol)
        refuse(levels.frozen_position(instrument, position, quote))
        refuse(levels.stops_obstacle(instrument, position.side, quote, stops))
        return orders.modify_stops(instrument, position, stops)

    return await _sent(desk, session, instrument, intent, request)


async def break_even(desk: Desk, session: Session, intent: Intent) -> Intent:
    """Move the position's stop to its entry, and leave the target as it stands there now.

    Only ever tighter: raises Refused when the stop stands at the entry or nearer already, Gone when the
    position is closed, NoData while it is refused.
    """
    instrument = await session.instrument(intent.symbol)
    position = _unturned(intent, await _position(session, intent.position))
    entry = instrument.round_price(position.price_open)
    _check_tighter(position, entry)
    moving = await _amended(desk, replace(intent, stop_loss=entry, take_profit=position.take_profit))
    return await unless_refused(_set_stops(desk, session, moving))


async def _amended(desk: Desk, intent: Intent) -> Intent:
    """With levels that are known only now: they are what is looked up, should the answer get lost."""
    async with desk.store.write() as tx:
        await tx.intents.amend(intent, desk.epoch, IntentState.SENDING)
    return intent


async def unless_refused(carried: Awaitable[Intent]) -> Intent:
    """What came of it. Raises NoData, with the sentence for people, when it is refused, to be tried again."""
    try:
        settled = await carried
    except Refused as obstacle:
        raise NoData(str(obstacle), for_trader=str(obstacle)) from obstacle
    except BrokerRefused as answer:
        raise NoData(str(answer), for_trader=answer.for_trader) from answer
    if settled.state is IntentState.REFUSED:
        raise NoData(f"refused with {settled.retcode}", for_trader=settled.detail)
    return settled


async def change(desk: Desk, account: Account, session: Session, intent: Intent) -> Intent:
    """Move the pending order, its stops and its end. Raises Refused as `modify` does."""
    instrument, stops = await session.instrument(intent.symbol), _stops(intent)

    async def request() -> orders.Request:
        order, pending = await _pending(session, intent)
        quote = await session.quote(intent.symbol)
        await check_allowed(desk, account, intent)
        price = intent.price or pending.price
        refuse(levels.frozen_order(instrument, pending, quote))
        refuse(levels.pending_obstacle(instrument, pending.kind, pending.side, price, quote, stops))
        lifetime = order_lifetime(desk, session, instrument, intent)
        return orders.modify_pending(instrument, order, price, stops, lifetime)

    return await _sent(desk, session, instrument, intent, request)


async def cancel(desk: Desk, session: Session, intent: Intent) -> Intent:
    """Remove the pending order. Raises Refused when the market is too near."""
    instrument = await session.instrument(intent.symbol)

    async def request() -> orders.Request:
        order = await _order(session, intent.position)
        if order is None:
            raise Gone("The order is gone already.")
        return orders.cancel(order)

    return await _sent(desk, session, instrument, intent, request)


async def _sent(
    desk: Desk, session: Session, instrument: Instrument, intent: Intent, request: Make
) -> Intent:
    return settled_by(intent, await send_by_policy(desk, session, instrument, intent, request))


async def _position(session: Session, identifier: int | None) -> MT5Position:
    """Raises Gone."""
    position = next((p for p in await session.positions() if p.identifier == identifier), None)
    if position is None:
        raise Gone(_CLOSED)
    return position


async def _held(session: Session, intent: Intent) -> MT5Position:
    """The one whose stops are to be set. Raises Refused instead."""
    try:
        return _unturned(intent, await _position(session, intent.position))
    except Gone as gone:
        raise Refused(str(gone)) from gone


def _unturned(intent: Intent, position: MT5Position) -> MT5Position:
    """Raises Refused when, on a netting account, it has the other side by now: it is another one then."""
    if position.side is not intent.side:
        raise Refused(_TURNED)
    return position


async def _order(session: Session, ticket: int | None) -> MT5Order | None:
    return next((o for o in await session.orders() if o.ticket == ticket), None)


async def _pending(session: Session, intent: Intent) -> tuple[MT5Order, orders.PendingOrder]:
    """Raises Refused when it is not pending any more, or of a kind that the desk does not change."""
    order = await _order(session, intent.position)
    pending = orders.PendingOrder.of(order) if order is not None else None
    if order is None or pending is None:
        raise Refused("The order is not pending any more.")
    return order, pending


def _stops(intent: Intent) -> Stops:
    return Stops(intent.stop_loss, intent.take_profit)
