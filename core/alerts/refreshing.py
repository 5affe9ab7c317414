"""Messages that live: a notice has one brought up to date with the newest state of its subject."""

from collections.abc import Iterable
from datetime import datetime

from core.alerts.audience import desk_and_trader, owners
from core.model.accounts import Account
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
    """Have the messages of a liquidation, the owners' and the trader's, show its newest state; `anew` by new
    messages, which ring. Of one that is a part of a panic the owners have the panic's message."""
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
    await tx.outbox.put(notices, at)


async def refresh_panic(tx: Tx, at: datetime, panic: int) -> None:
    """Have the owners' and the admins' messages show how far a panic is."""
    helpers = {admin.id for admin in await tx.people.with_role(Role.ADMIN)}
    people = await owners(tx) | helpers
    await tx.outbox.put([Notice(p, NoticeKind.PANIC, str(panic), Priority.CRITICAL) for p in people], at)


async def instead(tx: Tx, kind: NoticeKind, subject: str, person: PersonId) -> Json:
    """What a notice carries that asks for a new message in place of the one that shows the subject now."""
    former = await tx.outbox.sent(kind, subject, person)
    return {_INSTEAD_OF: former.message_id if former else 0}


def wants_new(notice: Notice, sent: SentMessage | None) -> bool:
    """Whether `sent`, or that there is none, is what the notice asked to replace: not once it was replaced,
    however often it comes and whatever it absorbs."""
    return notice.data.get(_INSTEAD_OF) == (sent.message_id if sent else 0)


async def refresh_divergences(
    tx: Tx, at: datetime, account: Account, rows: Iterable[int], priority: Priority
) -> None:
    """Have the messages of rows of the log, the owners' and the trader's, show their newest state."""
    people = await desk_and_trader(tx, account)
    notices = [Notice(p, NoticeKind.DIVERGENCE, str(row), priority) for row in rows for p in people]
    await tx.outbox.put(notices, at)
