"""Roles given and taken, people blocked and let in again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.alerts import alert_people, owners
from core.bell import MENUS, OUTBOX
from core.desk import Desk
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import Event, Json, Priority
from core.model.ids import PersonId
from core.model.people import Person, Right, Role
from core.model.texts import likeness, one_line
from core.ports import Tx
from core.trading.standing import end
from core.trading.withdrawing import NO_TRADER, decidable_by, withdraw_cards

Roles = frozenset[Role]


def may_act_on(by: Person, person: Person) -> bool:
    """Whether all roles of the person are such as `by` may give and take."""
    return bool(by.gives) and person.roles <= by.gives


async def find_person(desk: Desk, name: str) -> Person:
    """By name, the beginning of one, or Telegram id. Raises NotFound for nobody, Refused for several."""
    async with desk.store.read() as tx:
        people = [each for each in await tx.people.all() if each.roles or each.is_blocked]
    found = _meant(one_line(name), people)
    if not found:
        raise NotFound(f"Nobody here is called {name[:32]}. /users lists everybody.")
    if len(found) > 1:
        several = ", ".join(f"{each.name} ({each.telegram_id})" for each in found[:8])
        raise Refused(f"Several are meant by that: {several}. Write the number instead of the name.")
    return found[0]


def _meant(name: str, people: Sequence[Person]) -> Sequence[Person]:
    """The number before any name, since it is what tells people of one name apart; else whoever may be taken
    for that name, so that nobody answers in the place of somebody else."""
    wanted = likeness(name)
    numbered = [each for each in people if str(each.telegram_id) == name]
    alike = numbered or [each for each in people if likeness(each.name) == wanted]
    return alike or [each for each in people if wanted and likeness(each.name).startswith(wanted)]


async def check_change(tx: Tx, by: Person, person: Person, after: Roles) -> None:
    """Whether `by` may give the person exactly these roles now. Raises NotAllowed, Refused."""
    if not person.roles | after <= by.gives:
        raise NotAllowed("That is for an owner: admins act on traders and viewers only.")
    if not after:
        raise Refused("Nobody is without a role. To shut somebody out, use /block.")
    if after == person.roles:
        raise Refused(f"{person.name} has exactly these roles already.")
    if Role.OWNER not in after:
        await _check_not_last_owner(tx, person)


async def give_roles(desk: Desk, by: Person, who: PersonId, before: Roles, after: Roles) -> Person:
    """Change the roles from what the question showed. Raises Stale when they have changed since."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        person = await _known(tx, who)
        if person.roles != before:
            raise Stale(f"The roles of {person.name} have changed meanwhile.")
        await check_change(tx, by, person, after)
        changed = replace(person, roles=after)
        await tx.people.put(changed)
        facts: Json = {"before": _listed(before), "after": _listed(after)}
        await tx.events.append(Event("person.roles", now, str(who), facts, person_id=by.id))
        if not changed.may(Right.DECIDE):
            await stop_trading(desk, tx, now, person, f"{by.name} took the role of a trader.")
        told: Json = {"name": person.name, "roles": _listed(after), "by": by.name}
        await alert_people(tx, now, {who, *await owners(tx)} - {by.id}, "person_roles", told, Priority.NOTICE)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)
    return changed


async def check_block(tx: Tx, by: Person, person: Person) -> None:
    """Whether `by` may block the person now. Raises NotAllowed, Refused, Stale."""
    if person.id == by.id:
        raise Refused("You cannot block yourself.")
    if not may_act_on(by, person):
        raise NotAllowed("That is for an owner: admins act on traders and viewers only.")
    if person.is_blocked:
        raise Stale(f"{person.name} is blocked already.")
    await _check_not_last_owner(tx, person)


async def block(desk: Desk, by: Person, who: PersonId) -> Person:
    """Shut a person out: their cards are withdrawn, their open trades stay and are guarded."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        person = await _known(tx, who)
        await check_block(tx, by, person)
        await stop_trading(desk, tx, now, person, f"{by.name} blocked {person.name}.")
        await tx.people.block(who, now)
        await _note(tx, now, by, person, "person.blocked", "person_blocked")
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)
    return replace(person, blocked_at=now)


async def unblock(desk: Desk, by: Person, who: PersonId) -> Person:
    """Let a blocked person in again, with the roles they had. Raises NotAllowed, Stale."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        person = await _known(tx, who)
        if not may_act_on(by, person):
            raise NotAllowed("That is for an owner: admins act on traders and viewers only.")
        if not person.is_blocked:
            raise Stale(f"{person.name} is not blocked.")
        await tx.people.block(who, None)
        await _note(tx, now, by, person, "person.unblocked", "person_unblocked")
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)
    return replace(person, blocked_at=None)


async def _note(tx: Tx, now: datetime, by: Person, person: Person, event: str, alert: str) -> None:
    await tx.events.append(Event(event, now, str(person.id), person_id=by.id))
    told: Json = {"name": person.name, "by": by.name}
    await alert_people(tx, now, await owners(tx) - {by.id}, alert, told, Priority.NOTICE)


async def _known(tx: Tx, who: PersonId) -> Person:
    person = await tx.people.get(who)
    if person is None:
        raise NotFound("This person is not known here any more.")
    return person


async def _check_not_last_owner(tx: Tx, person: Person) -> None:
    """Somebody has to be able to undo everything."""
    if await is_last_owner(tx, person):
        raise Refused(f"{person.name} is the last owner, and a desk needs one.")


async def is_last_owner(tx: Tx, person: Person) -> bool:
    return await owners(tx) == {person.id}


async def stop_trading(desk: Desk, tx: Tx, now: datetime, person: Person, because: str) -> None:
    """No card waits for them any more, no order of theirs to be sent, and nothing approves in their place.

    What is open stays guarded.
    """
    await withdraw_cards(tx, await decidable_by(tx, person.id), now, NO_TRADER)
    for standing in await tx.standing.of_person(person.id):
        await end(desk, tx, standing, because, told=False)


def _listed(roles: Roles) -> list[str]:
    return [str(role) for role in Role if role in roles]
