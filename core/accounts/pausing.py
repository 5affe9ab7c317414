"""A trader's own pause of an account: no new trades there until they want them again."""

from core.accounts.owned import own_account
from core.alerts import alert_owners
from core.bell import OUTBOX
from core.desk import Desk
from core.model.errors import Conflict
from core.model.events import Event, Priority
from core.model.ids import AccountId
from core.model.people import Person
from core.model.risk import LockKind, Place


async def pause_own(desk: Desk, person: Person, account_id: AccountId) -> None:
    """Raises NotAllowed, NotFound, or Conflict when it is paused already. What is open stays open."""
    await _set(desk, person, account_id, paused=True)


async def resume_own(desk: Desk, person: Person, account_id: AccountId) -> None:
    """Raises NotAllowed, NotFound, or Conflict when the trader has not paused it."""
    await _set(desk, person, account_id, paused=False)


async def _set(desk: Desk, person: Person, account_id: AccountId, *, paused: bool) -> None:
    now, place = desk.clock.now(), Place(account_id)
    verb = "paused" if paused else "resumed"
    async with desk.store.write() as tx:
        account = await own_account(tx, person, account_id)
        text = f"{account.label} is {verb} by {person.name}."
        if paused:
            changed = await tx.locks.set(LockKind.OWN, place, text, now, person.id)
        else:
            changed = bool(await tx.locks.release(LockKind.OWN, place, now, person.id))
        if not changed:
            raise Conflict(f"{account.label} is {'paused already' if paused else 'not paused'}.")
        event = Event(f"account.{verb}", now, place.key, {"text": text}, account.id, person.id)
        await tx.events.append(event)
        told = {"account": account.label, "text": text}
        await alert_owners(tx, now, f"account_{verb}", {**told}, Priority.NOTICE)
    desk.bell.ring(OUTBOX)
