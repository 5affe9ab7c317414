"""Approvals: one trader's decision on one signal for one account."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, ApprovalId, PersonId, SignalId


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approval:
    """A row that is decided once. `version` grows with each change; a button carries the one it shows.

    `lots`, `risk` and `margin` (account currency) are what the card showed or the decision fixed. `refusal`
    is why the last tap on *Approve* was refused, with its time, while the card stays open.
    """

    id: ApprovalId
    signal_id: SignalId
    person_id: PersonId
    account_id: AccountId
    state: ApprovalState
    version: int
    expires_at: datetime
    lots: Decimal | None = None
    risk: Decimal | None = None
    reason: str | None = None
    decided_at: datetime | None = None
    consent_version: int | None = None
    margin: Decimal | None = None
    refusal: str | None = None
    refused_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is ApprovalState.PENDING
