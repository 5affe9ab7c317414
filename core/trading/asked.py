"""Whose wish an order is: the trail names the person who asked for it, else a liquidation wants it."""

from dataclasses import replace
from datetime import datetime

from core.model.events import Event
from core.model.people import Person
from core.model.risk import LiquidationState
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Tx

ENDS = (IntentKind.CLOSE, IntentKind.CANCEL)
_NAME = "order.asked"


async def note_asked(tx: Tx, wish: Intent, person: Person, trace: str) -> None:
    """Once for an order, by whoever asked first."""
    if await was_asked(tx, wish):
        return
    facts = {
        "kind": str(wish.kind),
        "symbol": wish.symbol,
        "volume": str(wish.volume),
        "position": str(wish.position),
        "price": str(wish.price or ""),
        "stop_loss": str(wish.stop_loss or ""),
        "take_profit": str(wish.take_profit or ""),
    }
    event = Event(_NAME, wish.created_at, str(wish.id), {**facts}, wish.account_id, person.id, trace)
    await tx.events.append(event)


async def was_asked(tx: Tx, intent: Intent) -> bool:
    """Whether a person wants this order, not the desk alone."""
    return await tx.events.happened(_NAME, str(intent.id))


async def hand_on(tx: Tx, part: Intent, rest: Intent) -> None:
    """What is left of an order is wanted by whoever wanted the whole."""
    asked = await tx.events.last(_NAME, str(part.id))
    if asked is not None:
        data = asked.data | {"volume": str(rest.volume), "rest_of": str(part.id)}
        await tx.events.append(replace(asked, subject=str(rest.id), at=rest.created_at, data=data))
    request = await tx.requests.of_intent(part.id)
    if request is not None:
        await tx.requests.advance(replace(request, intent_id=rest.id), request.state)


async def liquidation_state(tx: Tx, intent: Intent) -> LiquidationState | None:
    """How the liquidation stands that an order closes or cancels for; None when a person wants it, too."""
    if intent.kind not in ENDS or await was_asked(tx, intent):
        return None
    running = await tx.liquidations.running_of(intent.account_id)
    return running.state if running is not None else None


def held_back(intent: Intent, now: datetime) -> Intent:
    """An order of a liquidation that its owner holds: nothing was sent."""
    detail = "The owner holds the closing."
    return replace(intent, state=IntentState.EXPIRED, settled_at=now, detail=detail)
