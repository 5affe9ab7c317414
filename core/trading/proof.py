"""What an account's books prove of an intent: pure functions of both.

An order is known by its magic, then by its comment, else by likeness. While it still works its outcome is
open; what was filled is told by its deals, and by its position until those are listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.model.ids import intent_of
from core.model.instruments import Side
from core.model.mt5 import DealEntry, MT5Deal, MT5Order, MT5Position
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.mt5 import contract as mt5
from core.mt5.session import Evidence
from core.trading.deals import PRICE_DECIMALS, lots_of, price_of
from core.trading.netting import nets
from core.trading.shares import unclaimed

LOOK_BACK = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(seconds=30)
_ENDED = {
    mt5.ORDER_STATE_CANCELED: "The order was cancelled before it was executed.",
    mt5.ORDER_STATE_REJECTED: "The broker rejected the order; it was not executed.",
    mt5.ORDER_STATE_EXPIRED: "The order expired at the broker; it was not executed.",
}
_WAITING = (mt5.ORDER_STATE_PLACED, mt5.ORDER_STATE_PARTIAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the books show of an intent: its outcome, or None while they show nothing.

    `position` is what an opening has a part in now, `at` the time of its fill. `undone`: they show that it
    has not happened, and asking twice for it would do no more than once.
    """

    outcome: Intent | None
    position: MT5Position | None = None
    undone: bool = False
    at: datetime | None = None


NOTHING, UNDONE = Finding(None), Finding(None, undone=True)


def look_up(intent: Intent, evidence: Evidence, trades: Sequence[Trade]) -> Finding:
    """The intent's outcome by the books.

    What has made one of the account's open `trades` is no proof of another, however alike it looks.
    """
    match intent.kind:
        case IntentKind.OPEN:
            return _look_up_opening(intent, evidence, trades)
        case IntentKind.CLOSE:
            return _look_up_close(intent, evidence)
        case IntentKind.CLOSE_BY:
            return _look_up_close_by(intent, evidence)
        case IntentKind.CANCEL:
            gone = all(order.ticket != intent.position for order in evidence.orders)
            return _done(intent) if gone else UNDONE
        case IntentKind.MODIFY:
            return _look_up_modification(intent, evidence)
        case IntentKind.CHANGE:
            return _look_up_change(intent, evidence)


def names(intent: Intent, magic: int, comment: str) -> bool:
    """Whether magic or comment name the intent; a magic of another order settles that they do not."""
    return intent_of(magic, comment) == intent.id


# Openings


def _look_up_opening(intent: Intent, evidence: Evidence, trades: Sequence[Trade]) -> Finding:
    working = _order_of(intent, evidence.orders)
    if working is not None:
        return _still_works(intent, working)
    deals = [d for d in evidence.deals if _is_towards(intent, d) and names(intent, d.magic, d.comment)]
    if deals:
        return _by_deals(intent, evidence, deals)
    own = next((p for p in evidence.positions if names(intent, p.magic, p.comment)), None)
    if own is not None:  # one that others have added to tells nothing of its first part
        return _found(intent, own) if own.volume <= intent.volume else Finding(intent)
    ended = _order_of(intent, evidence.history)
    if ended is not None:
        return _by_end(intent, ended)
    return _by_likeness(intent, evidence, trades) if intent.order_kind is OrderKind.MARKET else NOTHING


def _is_towards(intent: Intent, deal: MT5Deal) -> bool:
    """Whether it buys or sells as the opening does.

    On an account that nets it may add to a position, reduce it or turn it; what closes the intent's own
    position, which may bear its mark, goes the other way.
    """
    return deal.type == (mt5.DEAL_TYPE_BUY if intent.side is Side.BUY else mt5.DEAL_TYPE_SELL)


def _by_deals(intent: Intent, evidence: Evidence, deals: Sequence[MT5Deal]) -> Finding:
    position, at = deals[0].position_id, min(deal.at for deal in deals)
    return Finding(_filled(intent, position, *_average(deals)), _held(evidence, position), at=at)


def _order_of(intent: Intent, orders: Sequence[MT5Order]) -> MT5Order | None:
    return next((o for o in orders if names(intent, o.magic, o.comment)), None)


