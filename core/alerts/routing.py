"""Routes: which families of alerts go to which groups, set up and taken down by who may."""

from dataclasses import replace

from core.alerts.telling import alert_people
from core.bell import OUTBOX
from core.desk import Desk
from core.model.alerts import ROUTABLE, Family, Route
from core.model.errors import NotAllowed, NotFound, Refused
from core.model.events import Event, Json, Priority
from core.model.people import Person, Right, Role
from core.ports import Tx


async def add_route(
    desk: Desk, person: Person, chat_id: int, topic: int, title: str, families: frozenset[Family]
) -> Route:
    """Have these go there, in place of what went there before. Raises NotAllowed, or Refused for none."""
    _require(person)
    if not families or not families <= ROUTABLE:
        raise Refused("Please name at least one kind of alert that can go to a group.")
    now = desk.clock.now()
    route = Route(0, chat_id, topic, title, families, person.id, now)
    async with desk.store.write() as tx:
        added = replace(route, id=await tx.routes.put(route))
        await _note(desk, tx, "added", added, person)
    return added


async def switch_family(desk: Desk, person: Person, number: int, family: Family, *, on: bool) -> Route:
    """Have the family go there, or not any more. Raises NotAllowed, NotFound, or Refused for the last one."""
    _require(person)
    async with desk.store.write() as tx:
        route = await _get(tx, number)
        families = route.families | {family} & ROUTABLE if on else route.families - {family}
        if families == route.families:
            return route
        if not families:
            raise Refused("This is the last one; remove the route instead.")
        await tx.routes.families(number, families)
        changed = replace(route, families=families)
        await _note(desk, tx, "changed", changed, person)
    return changed


async def resume_route(desk: Desk, person: Person, number: int) -> Route:
    """Try again. Raises NotAllowed or NotFound."""
    _require(person)
    async with desk.store.write() as tx:
        route = await _get(tx, number)
        await tx.routes.resume(number)
        await _note(desk, tx, "resumed", route, person)
    return replace(route, paused_at=None, reason="")


async def remove_route(desk: Desk, person: Person, number: int) -> Route:
    """Nothing goes there any more. Raises NotAllowed or NotFound."""
    _require(person)
    async with desk.store.write() as tx:
        route = await _get(tx, number)
        await tx.routes.remove(number)
        await _note(desk, tx, "removed", route, person)
    return route


async def pause_route(desk: Desk, number: int, reason: str) -> None:
    """Telegram refuses it: whoever has set it up is told, once."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        route = await tx.routes.get(number)
        if route is None or not await tx.routes.pause(number, now, reason):
            return
        await _note(desk, tx, "paused", route, reason=reason)
        told: Json = {"title": route.title, "reason": reason}
        await alert_people(tx, now, [route.person_id], "route_paused", told, Priority.NOTICE)
    desk.bell.ring(OUTBOX)


async def hand_on_routes(desk: Desk, tx: Tx, person: Person, name: str) -> None:
    """Another owner has them from now on, and every other one is told: no group falls silent. `name` is what
    the person is called now."""
    heirs = [each for each in await tx.people.with_role(Role.OWNER) if each.id != person.id]
    reached = [each for each in heirs if each.reachable and each.may(Right.ROUTE)] or heirs
    for route in await tx.routes.all():
        if route.person_id == person.id and reached:
            await tx.routes.hand_on(route.id, reached[0].id)
            await _note(desk, tx, "handed_on", route, reached[0])
            told: Json = {"title": route.title, "name": name, "by": reached[0].name}
            everybody = [each.id for each in heirs]
            await alert_people(tx, desk.clock.now(), everybody, "route_handed_on", told, Priority.NOTICE)


async def pause_routes_of(desk: Desk, chat_id: int, reason: str) -> None:
    """Those of a group in which the bot is no more."""
    async with desk.store.read() as tx:
        there = [route.id for route in await tx.routes.all() if route.chat_id == chat_id]
    for number in there:
        await pause_route(desk, number, reason)


async def _get(tx: Tx, number: int) -> Route:
    route = await tx.routes.get(number)
    if route is None:
        raise NotFound("This route is gone.")
    return route


def _require(person: Person) -> None:
    if not person.may(Right.ROUTE):
        raise NotAllowed("Your role does not permit this.")


async def _note(
    desk: Desk, tx: Tx, what: str, route: Route, person: Person | None = None, reason: str = ""
) -> None:
    data: Json = {"title": route.title, "families": sorted(route.families)}
    if reason:
        data["reason"] = reason
    by = person.id if person else None
    await tx.events.append(Event(f"route.{what}", desk.clock.now(), str(route.id), data, person_id=by))
