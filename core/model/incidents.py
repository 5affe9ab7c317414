"""Troubles of an account's terminal by name, and incidents: troubles that last and of which people know."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.ids import AccountId


class Trouble(StrEnum):
    """What may be wrong with an account; the first four are faces of one thing: it cannot be reached."""

    SILENT = "silent"
    DISCONNECTED = "disconnected"
    REJECTED = "rejected"
    OTHER_ACCOUNT = "other_account"
    BUTTON_OFF = "button_off"
    API_OFF = "api_off"
    ACCOUNT_BARRED = "account_barred"
    PROGRAMS_BARRED = "programs_barred"
    UNREAD = "unread"
    STALE = "stale"
    SLOW = "slow"

    @property
    def cause(self) -> AbstractSet["Trouble"]:
        """The troubles that come and go together with this one, itself among them."""
        return OUTAGE if self in OUTAGE else frozenset({self})


OUTAGE: AbstractSet[Trouble] = frozenset(
    {Trouble.SILENT, Trouble.DISCONNECTED, Trouble.REJECTED, Trouble.OTHER_ACCOUNT}
)
"""The account cannot be reached."""

BARRED: AbstractSet[Trouble] = frozenset(
    {Trouble.BUTTON_OFF, Trouble.API_OFF, Trouble.ACCOUNT_BARRED, Trouble.PROGRAMS_BARRED}
)
"""It can be read, but no order can be sent, not even one that closes."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A trouble of one account that was told, in the words that it was told in. `ended_at` is None while it
    lasts."""

    id: int
    account_id: AccountId
    trouble: Trouble
    sentence: str
    began_at: datetime
    ended_at: datetime | None = None
