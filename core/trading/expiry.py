"""What ends with its time: cards without a decision, and pending orders whose signal is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.bell import EXPIRY, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.trades import Intent, IntentKind, IntentState
from core.trading.approving import expire_overdue
from core.trading.closing import CLOSE_WITHIN
from core.trading.intents import Intentions

LONGEST_WAIT_S = 30.0
SHORTEST_PATIENCE = timedelta(minutes=5)


async def expire(desk: Desk) -> None:
    """Expire approvals until cancelled; a ring tells of new ones."""
    while True:
        await expire_overdue(desk)
        async with desk.store.read() as tx:
            due = await tx.approvals.next_expiry()
        wait_s = LONGEST_WAIT_S if due is None else (due - desk.clock.now()).total_seconds()
        await desk.bell.wait(EXPIRY, min(max(wait_s, 0.0), LONGEST_WAIT_S))


async def cancel_overdue(desk: Desk, account: Account) -> int:
    """Queue cancelling the account's pending orders that outlived their signal; returns how many.

    A broker ends most of them itself; not every symbol takes an order with an end, and one may be set to a
    later end by hand. While cancelling fails (the market is closed at week-ends) it is asked for again after
    five minutes, then ten, twenty and so on.
    """
    now = desk.clock.now()
    async with desk.store.read() as tx:
        if not any(is_overdue(intent, now) for intent in await tx.intents.unresolved(account.id)):
            return 0
    async with desk.store.write() as tx:
        unresolved = await tx.intents.unresolved(account.id)
        busy = [*unresolved, *await tx.intents.waiting(account.id)]
        cancelled = {intent.position for intent in busy if intent.kind is IntentKind.CANCEL}
        overdue = [i for i in unresolved if is_overdue(i, now) and i.position not in cancelled]
        for opening in overdue:
            await tx.intents.add(Intentions(account.id, now, CLOSE_WITHIN).cancel_of(opening))
            await tx.intents.settle(_later(opening, now), desk.epoch, IntentState.PLACED)
    if overdue:
        desk.bell.ring(account_bell(account.id))
    return len(overdue)


def is_overdue(intent: Intent, now: datetime) -> bool:
    """Whether it is a placed order past its end, and not one that was asked for lately."""
    ends, rests = intent.order_expires_at, intent.not_before
    is_over = intent.state is IntentState.PLACED and ends is not None and ends <= now
    return is_over and (rests is None or rests <= now)


def _later(opening: Intent, now: datetime) -> Intent:
    """When to look at it again."""
    late = now - (opening.order_expires_at or now)
    return replace(opening, not_before=now + max(late, SHORTEST_PATIENCE))