def _still_works(intent: Intent, order: MT5Order) -> Finding:
    """It waits, perhaps for its rest only, or is being executed: what becomes of it is open, not missing."""
    if order.state in _WAITING and intent.order_kind is not OrderKind.MARKET:
        return Finding(replace(intent, state=IntentState.PLACED, position=order.ticket))
    return Finding(intent)


def _by_end(intent: Intent, order: MT5Order) -> Finding:
    """An order that ended without a deal, or whose deal is not listed yet, which is not a miss."""
    if order.state in _ENDED and order.volume_current == order.volume_initial:
        return _ended(intent, _ENDED[order.state])
    return Finding(intent)


def _found(intent: Intent, position: MT5Position) -> Finding:
    filled = _filled(intent, position.identifier, position.volume, position.price_open)
    return Finding(filled, position, at=position.opened_at)


def _filled(intent: Intent, position: int, volume: Decimal, price: Decimal) -> Intent:
    state = IntentState.PARTIAL if volume < intent.volume else IntentState.FILLED
    return replace(
        intent, state=state, position=position, filled_volume=volume, filled_price=price, detail=""
    )


def _by_likeness(intent: Intent, evidence: Evidence, trades: Sequence[Trade]) -> Finding:
    """What a program has done that the broker stripped of its marks, if it can be nothing but the intent.

    Where it may be another one's, the intent is in doubt until people or that other one claim it.
    """
    if nets(evidence.account):
        return _by_deals_alike(intent, evidence, trades)
    taken = {trade.position for trade in trades}
    alike = [p for p in evidence.positions if p.identifier not in taken and _alike(intent, p)]
    likely = _with_its_stops(intent, alike)
    if len(likely) == 1:
        return _found(intent, likely[0])
    return Finding(intent) if alike else NOTHING


def _with_its_stops(intent: Intent, alike: Sequence[MT5Position]) -> Sequence[MT5Position]:
    """Of those alike the ones with its stops, by which the legs of a plan differ. Of a single order that
    has none such, all: a broker may not have taken them, or a person has moved them."""
    own = [position for position in alike if _has_stops(intent, position)]
    return own if own or intent.leg is not None else alike


def _alike(intent: Intent, position: MT5Position) -> bool:
    """A position of a program, as the intent wanted it, of its time."""
    return (
        position.magic == 0
        and position.reason == mt5.POSITION_REASON_EXPERT
        and position.symbol == intent.symbol
        and position.side is intent.side
        and position.volume == intent.volume
        and _is_of_its_time(intent, position.opened_at)
    )


def _by_deals_alike(intent: Intent, evidence: Evidence, trades: Sequence[Trade]) -> Finding:
    """Where all have one position, what no other trade of that time can have made of it."""
    deals = [d for d in evidence.deals if d.symbol == intent.symbol and _is_of_its_time(intent, d.at)]
    shares = [t for t in trades if t.symbol == intent.symbol and _is_of_its_time(intent, t.opened_at)]
    alike = [
        of_order
        for of_order in unclaimed(shares, deals)
        if all(_is_towards(intent, d) and d.reason == mt5.DEAL_REASON_EXPERT for d in of_order)
        and lots_of(of_order) == intent.volume
    ]
    if len(alike) == 1:
        return _by_deals(intent, evidence, alike[0])
    return Finding(intent) if alike else NOTHING


def _is_of_its_time(intent: Intent, at: datetime) -> bool:
    return intent.sent_at is not None and -_CLOCKS_DIFFER <= at - intent.sent_at <= LOOK_BACK


# Closes


def _look_up_close(intent: Intent, evidence: Evidence) -> Finding:
    if _order_of(intent, evidence.orders) is not None:
        return Finding(intent)
    position = _held(evidence, intent.position)
    since = _reductions(intent, evidence)
    own = [d for d in evidence.deals if d.entry is not DealEntry.IN and names(intent, d.magic, d.comment)]
    deals = own or [d for d in since if _closes_alike(intent, d)]
    if deals or position is None:
        return _closed(intent, deals, whole=position is None)
    # A part that is asked for again, and done late after all, would be closed twice. What is left when
    # somebody has closed the rest meanwhile is no whole.
    return UNDONE if intent.volume >= position.volume and not since else NOTHING


