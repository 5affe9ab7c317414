"""What people choose for themselves: their language and their time zone."""

from dataclasses import replace

from core.bell import MENUS
from core.desk import Desk
from core.model.events import Event, Json
from core.model.people import Language, Person


async def choose_language(desk: Desk, person: Person, language: Language) -> Person:
    """From the next message on."""
    changed = await _choose(desk, replace(person, language=language))
    desk.bell.ring(MENUS)
    return changed


async def choose_zone(desk: Desk, person: Person, zone: str) -> Person:
    """An IANA name, which times are shown in and quiet hours are meant in."""
    return await _choose(desk, replace(person, zone=zone))


async def _choose(desk: Desk, person: Person) -> Person:
    facts: Json = {"language": str(person.language), "zone": person.zone}
    async with desk.store.write() as tx:
        await tx.people.speaks(person.id, person.language, person.zone)
        chosen = Event("person.settings", desk.clock.now(), str(person.id), facts, person_id=person.id)
        await tx.events.append(chosen)
    return person
