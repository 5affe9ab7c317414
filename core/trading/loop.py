"""One account's trading: woken by an approval, with a timer as the safety net."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial

import structlog

from core.bell import account_bell, guard_bell, sync_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.trades import IntentState
from core.mt5.errors import TerminalError
from core.trading.execution import adopt_abandoned, execute_next
from core.trading.expiry import cancel_overdue
from core.trading.resolution import Quarantine, resolve

log = structlog.get_logger(__name__)

Turn = AbstractAsyncContextManager[object]
"""Held from the claim of an intent until it is settled."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks without a ring: idle, and while something is unresolved or unavailable."""

    idle_s: float = 5.0
    busy_s: float = 1.0
    quarantine: Quarantine = field(default_factory=Quarantine)


async def trade(desk: Desk, account: Account, pace: Pace, turn: Turn | None = None) -> None:
    """Carry out the account's intents until cancelled."""
    await adopt_abandoned(desk, account)
    while True:
        busy = await drain(desk, account, pace.quarantine, turn)
        await desk.bell.wait(account_bell(account.id), pace.busy_s if busy else pace.idle_s)


async def drain(desk: Desk, account: Account, quarantine: Quarantine, turn: Turn | None = None) -> bool:
    """Send what waits, look up what is unresolved, end what is over; True when another look is due soon.

    An account without anything on its way costs one read, and no write.
    """
    async with desk.store.read() as tx:
        if not await tx.intents.unfinished(account.id):
            return False
    waits = False
    sending = partial(_send_all, desk, account, turn or nullcontext())
    resolving = partial(_resolve, desk, account, quarantine)
    for step in (sending, resolving, partial(_cancel_overdue, desk, account)):
        try:
            waits |= await step()
        except TerminalError as error:  # of one step: an opening without a price keeps no other from its end
            log.warning("trading_waits", account=account.label, error=str(error))
            waits = True
    return waits


async def _send_all(desk: Desk, account: Account, turn: Turn) -> bool:
    """Whatever becomes of the later ones, what was sent is reconciled at once; True when some rest."""
    worked = False
    while await _is_due(desk, account):
        async with turn:
            sent = await execute_next(desk, account)
        if not sent:
            break
        worked = True
        desk.bell.ring(sync_bell(account.id))
    if worked:
        desk.bell.ring(guard_bell(account.id))  # who closes everything goes on at once
    async with desk.store.read() as tx:
        return len(await tx.intents.waiting(account.id)) > 0


async def _is_due(desk: Desk, account: Account) -> bool:
    """Whether there is anything to claim: a claim is a write, and an order may wait for weeks."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        waiting = await tx.intents.waiting(account.id)
    return any(i.state is IntentState.NEW and (i.not_before is None or i.not_before <= now) for i in waiting)


async def _cancel_overdue(desk: Desk, account: Account) -> bool:
    return await cancel_overdue(desk, account) > 0


async def _resolve(desk: Desk, account: Account, quarantine: Quarantine) -> bool:
    return await resolve(desk, account, quarantine) > 0
