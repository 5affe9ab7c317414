"""One-time links by which strangers become people."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerts import alert_people, owners
from core.bell import MENUS, OUTBOX
from core.desk import Desk
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import Event, Json, Priority
from core.model.joining import LONGEST_INVITE, MOST_USES, Invite, KnockState, digest_of, new_token
from core.model.people import Person, Right, Role
from core.people.door import Stranger, add_person, show_knock
from core.ports import Tx

_SHORTEST = timedelta(minutes=1)


class Entry(StrEnum):
    """What an invite does to who follows it."""

    JOINED = "joined"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used-up"
    IN_ALREADY = "in-already"


@dataclass(frozen=True, slots=True)
class Arrival:
    """`person` is who joined, or who was in already."""

    entry: Entry
    person: Person | None = None


async def invite(desk: Desk, by: Person, role: Role, uses: int, lasts: timedelta) -> tuple[Invite, str]:
    """A new invite and its token, which nobody can read again. Raises NotAllowed, Refused."""
    if role not in by.gives:
        raise NotAllowed(f"You cannot invite anybody as {role}.")
    if not 1 <= uses <= MOST_USES:
        raise Refused(f"An invite is good for 1 to {MOST_USES} people.")
    if not _SHORTEST <= lasts <= LONGEST_INVITE:
        raise Refused(f"An invite lasts from a minute to {LONGEST_INVITE.days} days, as 30m, 12h or 7d.")
    now, token = desk.clock.now(), new_token()
    made = Invite(0, role, uses, 0, now, now + lasts, by.id)
    async with desk.store.write() as tx:
        made = replace(made, id=await tx.invites.add(made, digest_of(token)))
        facts: Json = {"role": role, "uses": uses, "until": made.expires_at.isoformat()}
        await tx.events.append(Event("invite.made", now, str(made.id), facts, person_id=by.id))
    return made, token


async def open_invites(desk: Desk, by: Person) -> list[Invite]:
    """Those that can be used still and that the person may revoke, newest first."""
    async with desk.store.read() as tx:
        return [each for each in await tx.invites.open(desk.clock.now()) if may_revoke(by, each)]


def may_revoke(by: Person, invite: Invite) -> bool:
    return invite.created_by == by.id or by.may(Right.SET_ROLES)


async def revoke(desk: Desk, by: Person, number: int) -> Invite:
    """Make it useless. Raises Stale when it was revoked before, NotFound for one of somebody else."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        found = await tx.invites.get(number)
        if found is None or not may_revoke(by, found):
            raise NotFound("This invite is not known here, or not yours.")
        if not await tx.invites.revoke(number, now):
            raise Stale("This invite was revoked already.")
        await tx.events.append(Event("invite.revoked", now, str(number), person_id=by.id))
    return replace(found, revoked_at=now)


async def follow_invite(desk: Desk, stranger: Stranger, token: str) -> Arrival:
    """Let a stranger in by a token, or tell why not. The last use is taken once."""
    now = desk.clock.now()
    async with desk.store.read() as tx:  # a guess takes no turn of those who write
        known = await tx.people.by_telegram_id(stranger.telegram_id)
        is_made = await tx.invites.by_digest(digest_of(token)) is not None
    if not is_made and (known is None or not known.roles):
        return Arrival(Entry.UNKNOWN)
    async with desk.store.write() as tx:
        known = await tx.people.by_telegram_id(stranger.telegram_id)
        if known is not None and known.roles:
            return Arrival(Entry.IN_ALREADY, known)
        found = await tx.invites.by_digest(digest_of(token))
        if found is None:
            return Arrival(Entry.UNKNOWN)
        inviter = await tx.people.get(found.created_by)
        closed = _why_closed(found, inviter, now)
        if closed is not None or inviter is None or not await tx.invites.use(found.id, now):
            return Arrival(closed or Entry.USED_UP)
        joined = await _let_in(tx, now, stranger, known, found.role, inviter)
        await tx.events.append(Event("invite.used", now, str(found.id), person_id=joined.id))
        await _tell(tx, now, joined, found.role, inviter)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)
    return Arrival(Entry.JOINED, joined)


def _why_closed(invite: Invite, inviter: Person | None, now: datetime) -> Entry | None:
    """An invite is worth what its maker may do now: who was blocked or lost the right lets nobody in."""
    if invite.revoked_at is not None or inviter is None or invite.role not in inviter.gives:
        return Entry.REVOKED
    if not invite.left:
        return Entry.USED_UP
    return Entry.EXPIRED if now >= invite.expires_at else None


async def _let_in(
    tx: Tx, now: datetime, stranger: Stranger, known: Person | None, role: Role, by: Person
) -> Person:
    """A new person, or one who had lost all roles."""
    await _close_knock(tx, now, stranger, role, by)
    if known is None:
        return await add_person(tx, now, stranger, role, by)
    back = replace(known, roles=frozenset({role}))
    await tx.people.put(back)
    await tx.people.arrived(back.id, stranger.chat_id)
    return replace(back, chat_id=stranger.chat_id, reachable=True)


async def _close_knock(tx: Tx, now: datetime, stranger: Stranger, role: Role, by: Person) -> None:
    """What they asked before is answered by this."""
    knock = await tx.knocks.by_telegram_id(stranger.telegram_id)
    if knock is not None and knock.is_open:
        decided = replace(knock, state=KnockState.ADMITTED, decided_at=now, decided_by=by.id, role=role)
        if await tx.knocks.advance(decided, knock):
            await show_knock(tx, now, decided)


async def _tell(tx: Tx, now: datetime, joined: Person, role: Role, inviter: Person) -> None:
    """The inviter and the owners."""
    whom = (await owners(tx) | {inviter.id}) - {joined.id}
    facts: Json = {"name": joined.name, "roles": [str(role)], "by": inviter.name}
    await alert_people(tx, now, whom, "person_joined", facts, Priority.NOTICE)
