"""Locks by people: pausing the whole desk, and an owner's release of a locked account."""

from dataclasses import replace

from core.alerts import alert_owners, refresh_liquidation
from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Conflict, NotAllowed, NotFound
from core.model.events import Event, Priority
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.model.risk import DESK, LiquidationState, LockKind, Place
from core.ports import Tx
from core.risk.drawdown import rebase


async def pause(desk: Desk, person: Person, reason: str) -> None:
    """No new trades on any account. Raises NotAllowed, or Conflict when the desk is paused already."""
    _require(person, Right.PAUSE)
    now = desk.clock.now()
    why = " ".join(reason.split())
    text = f"The desk is paused by {person.name}" + (f": {why}" if why else ".")
    async with desk.store.write() as tx:
        if not await tx.locks.set(LockKind.PAUSE, DESK, text, now, person.id):
            raise Conflict("The desk is paused already.")
        await _note(desk, tx, "desk.paused", person, text)
    desk.bell.ring(OUTBOX)


async def resume(desk: Desk, person: Person) -> None:
    """End the pause. Raises NotAllowed, or Conflict when the desk is not paused."""
    _require(person, Right.PAUSE)
    async with desk.store.write() as tx:
        if not await tx.locks.release(LockKind.PAUSE, DESK, desk.clock.now(), person.id):
            raise Conflict("The desk is not paused.")
        await _note(desk, tx, "desk.resumed", person, f"The desk is resumed by {person.name}.")
    desk.bell.ring(OUTBOX)


async def unlock(desk: Desk, person: Person, account: AccountId) -> None:
    """Release an account that the drawdown guard locked; its peak starts again from the present equity.

    Raises NotAllowed, NotFound, or Conflict when it is not locked or its liquidation still runs.
    """
    _require(person, Right.UNLOCK)
    async with desk.store.write() as tx:
        found = await tx.accounts.get(account)
        if found is None:
            raise NotFound("This account is not known here.")
        await _end_held(desk, tx, found)
        if not await tx.locks.release(LockKind.DRAWDOWN, Place(account), desk.clock.now(), person.id):
            raise Conflict(f"{found.label} is not locked.")
        state = await tx.drawdowns.get(account)
        if state is not None:
            await tx.drawdowns.save(rebase(state))
        await _note(
            desk, tx, "account.unlocked", person, f"{found.label} is unlocked by {person.name}.", found
        )
    desk.bell.ring(OUTBOX)


async def _end_held(desk: Desk, tx: Tx, account: Account) -> None:
    current = await tx.liquidations.running_of(account.id)
    if current is None:
        return
    if current.state is not LiquidationState.HELD:
        raise Conflict(f"{account.label} is being closed; it can be unlocked when it is flat.")
    over = replace(current, state=LiquidationState.RELEASED, finished_at=desk.clock.now())
    await tx.liquidations.advance(over, LiquidationState.HELD)
    await refresh_liquidation(tx, desk.clock.now(), account, current.id)


async def _note(
    desk: Desk, tx: Tx, name: str, person: Person, text: str, account: Account | None = None
) -> None:
    now = desk.clock.now()
    account_id = account.id if account else None
    await tx.events.append(Event(name, now, name, {"text": text}, account_id, person.id))
    await alert_owners(tx, now, name.replace(".", "_"), {"text": text}, Priority.NOTICE)


def _require(person: Person, right: Right) -> None:
    if not person.may(right):
        raise NotAllowed("Your role does not permit this.")
