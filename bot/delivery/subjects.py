"""What a notice is about, read anew at the moment of delivery."""

from dataclasses import dataclass
from uuid import UUID

from bot.views.card import Card, card
from bot.views.liquidation import liquidation
from bot.views.markup import Rendered
from bot.views.outcome import Outcome
from core.model.accounts import Account, TerminalKind
from core.model.approvals import Approval
from core.model.ids import ApprovalId
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.model.trades import IntentKind
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class Subject:
    """A message to show; `card` is what it shows when it is a card."""

    rendered: Rendered
    card: Card | None = None


async def read_card(tx: Tx, approval: ApprovalId) -> Card | None:
    """The newest state of a card, without the pip; None when it is gone."""
    found = await tx.approvals.get(approval)
    if found is None:
        return None
    signal = await tx.signals.get(found.signal_id)
    account = await tx.accounts.get(found.account_id)
    if signal is None or account is None:
        return None
    snapshot = await tx.snapshots.latest(account.id)
    currency = snapshot.account.currency if snapshot else ""
    return Card(found, signal, account, _kind(account, snapshot), currency, await _outcome(tx, found))


def _kind(account: Account, snapshot: MT5AccountSnapshot | None) -> str:
    """PAPER, or what the broker calls the account once it was read."""
    if account.kind is TerminalKind.PAPER:
        return "PAPER"
    return snapshot.account.kind if snapshot else ""


async def _outcome(tx: Tx, approval: Approval) -> Outcome | None:
    openings = [i for i in await tx.intents.of_approval(approval.id) if i.kind is IntentKind.OPEN]
    if not openings:
        return None
    newest = max(openings, key=lambda intent: intent.id)
    return Outcome(newest, await tx.trades.of_intent(newest.id))


def card_subject(shown: Card) -> Subject:
    return Subject(card(shown), shown)


def approval_id(subject: str) -> ApprovalId:
    """The id that a card's notice names."""
    return ApprovalId(UUID(subject))


async def read_liquidation(tx: Tx, number: int, person: Person) -> Subject | None:
    """The newest state of a liquidation, as this person may act on it; None when it is gone."""
    found = await tx.liquidations.get(number)
    account = await tx.accounts.get(found.account_id) if found else None
    if found is None or account is None:
        return None
    return Subject(liquidation(found, account, may_hold=person.may(Right.HOLD)))
