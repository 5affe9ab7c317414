"""People at the door: those who are known, their consent, and strangers."""

from dataclasses import replace

from core.alerts import alert_owners
from core.bell import OUTBOX
from core.desk import Desk
from core.model.errors import Stale
from core.model.events import Event, Priority
from core.model.people import CONSENT_VERSION, Consent, Person
from core.ports import Tx

_STRANGER = "door.stranger"


async def arrive(desk: Desk, telegram_id: int, chat_id: int) -> Person | None:
    """Note where a known person can be reached; None for a stranger, of whom owners are told once."""
    async with desk.store.write() as tx:
        person = await tx.people.by_telegram_id(telegram_id)
        if person is None:
            await _tell_of_stranger(desk, tx, str(telegram_id))
        elif person.chat_id != chat_id or not person.reachable:
            await tx.people.arrived(person.id, chat_id)
            person = replace(person, chat_id=chat_id, reachable=True)
    desk.bell.ring(OUTBOX)
    return person


async def _tell_of_stranger(desk: Desk, tx: Tx, telegram_id: str) -> None:
    if await tx.events.happened(_STRANGER, telegram_id):
        return
    now = desk.clock.now()
    await tx.events.append(Event(_STRANGER, now, telegram_id))
    await alert_owners(tx, now, "stranger", {"telegram_id": telegram_id}, Priority.NOTICE)


async def accept_consent(desk: Desk, person: Person, version: int) -> Person:
    """Record that the person accepted the risk text. Raises Stale for a version that is not in force."""
    if version != CONSENT_VERSION:
        raise Stale("The risk text has changed since; please read the new one: /start")
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.people.consent(Consent(person.id, version, now))
        await tx.events.append(
            Event("consent.accepted", now, str(person.id), {"version": version}, person_id=person.id)
        )
    return replace(person, consent_version=version)
