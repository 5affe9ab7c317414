"""The risk text: accepted before the first approval, and again when it changes."""

from dataclasses import replace

from core.bell import OUTBOX
from core.desk import Desk
from core.model.errors import Stale
from core.model.events import Event
from core.model.people import CONSENT_VERSION, Consent, Person
from core.people.door import ask_consent
from core.ports import Tx


async def accept_consent(desk: Desk, person: Person, version: int) -> Person:
    """Record that the person accepted the risk text. Raises Stale for a version that is not in force.

    The same version again changes nothing.
    """
    if version != CONSENT_VERSION:
        raise Stale("The risk text has changed since; please read the new one: /consent")
    if person.consent_version == version:
        return person
    now = desk.clock.now()
    async with desk.store.write() as tx:
        await tx.people.consent(Consent(person.id, version, now))
        await tx.events.append(
            Event("consent.accepted", now, str(person.id), {"version": version}, person_id=person.id)
        )
    return replace(person, consent_version=version)


async def ask_again(desk: Desk) -> int:
    """Send the text in force, once, to everybody who accepted an older one; returns to how many.

    Until they accept it their approvals are held; all else goes on.
    """
    async with desk.store.write() as tx:
        asked = [person for person in await tx.people.all() if await _is_to_be_asked(tx, person)]
        for person in asked:
            now = desk.clock.now()
            await ask_consent(tx, now, person)
            await tx.events.append(
                Event("consent.asked", now, _subject(person), {"version": CONSENT_VERSION})
            )
    if asked:
        desk.bell.ring(OUTBOX)
    return len(asked)


async def _is_to_be_asked(tx: Tx, person: Person) -> bool:
    behind = person.met and not person.consented and person.roles and not person.is_blocked
    return bool(behind) and not await tx.events.happened("consent.asked", _subject(person))


def _subject(person: Person) -> str:
    """One for each version."""
    return f"{person.id} {CONSENT_VERSION}"
