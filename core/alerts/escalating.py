"""Critical alerts go from person to person until somebody has them in hand, or they end by themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from core.alerts.audience import may_read
from core.alerts.ending import is_over
from core.alerts.refreshing import instead
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import Escalation
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.events import Event, Json, Notice, NoticeKind, Priority
from core.model.ids import PersonId
from core.model.people import Person, Role
from core.ports import Tx

log = structlog.get_logger(__name__)

ABOUT = ("part", "account", "order", "mark")
"""The facts that tell one alert of a name from another."""


async def begin(tx: Tx, at: datetime, told: Sequence[PersonId], name: str, data: Json) -> int:
    """Have it escalate; the number of the one that lasts about the same, if there is one."""
    about = " ".join(str(data[fact]) for fact in ABOUT if data.get(fact))
    fresh = Escalation(0, name, about, data, at, at, tuple(told))
    number = await tx.escalations.begin(fresh)
    if number is not None:
        return number
    lasting = await tx.escalations.lasting()
    return next(each.id for each in lasting if (each.name, each.about) == (name, about))


async def acknowledge(desk: Desk, number: int, person: Person) -> None:
    """`person` has it in hand: nobody else is told. Raises NotFound, NotAllowed for who was not told of it
    or may not read it any more, Stale when somebody was first or it is over."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await tx.escalations.get(number)
        if found is None:
            raise NotFound("This alert is not known here.")
        if person.id not in found.told or not await may_read(tx, person, found.name, found.data):
            raise NotAllowed("This alert was not sent to you.")
        if not await tx.escalations.acknowledge(number, person.id, now):
            raise Stale(await _why_late(tx, found))
        await _note(tx, "acknowledged", found, now, person)
        await _refresh(tx, found, now)
    desk.bell.ring(OUTBOX)


async def _why_late(tx: Tx, found: Escalation) -> str:
    if found.acknowledged_at is None:
        return "It is over by itself."
    first = await tx.people.get(found.acknowledged_by) if found.acknowledged_by else None
    return f"{first.name if first else 'Somebody'} has it in hand already."


async def look_after(desk: Desk, number: int, after_s: float) -> None:
    """End it when it is over by itself; else tell the next person, `after_s` after the one before."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await tx.escalations.get(number)
        if found is None or not found.lasts:
            return
        if await is_over(desk, tx, found):
            await tx.escalations.over(found.id, now)
            await _note(tx, "over", found, now)
            await _refresh(tx, found, now)
        elif (now - found.told_at).total_seconds() >= after_s:
            await _step(tx, found, now)
    desk.bell.ring(OUTBOX)


async def _step(tx: Tx, found: Escalation, now: datetime) -> None:
    """Tell who was told least, in the order of the chain, by a message that rings."""
    chain = await _chain(tx)
    if not chain:
        log.error("nobody_to_escalate_to", alert=found.name, escalation=found.id)
        return
    times = Counter(found.told)
    person = min(chain, key=lambda each: times[each])
    after = replace(found, told=(*found.told, person), told_at=now)
    if await tx.escalations.step(after, found):
        await _note(tx, "escalated", after, now)
        await _refresh(tx, after, now, anew=person)


async def _chain(tx: Tx) -> list[PersonId]:
    """Who can be reached: owners by name, then admins."""
    people = [*await tx.people.with_role(Role.OWNER), *await tx.people.with_role(Role.ADMIN)]
    return list(dict.fromkeys(each.id for each in people if each.reachable and each.chat_id is not None))


async def _refresh(tx: Tx, found: Escalation, now: datetime, anew: PersonId | None = None) -> None:
    """Have everyone's message show the newest state; the one of `anew` by a new message. Who was forgotten
    meanwhile has none."""
    kind, subject = NoticeKind.ESCALATION, str(found.id)
    for person in dict.fromkeys(found.told):
        if await tx.people.get(person) is None:
            continue
        rings = person == anew
        data = await instead(tx, kind, subject, person) if rings else {}
        priority = Priority.CRITICAL if rings else Priority.NOTICE
        await tx.outbox.put([Notice(person, kind, subject, priority, data)], now)


async def _note(tx: Tx, what: str, found: Escalation, now: datetime, person: Person | None = None) -> None:
    by = person.id if person else found.told[-1] if what == "escalated" else None
    data: Json = {"alert": found.name, "about": found.about, "step": len(found.told)}
    await tx.events.append(Event(f"alert.{what}", now, str(found.id), data, person_id=by))
