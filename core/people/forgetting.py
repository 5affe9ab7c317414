"""Forgetting a person: their data handed to them, then erased; decisions and trades stay with a pseudonym."""

import json
from dataclasses import dataclass

from core.bell import ACCOUNTS
from core.desk import Desk
from core.health.stake import stake_of
from core.model.errors import Refused
from core.model.events import Event
from core.model.forgetting import Pseudonym
from core.model.people import Person
from core.people.roles import is_last_owner
from core.trading.closing import Exposure, exposure

_AT_ONCE = 200
_PASSES = 3
"""How often texts are searched: what was written while one search ran is found by the next."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Why a person cannot be forgotten now: each fact that holds."""

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
        stakes = [await stake_of(tx, account.id) for account in await tx.accounts.of_person(person.id)]
        known = await tx.people.get(person.id) or person
        last = await is_last_owner(tx, known)
    return InTheWay(last, known.of_desk_file, open_now, sum(stake.under_way for stake in stakes))


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
        for account in await tx.accounts.of_person(person.id):
            await tx.accounts.retire(account.id, now)
        await tx.forgetting.erase(person, pseudonym)
        await tx.events.append(Event("person.forgotten", now, str(pseudonym.id)))
    await _blot(desk, pseudonym)
    desk.bell.ring(ACCOUNTS)
