"""Marks written down and told: one message for all that begin in a look, a quiet one for all that end."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.alerts import alert_desk_and_trader
from core.health.spoken import spoken
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.policies import MarketAction
from core.model.risk import Mark
from core.ports import Tx


async def begin(tx: Tx, account: Account, wanted: Sequence[Mark]) -> list[Mark]:
    """Write the marks down and tell of them; those that begin with it. `ALERT` is all that is done yet."""
    begun = [mark for each in wanted if (mark := await tx.marks.begin(each)) is not None]
    for mark in begun:
        await tx.events.append(event_of("market.marked", account, mark, mark.began_at, mark.reason))
    if begun:
        facts: Json = {
            "reasons": [mark.reason for mark in begun],
            "plan": [_PLANS[action] for action in sorted({planned(account, mark) for mark in begun})],
            "open": [f"{mark.symbol}: {len(mark.positions)}" for mark in begun],
        }
        urgent = any(planned(account, mark) is not MarketAction.ALERT for mark in begun)
        priority = Priority.CRITICAL if urgent else Priority.NOTICE
        await alert_desk_and_trader(tx, begun[0].began_at, account, "market_marked", facts, priority)
    return begun


_PLANS = {
    MarketAction.ALERT: "The desk only tells; nothing is changed.",
    MarketAction.BREAK_EVEN: "Stops of positions in profit move to break-even where the broker allows it.",
    MarketAction.CLOSE: "The positions are being closed.",
}


def planned(account: Account, mark: Mark) -> MarketAction:
    """What the account's policy has done about a mark."""
    return account.policy.market.action_for(mark.danger)


async def end(tx: Tx, account: Account, over: Collection[Mark], at: datetime) -> None:
    """End the marks and tell it quietly."""
    for mark in over:
        await tx.marks.end(mark.id, at)
        await tx.events.append(event_of("market.ended", account, mark, at, _over(mark, at)))
    facts: Json = {"reasons": [_over(mark, at) for mark in over]}
    await alert_desk_and_trader(tx, at, account, "market_ended", facts, Priority.DIGEST)


def _over(mark: Mark, at: datetime) -> str:
    return f"{mark.symbol}: {mark.danger}, after {spoken(at - mark.began_at)}"


def event_of(name: str, account: Account, mark: Mark, at: datetime, reason: str) -> Event:
    """An event of a mark."""
    facts: Json = {
        "symbol": mark.symbol,
        "danger": mark.danger,
        "action": mark.action,
        "reason": reason,
        "positions": [str(position) for position in mark.positions],
    }
    return Event(name, at, str(mark.id), facts, account.id, account.person_id, mark.trace)
