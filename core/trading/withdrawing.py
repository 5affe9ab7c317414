"""Taking cards back before they are decided, as their signal, account or trader is no longer there."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.alerts import refresh_card
from core.model.approvals import Approval, ApprovalState
from core.model.events import Event
from core.ports import Tx


async def withdraw_cards(tx: Tx, cards: Iterable[Approval], now: datetime) -> int:
    """Those that are still undecided show that they are withdrawn; how many they were."""
    return sum([await _withdraw(tx, card, now) for card in cards])


async def _withdraw(tx: Tx, card: Approval, now: datetime) -> bool:
    withdrawn = replace(card, state=ApprovalState.WITHDRAWN, version=card.version + 1, decided_at=now)
    if not await tx.approvals.decide(withdrawn, card.version):
        return False
    await refresh_card(tx, now, card.id, card.person_id)
    trace = str(card.signal_id)
    await tx.events.append(
        Event("approval.withdrawn", now, str(card.id), {}, card.account_id, card.person_id, trace)
    )
    return True
