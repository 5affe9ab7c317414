"""Forgetting a person: their data handed to them, then erased; decisions and trades stay with a pseudonym."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.accounts.paper import remove_homes
from core.accounts.staying import what_keeps
from core.alerts import alert_people, owners
from core.alerts.routing import hand_on_routes
from core.bell import ACCOUNTS, OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Refused
from core.model.events import Event, Json, Priority
from core.model.ids import AccountId
from core.model.people import Person
from core.model.risk import LockKind, Place
from core.people.roles import is_last_owner, stop_trading
from core.ports import Tx
from core.trading.closing import Exposure, exposure

STOPPED_FOR = timedelta(minutes=10)
"""For so long nothing new begins on the accounts of who is being forgotten; a desk that dies meanwhile leaves
a pause that ends by itself."""

HandOver = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Why a person cannot be forgotten now: each fact that holds.

    `under_way` are orders that are not finished, and what the books do not know to be closed yet.
    `liquidating` are accounts that are being closed, or whose closing an owner holds; `locked` those that the
    guard or the desk has locked: nobody is forgotten to escape a lock.
    """

    last_owner: bool
    of_desk_file: bool
    exposure: Exposure
    under_way: int
    liquidating: Sequence[Account] = ()
    locked: Sequence[Account] = ()

    def __bool__(self) -> bool:
        of_accounts = self.under_way or self.liquidating or self.locked or not self.exposure.is_flat
        return bool(self.last_owner or self.of_desk_file or of_accounts)


class NotNow(Refused):
    """Raised with what is in the way; nobody was forgotten, and everything is as it was."""

    def __init__(self, found: InTheWay) -> None:
        super().__init__("Something is open or in the way by now. Send /forget again.")
        self.found = found


async def in_the_way(desk: Desk, person: Person) -> InTheWay:
    """Read at the terminals now: an account that cannot be read is not flat."""
    open_now = await exposure(desk, person)
    async with desk.store.read() as tx:
        return await _judge(desk, tx, person, open_now)


async def forget(desk: Desk, person: Person, hand_over: HandOver, paper: Path) -> None:
    """Erase the person, once `hand_over` has brought them their data. Raises NotNow.

    Nothing new begins on their accounts while it is looked whether something is in the way, and that is asked
    again in the transaction that erases. `paper` is where paper accounts have their folders.
    """
    async with _stopped(desk, person) as accounts:
        open_now = await exposure(desk, person)
        async with desk.store.read() as tx:
            _check(await _judge(desk, tx, person, open_now))
        await hand_over(await _exported(desk, person))
        homes = await _erase(desk, person, open_now, accounts)
    desk.bell.ring(ACCOUNTS)
    desk.bell.ring(OUTBOX)
    for account in accounts:
        await desk.terminals.close(account)
    await remove_homes(homes, paper)


async def _exported(desk: Desk, person: Person) -> bytes:
    """All that the desk holds of the person and their accounts, as JSON; no passwords."""
    async with desk.store.read() as tx:
        rows = await tx.forgetting.exported(person)
    return json.dumps(rows, default=str, ensure_ascii=False, indent=1).encode()


@asynccontextmanager
async def _stopped(desk: Desk, person: Person) -> AsyncIterator[Sequence[AccountId]]:
    """With a pause of each account of theirs; where the block fails, those that were set here are lifted."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        accounts = await tx.accounts.of_person(person.id)
        paused = [account.id for account in accounts if await _pause(desk, tx, person, account)]
    try:
        yield [account.id for account in accounts]
    except BaseException:
        async with desk.store.write() as tx:
            for account in paused:
                await tx.locks.release(LockKind.OWN, Place(account), now, person.id)
        raise


async def _pause(desk: Desk, tx: Tx, person: Person, account: Account) -> bool:
    """False when its trader has paused it before: that stays."""
    now, reason = desk.clock.now(), f"{account.label} is paused by {person.name}."
    return await tx.locks.set(
        LockKind.OWN, Place(account.id), reason, now, person.id, until=now + STOPPED_FOR
    )


async def _judge(desk: Desk, tx: Tx, person: Person, open_now: Exposure) -> InTheWay:
    """By the books in this transaction, and by what the terminals have told."""
    accounts = await tx.accounts.of_person(person.id)
    keeps = [(account, await what_keeps(tx, account.id, desk.clock.now())) for account in accounts]
    booked = sum(each.positions for _, each in keeps) - len(open_now.positions)
    pending = sum(each.pending for _, each in keeps) - open_now.orders
    known = await tx.people.get(person.id) or person
    return InTheWay(
        await is_last_owner(tx, known),
        known.of_desk_file or any(account.of_desk_file for account in accounts),
        open_now,
        sum(each.under_way for _, each in keeps) + max(booked, 0) + max(pending, 0),
        [account for account, each in keeps if each.liquidating],
        [account for account, each in keeps if each.locked and not each.liquidating],
    )


def _check(found: InTheWay) -> None:
    if found:
        raise NotNow(found)


async def _erase(
    desk: Desk, person: Person, open_now: Exposure, looked_at: Sequence[AccountId]
) -> Sequence[str]:
    """In one transaction, which asks the books once more; the folders of the accounts' terminals."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await _judge(desk, tx, person, open_now)
        accounts = [account.id for account in await tx.accounts.of_person(person.id)]
        if found or accounts != list(looked_at):  # one that was linked meanwhile has not been looked at
            raise NotNow(found)
        await stop_trading(desk, tx, now, person, "Its trader is gone.")
        for account in accounts:
            await tx.locks.release(LockKind.OWN, Place(account), now, person.id)
            await tx.accounts.retire(account, now)
        homes = await tx.forgetting.homes(person.id)
        pseudonym = await tx.forgetting.pseudonym(person)
        await hand_on_routes(desk, tx, person, pseudonym.name)
        await tx.forgetting.erase(person, pseudonym)
        await tx.events.append(Event("person.forgotten", now, str(pseudonym.id)))
        told: Json = {"name": pseudonym.name}
        await alert_people(tx, now, await owners(tx), "person_forgotten", told, Priority.NOTICE)
    return homes
