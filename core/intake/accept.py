"""Accepting a signal: checked, deduplicated, and stored with its approvals in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from core.bell import EXPIRY, OUTBOX, STANDING
from core.desk import Desk
from core.following import following
from core.intake.draft import Draft, signal_of
from core.model.accounts import Account, Source
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict
from core.model.events import Event, Json, Notice, NoticeKind, Priority
from core.model.ids import ApprovalId
from core.model.people import Person, Role
from core.model.signals import Signal
from core.ports import Delivery, Tx
from core.risk.entries import withholding
from core.trading.standing import entitled


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored signal; `created` is False when it had been accepted before."""

    signal: Signal
    created: bool


async def accept(
    desk: Desk, source: Source, delivery: Delivery, draft: Draft, by: Person | None = None
) -> Accepted:
    """Store the signal of an authenticated delivery, with one approval and card per eligible account.

    `by` is who has composed it, where a person has.

    While a lock or pause of the desk, the source or the instrument holds, or the desk is closed until after
    the signal's end, it is stored without cards, and the trail has why.

    The same delivery again gives the first answer again. Raises Conflict when its id or the external id
    came before with another body, InvalidField when the source may not send this or it makes no sense.
    """
    now = desk.clock.now()
    async with desk.store.write() as tx:
        known = await _accepted_before(tx, source, delivery, draft)
        if known is not None:
            return Accepted(known, created=False)
        signal = signal_of(source, delivery, draft, now)
        with following(str(signal.id)):
            await _store(desk, tx, signal, delivery, by)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(EXPIRY)
    desk.bell.ring(STANDING)
    return Accepted(signal, created=True)


async def _store(desk: Desk, tx: Tx, signal: Signal, delivery: Delivery, by: Person | None) -> None:
    """With its cards, or with the reason why there are none."""
    await tx.signals.add(signal, delivery)
    await tx.events.append(_received(signal, by))
    obstacle = await withholding(desk, tx, signal)
    if obstacle is None:
        await _request_approvals(tx, signal, signal.received_at)
    else:
        await tx.events.append(_withheld(signal, obstacle))


def is_eligible(person: Person) -> bool:
    """Whether a trader gets cards: consented to the text in force, and Telegram reaches them."""
    return person.consented and person.reachable and person.chat_id is not None


async def _accepted_before(tx: Tx, source: Source, delivery: Delivery, draft: Draft) -> Signal | None:
    known = await tx.signals.by_webhook_id(source.id, delivery.webhook_id)
    known = known or await tx.signals.by_external_id(source.id, draft.id_for(delivery))
    if known is None:
        return None
    signal, first = known
    if first.digest != delivery.digest:
        raise Conflict("A signal with this id was accepted before with other content.")
    return signal


async def eligible_accounts(tx: Tx) -> Sequence[Account]:
    """Those on which a signal that comes now is offered."""
    traders = {person.id for person in await tx.people.with_role(Role.TRADER) if is_eligible(person)}
    return [account for account in await tx.accounts.all() if account.person_id in traders]


async def _request_approvals(tx: Tx, signal: Signal, now: datetime) -> None:
    standing = await entitled(tx, signal)
    approvals = [
        _approval(signal, account, standing.get(account.id)) for account in await eligible_accounts(tx)
    ]
    await tx.approvals.add_all(approvals)
    await tx.events.append(*(_requested(approval, now) for approval in approvals))
    await tx.outbox.put([_card(approval) for approval in approvals if approval.standing_id is None], now)


def _approval(signal: Signal, account: Account, standing: int | None) -> Approval:
    """One that a standing approval is tried on gets its card afterwards."""
    return Approval(
        id=ApprovalId(uuid4()),
        signal_id=signal.id,
        person_id=account.person_id,
        account_id=account.id,
        state=ApprovalState.PENDING,
        version=1,
        expires_at=signal.expires_at,
        standing_id=standing,
    )


def _card(approval: Approval) -> Notice:
    return Notice(approval.person_id, NoticeKind.CARD, str(approval.id), Priority.CARD)


def _received(signal: Signal, by: Person | None) -> Event:
    data: Json = {
        "source": signal.source_name,
        "external_id": signal.external_id,
        "instrument": signal.instrument,
        "side": signal.side,
    }
    composer: Json = {"by": by.name} if by else {}
    return Event(
        "signal.received",
        signal.received_at,
        str(signal.id),
        data | composer,
        person_id=by.id if by else None,
        trace=str(signal.id),
    )


def _withheld(signal: Signal, reason: str) -> Event:
    data: Json = {"reason": reason}
    return Event("signal.withheld", signal.received_at, str(signal.id), data, trace=str(signal.id))


def _requested(approval: Approval, now: datetime) -> Event:
    return Event(
        "approval.requested",
        now,
        str(approval.id),
        account_id=approval.account_id,
        person_id=approval.person_id,
        trace=str(approval.signal_id),
    )
