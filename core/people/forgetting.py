"""Forgetting a person: their data handed to them, then erased; decisions and trades stay with a pseudonym."""

import json
from dataclasses import dataclass

from core.alerts import alert_people, owners
from core.bell import ACCOUNTS, OUTBOX
from core.desk import Desk
from core.model.errors import Refused
from core.model.events import Event, Json, Priority
from core.model.forgetting import Pseudonym
from core.model.people import Person
from core.people.roles import is_last_owner, stop_trading
from core.trading.closing import Exposure, exposure

_AT_ONCE = 200
_PASSES = 3
"""How often texts are searched: what was written while one search ran is found by the next."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Why a person cannot be forgotten now: each fact that holds.

    `under_way` are orders that are not finished, and trades that the books do not know to be closed yet.
    """

    last_owner: bool
    of_desk_file: bool
    exposure: Exposure
    under_way: int

    def __bool__(self) -> bool:
        return self.last_owner or self.of_desk_file or bool(self.under_way) or not self.exposure.is_flat


async def in_the_way(desk: Desk, person: Person) -> InTheWay:
    """Read at the terminals now: an account that cannot be read is not flat."""
    open_now = await exposure(desk, person)
    async with desk.store.read() as tx:
        accounts = await tx.accounts.of_person(person.id)
        on_their_way = sum([len(await tx.intents.unfinished(account.id)) for account in accounts])
        booked = sum([len(await tx.trades.open_of(account.id)) for account in accounts])
        known = await tx.people.get(person.id) or person
        last = await is_last_owner(tx, known)
    unsettled = on_their_way + max(booked - len(open_now.positions), 0)
    return InTheWay(last, known.of_desk_file, open_now, unsettled)


async def export(desk: Desk, person: Person) -> bytes:
    """All that the desk holds of the person and their accounts, as JSON; no passwords."""
    async with desk.store.read() as tx:
        rows = await tx.forgetting.exported(person)
    return json.dumps(rows, default=str, ensure_ascii=False, indent=1).encode()


async def _blot(desk: Desk, pseudonym: Pseudonym) -> None:
    """Until nothing names the person."""
    for _ in range(_PASSES):
        async with desk.store.read() as tx:
            traces = await tx.forgetting.traces(pseudonym)
        for begin in range(0, len(traces), _AT_ONCE):
            async with desk.store.write() as tx:
                await tx.forgetting.blot(pseudonym, traces[begin : begin + _AT_ONCE])
        if not traces:
            return


async def forget(desk: Desk, person: Person) -> None:
    """Erase the person. Raises Refused while something is in the way.

    Texts are searched before and after: reading all of them is no work for a transaction that others wait
    for. A desk that dies in between has a person who can ask again.
    """
    if await in_the_way(desk, person):
        raise Refused("Something is open or in the way by now. Send /forget again.")
    async with desk.store.read() as tx:
        pseudonym = await tx.forgetting.named_by(person)
    await _blot(desk, pseudonym)
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await stop_trading(desk, tx, now, person, "Its trader is gone.")
        for account in await tx.accounts.of_person(person.id):
            await tx.accounts.retire(account.id, now)
        await tx.forgetting.erase(person, pseudonym)
        await tx.events.append(Event("person.forgotten", now, str(pseudonym.id)))
        told: Json = {"name": pseudonym.name}
        await alert_people(tx, now, await owners(tx) - {person.id}, "person_forgotten", told, Priority.NOTICE)
    await _blot(desk, pseudonym)
    desk.bell.ring(ACCOUNTS)
    desk.bell.ring(OUTBOX)
