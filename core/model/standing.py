"""Standing approvals: what a trader has approved beforehand, of one source for one account, within caps."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.model.ids import AccountId, PersonId, SourceId

STANDING_CONSENT_VERSION = 2
"""Of the text that is accepted with it; who changes what that says raises it, and all of them end."""

LONGEST_DAYS = 30


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """It holds from `accepted_at` to `expires_at`, unless it was ended before; a draft until it is accepted.

    Caps: lots of one signal, trades of one day (UTC; each leg of a plan is one), and percent of equity that
    all open stops together may cost with such a trade. `days` is how long it will hold, or was to.
    `consent_version` is that of its own text, `risk_version` that of the risk text then in force. `version`
    grows with each change; a button carries the one it shows.
    """

    id: int
    person_id: PersonId
    account_id: AccountId
    source_id: SourceId
    version: int
    max_lots: Decimal
    max_per_day: int
    max_open_risk_percent: Decimal
    days: int
    created_at: datetime
    consent_version: int | None = None
    risk_version: int | None = None
    accepted_at: datetime | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None

    @property
    def is_draft(self) -> bool:
        return self.accepted_at is None and self.ended_at is None

    @property
    def holds(self) -> bool:
        """Accepted and not ended; whether its time is over says `expires_at`."""
        return self.accepted_at is not None and self.ended_at is None
