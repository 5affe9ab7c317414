"""How a person wants to be told: chosen by themselves, for themselves."""

from core.desk import Desk
from core.model.alerts import KINDS, LIVING, Family, QuietHours, Wish
from core.model.errors import Refused
from core.model.events import Event, Json
from core.model.people import Person, Role


def families_for(person: Person) -> list[Family]:
    """Those of which anything is ever told to who has these roles."""
    tells = [*((kind.family, kind.tells) for kind in KINDS.values()), *LIVING.items()]
    told = {family for family, roles in tells if roles & person.roles}
    if Role.ADMIN in person.roles:
        told.add(Family.LOCKS)
    return [family for family in Family if family in told]


async def wish_for_family(desk: Desk, person: Person, family: Family, wish: Wish) -> None:
    """Of all of it that has no wish of its own. Raises Refused for cards that are to be switched off."""
    if wish is Wish.OFF and family in LIVING:
        raise Refused("These cannot be switched off, only made silent.")
    await _note(desk, person, family, wish)


async def wish_for_kind(desk: Desk, person: Person, name: str, wish: Wish | None) -> None:
    """Of one kind; None: as its family. Raises Refused for one that is critical, or not known."""
    if name not in KINDS:
        raise Refused("This kind of alert is not known here.")
    if KINDS[name].critical:
        raise Refused("Critical alerts always ring.")
    await _note(desk, person, name, wish)


async def _note(desk: Desk, person: Person, event: str, wish: Wish | None) -> None:
    data: Json = {"event": event, "wish": str(wish or "default")}
    async with desk.store.write() as tx:
        await tx.preferences.wish(person.id, event, wish)
        noted = Event("alert.wished", desk.clock.now(), str(person.id), data, person_id=person.id)
        await tx.events.append(noted)


async def want_quiet(desk: Desk, person: Person, hours: QuietHours | None) -> None:
    """From now on every day, or not any more; what is held then comes at once. Raises Refused for none."""
    if hours is not None and hours.begins == hours.ends:
        raise Refused("Quiet hours need a beginning and another end.")
    begins, ends = (f"{hours.begins:%H:%M}", f"{hours.ends:%H:%M}") if hours else ("", "")
    data: Json = {"begins": begins, "ends": ends}
    async with desk.store.write() as tx:
        await tx.preferences.quiet(person.id, hours)
        noted = Event("alert.quiet", desk.clock.now(), str(person.id), data, person_id=person.id)
        await tx.events.append(noted)
