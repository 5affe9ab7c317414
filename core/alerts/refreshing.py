"""Messages that live: a notice has one brought up to date with the newest state of its subject."""

from collections.abc import Iterable
from datetime import datetime

from core.alerts.audience import desk_and_trader, owners, routes_of
from core.model.accounts import Account
from core.model.alerts import Family
from core.model.events import Json, Notice, NoticeKind, Priority
from core.model.ids import ApprovalId, IntentId, PersonId
from core.model.people import Role
from core.ports import SentMessage, Tx

_INSTEAD_OF = "instead_of"


async def refresh_card(tx: Tx, at: datetime, approval: ApprovalId, person: PersonId) -> None:
    """Have an approval's card show its newest state."""
    await tx.outbox.put([Notice(person, NoticeKind.CARD, str(approval), Priority.CARD)], at)


async def refresh_request(tx: Tx, at: datetime, intent: IntentId) -> None:
    """Have the message of the request that an intent carries out, if there is one, show its newest state."""
    request = await tx.requests.of_intent(intent)
    if request is not None:
        notice = Notice(request.person_id, NoticeKind.REQUEST, str(request.id), Priority.CARD)
        await tx.outbox.put([notice], at)


async def refresh_liquidation(
    tx: Tx, at: datetime, account: Account, liquidation: int, *, anew: bool = False
) -> None:
    """Have the messages of a liquidation, the owners', the trader's and the groups', show its newest state;
    `anew` by new messages, which ring. Of one that is a part of a panic owners and groups have the panic's
    message."""
    found = await tx.liquidations.get(liquidation)
    panic = found.panic if found is not None else None
    people = await desk_and_trader(tx, account) if panic is None else {account.person_id}
    if panic is not None:
        await refresh_panic(tx, at, panic)
    kind, subject = NoticeKind.LIQUIDATION, str(liquidation)
    notices = [
        Notice(p, kind, subject, Priority.CRITICAL, await instead(tx, kind, subject, p) if anew else {})
        for p in people
    ]
    there = await _there(tx, kind, subject, anew=anew)
    await tx.outbox.put([*notices, *(there if panic is None else ())], at)


async def refresh_panic(tx: Tx, at: datetime, panic: int) -> None:
    """Have the owners', the admins' and the groups' messages show how far a panic is."""
    helpers = {admin.id for admin in await tx.people.with_role(Role.ADMIN)}
    people = await owners(tx) | helpers
    notices = [Notice(p, NoticeKind.PANIC, str(panic), Priority.CRITICAL) for p in people]
    there = await _there(tx, NoticeKind.PANIC, str(panic))
    await tx.outbox.put([*notices, *there], at)


async def _there(tx: Tx, kind: NoticeKind, subject: str, *, anew: bool = False) -> list[Notice]:
    """The same for each group to which liquidations are routed."""
    going = await routes_of(tx, Family.LIQUIDATION)
    data = {
        each.id: _replacing(await tx.outbox.sent_there(kind, subject, each.id)) if anew else {}
        for each in going
    }
    return [
        Notice(each.person_id, kind, subject, Priority.CRITICAL, data[each.id], each.id) for each in going
    ]


async def instead(tx: Tx, kind: NoticeKind, subject: str, person: PersonId) -> Json:
    """What a notice carries that asks for a new message in place of the one that shows the subject now."""
    return _replacing(await tx.outbox.sent(kind, subject, person))


def _replacing(former: SentMessage | None) -> Json:
    return {_INSTEAD_OF: former.message_id if former else 0}


def wants_new(notice: Notice, sent: SentMessage | None) -> bool:
    """Whether `sent`, or that there is none, is what the notice asked to replace: not once it was replaced,
    however often it comes and whatever it absorbs."""
    return notice.data.get(_INSTEAD_OF) == (sent.message_id if sent else 0)


async def refresh_divergences(
    tx: Tx, at: datetime, account: Account, rows: Iterable[int], priority: Priority
) -> None:
    """Have the messages of rows of the log, the owners', the trader's and the groups', show their newest
    state."""
    readers: list[tuple[PersonId, int | None]] = [(p, None) for p in await desk_and_trader(tx, account)]
    readers += [(each.person_id, each.id) for each in await routes_of(tx, Family.DIVERGENCES)]
    kind = NoticeKind.DIVERGENCE
    notices = [Notice(p, kind, str(row), priority, {}, route) for row in rows for p, route in readers]
    await tx.outbox.put(notices, at)