def _closed(intent: Intent, deals: Sequence[MT5Deal], *, whole: bool) -> Finding:
    volume, price = _average(deals) if deals else (Decimal(0), None)
    state = IntentState.FILLED if whole or volume >= intent.volume else IntentState.PARTIAL
    return Finding(replace(intent, state=state, filled_volume=volume, filled_price=price, detail=""))


def _reductions(intent: Intent, evidence: Evidence) -> list[MT5Deal]:
    """Deals that have made the position smaller since the close was sent, and that name nothing of ours."""
    since = (intent.sent_at or intent.created_at) - _CLOCKS_DIFFER
    out = [d for d in evidence.deals if d.entry is not DealEntry.IN and d.position_id == intent.position]
    return [deal for deal in out if deal.at >= since and intent_of(deal.magic, deal.comment) is None]


def _closes_alike(intent: Intent, deal: MT5Deal) -> bool:
    """A program's deal that the broker stripped of its marks, of as much as the intent wanted."""
    return deal.magic == 0 and deal.reason == mt5.DEAL_REASON_EXPERT and deal.volume == intent.volume


def _look_up_close_by(intent: Intent, evidence: Evidence) -> Finding:
    """Both legs' deals have one order; either leg may have been set off against another one before."""
    pair = {intent.position, intent.opposite}
    out = [d for d in evidence.deals if d.entry is not DealEntry.IN and d.position_id in pair]
    legs = {deal.order: {leg.position_id for leg in out if leg.order == deal.order} for deal in out}
    own = next((deal for deal in out if legs[deal.order] == pair), None)
    if own is not None:
        return _done(intent, filled_volume=own.volume)
    gone = pair - {position.identifier for position in evidence.positions}
    if any(deal.position_id in gone for deal in out):
        return _ended(intent, "One of the two positions was closed otherwise.")
    return NOTHING if gone else UNDONE


def _average(deals: Sequence[MT5Deal]) -> tuple[Decimal, Decimal]:
    """Volume and volume-weighted price, to eight decimals."""
    return lots_of(deals), round(price_of(deals), PRICE_DECIMALS)


# Levels


def _look_up_modification(intent: Intent, evidence: Evidence) -> Finding:
    position = _held(evidence, intent.position)
    if position is None:
        return _gone(intent)
    return _done(intent) if _has_stops(intent, position) else UNDONE


def _look_up_change(intent: Intent, evidence: Evidence) -> Finding:
    """An order that was filled meanwhile shows in history what it was when it was filled."""
    order = next((o for o in evidence.orders if o.ticket == intent.position), None)
    if order is not None:
        return _done(intent) if _is_changed(intent, order) else UNDONE
    filled = next((o for o in evidence.history if o.ticket == intent.position), None)
    if filled is None:
        return NOTHING
    done = filled.state not in _ENDED and _is_changed(intent, filled)
    return _done(intent) if done else _gone(intent)


def _is_changed(intent: Intent, order: MT5Order) -> bool:
    return (
        intent.price in (None, order.price_open)
        and _end_of(intent) == order.expires_at
        and _has_stops(intent, order)
    )


def _end_of(intent: Intent) -> datetime | None:
    """To the second, as a broker keeps it. One that took another end is asked again, and changes nothing."""
    end = intent.order_expires_at
    return end and end.replace(microsecond=0)


def _has_stops(intent: Intent, held: MT5Position | MT5Order) -> bool:
    return (held.stop_loss, held.take_profit) == (intent.stop_loss, intent.take_profit)


def _held(evidence: Evidence, identifier: int | None) -> MT5Position | None:
    return next((p for p in evidence.positions if p.identifier == identifier), None)


def _done(intent: Intent, filled_volume: Decimal | None = None) -> Finding:
    return Finding(replace(intent, state=IntentState.FILLED, filled_volume=filled_volume, detail=""))


def _gone(intent: Intent) -> Finding:
    return _ended(intent, "It is gone; there is nothing left to change.")


def _ended(intent: Intent, detail: str) -> Finding:
    return Finding(replace(intent, state=IntentState.EXPIRED, detail=detail))
