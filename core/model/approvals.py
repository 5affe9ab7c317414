"""Approvals: one trader's decision on one signal for one account."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, ApprovalId, PersonId, SignalId


class SizedBy(StrEnum):
    """The setting that decided the lots: percent of equity, fixed lots, or the most that a trade may have."""

    PERCENT = "percent"
    FIXED = "fixed"
    MAX_LOTS = "max_lots"


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
    is why the last tap on *Approve* was refused, with its time, while the card stays open; `obstacle` why
    one is certain to be refused now.

    `sized_by` says where the lots come from, and `factor` by what the trader has scaled them. Until
    `undo_until` what was approved may be taken back. `standing_id` names the standing approval that decides
    it, `standing_note` why that one has not. `chart` is the timeframe of the chart above its card, if any.
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
    sized_by: SizedBy | None = None
    factor: Decimal = Decimal(1)
    obstacle: str | None = None
    undo_until: datetime | None = None
    standing_id: int | None = None
    standing_note: str | None = None
    chart: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state is ApprovalState.PENDING
