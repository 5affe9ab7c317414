"""What a trader is told beside the card, when they are not likely to look at it."""

from datetime import datetime, timedelta

from core.alerts.telling import alert_people
from core.model.accounts import Account
from core.model.approvals import Approval
from core.model.events import Json, Priority
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Tx

LOOKS_FOR = timedelta(minutes=1)
"""So long after their tap a person still sees the card change."""


async def tell_filled(tx: Tx, now: datetime, account: Account, filled: Intent, before: IntentState) -> None:
    """By a short answer to the card: an order that waited, or that a standing approval has sent. Of a plan
    its first leg tells; one that was in doubt has an alert of its own."""
    is_opening = filled.kind is IntentKind.OPEN and filled.state in (IntentState.FILLED, IntentState.PARTIAL)
    if not is_opening or filled.approval_id is None or filled.leg not in (None, 1):
        return
    approval = await tx.approvals.get(filled.approval_id)
    if approval is None or before is IntentState.UNKNOWN or _looks(approval, before, now):
        return
    data: Json = {
        "account": account.label,
        "account_id": str(account.id),
        "approval": str(approval.id),
        "symbol": filled.symbol,
        "side": str(filled.side),
        "volume": str(filled.filled_volume or filled.volume),
        "price": str(filled.filled_price or ""),
    }
    await alert_people(tx, now, [account.person_id], "order_filled", data, Priority.NOTICE)


def _looks(approval: Approval, before: IntentState, now: datetime) -> bool:
    """Whether they have tapped a moment ago, and the order did not wait since."""
    by_itself = approval.standing_id is not None and approval.standing_note is None
    tapped = approval.decided_at is not None and now - approval.decided_at <= LOOKS_FOR
    return tapped and not by_itself and before is not IntentState.PLACED


async def tell_expired(tx: Tx, now: datetime, approval: Approval) -> None:
    """To who has asked for it: the card shows it in any case."""
    signal = await tx.signals.get(approval.signal_id)
    account = await tx.accounts.get(approval.account_id)
    if signal is None or account is None:
        return
    data: Json = {
        "account": account.label,
        "approval": str(approval.id),
        "symbol": signal.instrument,
        "side": str(signal.side),
        "source": signal.source_name,
    }
    await alert_people(tx, now, [approval.person_id], "card_expired", data, Priority.NOTICE)
