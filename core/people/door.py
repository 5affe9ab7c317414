"""The door: who is known, and strangers who knock, ask to join, and are let in or not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerts import instead, owners
from core.bell import MENUS, OUTBOX
from core.desk import Desk
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.events import Event, Notice, NoticeKind, Priority
from core.model.ids import PersonId, id_of
from core.model.joining import Knock, KnockState
from core.model.people import CONSENT_VERSION, GIVES, Language, Person, Right, Role
from core.model.texts import is_seen, one_line
from core.ports import Tx

_NAME_LIMIT = 64

TOLD_AN_HOUR = 20
"""Of how many new strangers owners are told within an hour: a crowd at the door must not drown alerts."""
MOST_ASKS = 3
ASK_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Someone whom the desk does not know, as Telegram tells of them."""

    telegram_id: int
    chat_id: int
    name: str
    language: Language


def person_id(telegram_id: int) -> PersonId:
    """The same for the desk file and for who comes by an invite, so that one may follow the other."""
    return PersonId(id_of("person", str(telegram_id)))


async def arrive(desk: Desk, person: Person, chat_id: int) -> Person:
    """Note where a known person can be reached."""
    if person.chat_id == chat_id and person.reachable:
        return person
    async with desk.store.write() as tx:
        await tx.people.arrived(person.id, chat_id)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)  # a chat that is open at last takes the menu of its person
    return replace(person, chat_id=chat_id, reachable=True)


async def knock(desk: Desk, stranger: Stranger) -> tuple[Knock, bool]:
    """The stranger's knock, and whether it is their first: then owners are told, once."""
    async with desk.store.read() as tx:  # who writes a thousand times takes no turn of those who trade
        known = await tx.knocks.by_telegram_id(stranger.telegram_id)
    if known is not None:
        return known, False
    now = desk.clock.now()
    async with desk.store.write() as tx:
        fresh = await tx.knocks.add(_knock(stranger, now))
        knock = await _of(tx, stranger.telegram_id)
        if fresh:
            await tx.events.append(Event("door.stranger", now, str(knock.id)))
            if await tx.knocks.count_since(now - timedelta(hours=1)) <= TOLD_AN_HOUR:
                await _show(tx, now, knock, await owners(tx))
    if fresh:
        desk.bell.ring(OUTBOX)
    return knock, fresh


class Asking(StrEnum):
    """What became of a wish to join. `TOO_SOON` is answered to who was declined less than a day ago,
    `ENOUGH` to who asked too often, `CROWDED` while too many ask."""

    SENT = "sent"
    WAITS = "waits"
    TOO_SOON = "too-soon"
    ENOUGH = "enough"
    CROWDED = "crowded"


def asking(knock: Knock, now: datetime) -> Asking:
    """What would become of asking now."""
    if knock.state is KnockState.ASKED:
        return Asking.WAITS
    if knock.asks >= MOST_ASKS:
        return Asking.ENOUGH
    if knock.decided_at is not None and now - knock.decided_at < ASK_AGAIN_AFTER:
        return Asking.TOO_SOON
    return Asking.SENT


