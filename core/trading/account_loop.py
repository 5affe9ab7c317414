"""One account's trading: woken by an approval, with a timer as the safety net."""

import math
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field

import structlog

from core.bell import account_bell, guard_bell, sync_bell
from core.desk import Desk
from core.model.accounts import Account
from core.mt5.errors import TerminalError
from core.trading.execution import adopt_abandoned, execute_next
from core.trading.expiry import cancel_overdue, is_overdue
from core.trading.ledger import read_ledger
from core.trading.resolution import Quarantine, resolve

log = structlog.get_logger(__name__)

SYNCED_EVERY_S = 1.0
"""While one order follows the other: a reconciliation after each costs as much as sending it."""

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
        busy = await drain(desk, desk.board.newest(account), pace.quarantine, turn)
        await desk.bell.wait(account_bell(account.id), pace.busy_s if busy else pace.idle_s)


async def drain(desk: Desk, account: Account, quarantine: Quarantine, turn: Turn | None = None) -> bool:
    """Send what waits, look up what is unresolved, end what is over; True when another look is due soon.

    While there is nothing to send or to conclude, a look costs one read, and no write.
    """
    ledger = await read_ledger(desk, account)
    waits = False
    if ledger.is_due(desk.clock.now()):
        waits |= await _tried(account, _send_all(desk, account, turn or nullcontext()))
        ledger = await read_ledger(desk, account)
    if ledger.unresolved:
        waits |= await _tried(account, resolve(desk, account, quarantine, ledger))
    if any(is_overdue(intent, desk.clock.now()) for intent in ledger.unresolved):
        waits |= await _tried(account, cancel_overdue(desk, account))
    return waits or bool(ledger.waiting)


async def _tried(account: Account, step: Awaitable[int]) -> bool:
    """Whether the step leaves something to do: an opening without a price keeps no other from its end."""
    try:
        return await step > 0
    except TerminalError as error:
        log.warning("trading_waits", account=account.label, error=str(error))
        return True


async def _send_all(desk: Desk, account: Account, turn: Turn) -> int:
    """Whatever becomes of the later ones, what was sent is reconciled soon; 0, for what rests is known."""
    synced_s, sent, unsynced = -math.inf, False, False
    try:
        while await _is_sent(desk, account, turn):
            sent = unsynced = True
            if desk.clock.monotonic() - synced_s >= SYNCED_EVERY_S:
                synced_s, unsynced = desk.clock.monotonic(), False
                desk.bell.ring(sync_bell(account.id))
    finally:
        if unsynced:
            desk.bell.ring(sync_bell(account.id))
    if sent:
        desk.bell.ring(guard_bell(account.id))  # who closes everything goes on at once
    return 0


async def _is_sent(desk: Desk, account: Account, turn: Turn) -> bool:
    """One intent is carried out, if any is due: a claim is a write, which is spared where it finds none."""
    if not (await read_ledger(desk, account)).is_due(desk.clock.now()):
        return False
    async with turn:
        return await execute_next(desk, account)
