"""Whose wish an order is: the trail names the person who asked for it."""

from core.model.events import Event
from core.model.people import Person
from core.model.trades import Intent
from core.ports import Tx

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
