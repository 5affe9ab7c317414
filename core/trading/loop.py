"""The trading loop: one task per account, woken by an approval, with a timer as the safety net."""

from dataclasses import dataclass, field
from functools import partial

import structlog

from core.bell import account_bell, sync_bell
from core.desk import Desk
from core.model.accounts import Account
from core.mt5.errors import TerminalError
from core.trading.execution import adopt_abandoned, execute_next
from core.trading.expiry import cancel_overdue
from core.trading.resolution import Quarantine, resolve

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks without a ring: idle, and while something is unresolved or unavailable."""

    idle_s: float = 5.0
    busy_s: float = 1.0
    quarantine: Quarantine = field(default_factory=Quarantine)


async def trade(desk: Desk, account: Account, pace: Pace) -> None:
    """Carry out the account's intents until cancelled."""
    await adopt_abandoned(desk, account)
    while True:
        busy = await drain(desk, account, pace.quarantine)
        await desk.bell.wait(account_bell(account.id), pace.busy_s if busy else pace.idle_s)


async def drain(desk: Desk, account: Account, quarantine: Quarantine) -> bool:
    """Send what waits, look up what is unresolved, end what is over; True when another look is due soon."""
    waits = False
    sending, resolving = partial(_send_all, desk, account), partial(_resolve, desk, account, quarantine)
    for step in (sending, resolving, partial(_cancel_overdue, desk, account)):
        try:
            waits |= await step()
        except TerminalError as error:  # of one step: an opening without a price keeps no other from its end
            log.warning("trading_waits", account=account.label, error=str(error))
            waits = True
    return waits


async def _send_all(desk: Desk, account: Account) -> bool:
    """Whatever becomes of the later ones, what was sent is reconciled at once; True when some rest."""
    while await execute_next(desk, account):
        desk.bell.ring(sync_bell(account.id))
    async with desk.store.read() as tx:
        return len(await tx.intents.waiting(account.id)) > 0


async def _cancel_overdue(desk: Desk, account: Account) -> bool:
    return await cancel_overdue(desk, account) > 0


async def _resolve(desk: Desk, account: Account, quarantine: Quarantine) -> bool:
    return await resolve(desk, account, quarantine) > 0