async def ask_to_join(desk: Desk, stranger: Stranger) -> Asking:
    """Put the wish to join before everybody who may let people in. In a crowd it is not taken: who asks rings
    several people, and may ask again."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        known = await tx.knocks.by_telegram_id(stranger.telegram_id)
    if known is not None and (told := asking(known, now)) is not Asking.SENT:
        return told
    async with desk.store.write() as tx:
        await tx.knocks.add(_knock(stranger, now))
        knocked = await _of(tx, stranger.telegram_id)
        answer = asking(knocked, now)
        if answer is Asking.SENT and await tx.knocks.count_asked(now - timedelta(hours=1)) >= TOLD_AN_HOUR:
            answer = Asking.CROWDED
        if answer is not Asking.SENT:
            return answer
        asked = replace(
            knocked,
            name=_name(stranger),
            state=KnockState.ASKED,
            asks=knocked.asks + 1,
            asked_at=now,
            decided_at=None,
            decided_by=None,
        )
        await tx.knocks.advance(asked, knocked)
        await tx.events.append(Event("join.asked", now, str(knocked.id)))
        await _show(tx, now, asked, await _who_let_in(tx), anew=True)
    desk.bell.ring(OUTBOX)
    return answer


async def admit(desk: Desk, by: Person, number: int, role: Role) -> Knock:
    """Make the stranger a person with that role. Raises Stale when it is decided, NotAllowed, NotFound."""
    if role not in by.gives:
        raise NotAllowed(f"You cannot let anybody in as {role}.")
    return await _decide(desk, by, number, KnockState.ADMITTED, role)


async def decline(desk: Desk, by: Person, number: int, *, silently: bool = False) -> Knock:
    """Keep the stranger out. Raises as `admit` does."""
    if not by.may(Right.INVITE):
        raise NotAllowed("You cannot decide who comes in.")
    return await _decide(desk, by, number, KnockState.IGNORED if silently else KnockState.DECLINED, None)


async def _decide(desk: Desk, by: Person, number: int, state: KnockState, role: Role | None) -> Knock:
    now = desk.clock.now()
    async with desk.store.write() as tx:
        knock = await tx.knocks.get(number)
        if knock is None:
            raise NotFound("This request is not known here.")
        if not knock.is_open:
            raise Stale(f"This is decided already: {knock.state}.")
        decided = replace(knock, state=state, decided_at=now, decided_by=by.id, role=role)
        if not await tx.knocks.advance(decided, knock):
            raise Stale("This was decided a moment ago.")
        await tx.events.append(Event(f"join.{state}", now, str(knock.id), {"role": role}, person_id=by.id))
        if role is not None:
            await ask_consent(tx, now, await add_person(tx, now, _stranger(knock), role, by))
        await show_knock(tx, now, decided)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(MENUS)
    return decided


async def add_person(tx: Tx, now: datetime, stranger: Stranger, role: Role, by: Person) -> Person:
    """A person from now on; they are asked to accept the risk text. Raises Conflict for one who is known."""
    person = Person(
        person_id(stranger.telegram_id),
        stranger.telegram_id,
        _name(stranger),
        frozenset({role}),
        chat_id=stranger.chat_id,
        language=stranger.language,
    )
    await tx.people.add(person)
    joined = Event(
        "person.joined", now, str(person.id), {"role": role, "by": str(by.id)}, person_id=person.id
    )
    await tx.events.append(joined)
    return person


async def ask_consent(tx: Tx, now: datetime, person: Person) -> None:
    """Send the risk text in force."""
    notice = Notice(person.id, NoticeKind.CONSENT, str(CONSENT_VERSION), Priority.NOTICE)
    await tx.outbox.put([notice], now)


async def _of(tx: Tx, telegram_id: int) -> Knock:
    knock = await tx.knocks.by_telegram_id(telegram_id)
    if knock is None:
        raise NotFound("This request is not known here.")
    return knock


async def _who_let_in(tx: Tx) -> set[PersonId]:
    deciders = [person for person in await tx.people.all() if any(map(person.may, GIVES))]
    return {person.id for person in deciders}


async def show_knock(tx: Tx, now: datetime, knock: Knock) -> None:
    """Bring the messages that tell of it up to date."""
    await _show(tx, now, knock, set(await tx.outbox.shown_to(NoticeKind.KNOCK, str(knock.id))))


async def _show(tx: Tx, now: datetime, knock: Knock, people: set[PersonId], *, anew: bool = False) -> None:
    """Have the messages that tell of it show its newest state; `anew` by new ones, which ring."""
    kind, subject = NoticeKind.KNOCK, str(knock.id)
    notices = [
        Notice(p, kind, subject, Priority.NOTICE, await instead(tx, kind, subject, p) if anew else {})
        for p in people
    ]
    await tx.outbox.put(notices, now)


def _knock(stranger: Stranger, now: datetime) -> Knock:
    return Knock(
        0,
        stranger.telegram_id,
        stranger.chat_id,
        _name(stranger),
        stranger.language,
        KnockState.AT_DOOR,
        knocked_at=now,
    )


def _stranger(knock: Knock) -> Stranger:
    return Stranger(knock.telegram_id, knock.chat_id, knock.name, knock.language)


def _name(stranger: Stranger) -> str:
    """As messages, logs and metrics can show it; who has none is called by their id."""
    name = one_line(stranger.name)[:_NAME_LIMIT]
    return name if is_seen(name) else str(stranger.telegram_id)
