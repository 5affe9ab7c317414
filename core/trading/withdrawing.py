"""Taking cards back, as their signal, account or trader is no longer there; with them what was approved by
them and was never on its way to the broker."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from core.alerts import refresh_card
from core.model.approvals import Approval, ApprovalState
from core.model.events import Event
from core.model.ids import AccountId, PersonId
from core.model.trades import IntentKind, IntentState
from core.ports import Tx

NO_TRADER = "Its trader may not trade here any more."


async def withdraw_cards(tx: Tx, cards: Iterable[Approval], now: datetime, because: str | None = None) -> int:
    """Those that are undecided, or of which nothing was ever claimed for sending, say that they are withdrawn
    and why (None: by their source); how many they were."""
    return sum([await _withdraw(tx, card, now, because) for card in cards])


async def _withdraw(tx: Tx, card: Approval, now: datetime, because: str | None) -> bool:
    undecided = card if card.is_open else await reopened(tx, card)
    if undecided is None:
        return False
    withdrawn = replace(
        undecided,
        state=ApprovalState.WITHDRAWN,
        version=undecided.version + 1,
        decided_at=now,
        reason=because,
    )
    if not await tx.approvals.decide(withdrawn, undecided.version):
        return False
    await refresh_card(tx, now, card.id, card.person_id)
    trace = str(card.signal_id)
    await tx.events.append(
        Event("approval.withdrawn", now, str(card.id), {}, card.account_id, card.person_id, trace)
    )
    return True


async def reopened(tx: Tx, approved: Approval, note: str | None = None) -> Approval | None:
    """Pending again, its orders gone; None when it is not approved, or one of them was ever claimed.

    `note` is why the standing approval that has decided it does so no more.
    """
    if approved.state is not ApprovalState.APPROVED or not await tx.intents.of_approval(approved.id):
        return None
    if not await tx.intents.withdraw(approved.id):
        return None
    await tx.approvals.reopen(approved.id, approved.version, note)
    return await tx.approvals.get(approved.id)


async def decidable_by(tx: Tx, person: PersonId) -> Sequence[Approval]:
    """The person's cards that are undecided, and those whose orders wait to be sent."""
    accounts = await tx.accounts.of_person(person)
    waiting = [card for account in accounts for card in await waiting_on(tx, account.id)]
    return [*await tx.approvals.pending_of(person), *waiting]


async def waiting_on(tx: Tx, account: AccountId) -> Sequence[Approval]:
    """The approved cards of an account of which an opening waits to be sent."""
    openings = [i for i in await tx.intents.waiting(account) if i.kind is IntentKind.OPEN]
    approved = dict.fromkeys(i.approval_id for i in openings if i.state is IntentState.NEW)
    found = [await tx.approvals.get(approval) for approval in approved if approval is not None]
    return [approval for approval in found if approval is not None]
