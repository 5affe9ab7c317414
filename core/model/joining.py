"""How people come to the desk: by an invite, or by knocking at its door."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.ids import PersonId
from core.model.people import Language, Role

MOST_USES = 100
LONGEST_INVITE = timedelta(days=30)
USUAL_INVITE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that makes a stranger a person with `role`, `uses` times until `expires_at`.

    Its token is known to who has the link only: the desk keeps a hash of it.
    """

    id: int
    role: Role
    uses: int
    used: int
    created_at: datetime
    expires_at: datetime
    created_by: PersonId
    revoked_at: datetime | None = None

    @property
    def left(self) -> int:
        return max(self.uses - self.used, 0)

    def is_open(self, now: datetime) -> bool:
        """Whether it can be used still."""
        return self.revoked_at is None and now < self.expires_at and self.left > 0


def new_token() -> str:
    """32 characters of those that a deep link carries (Telegram takes 64 of `A-Za-z0-9_-`)."""
    return secrets.token_urlsafe(24)


def digest_of(token: str) -> str:
    """What is kept of a token: enough to know it again, not to make the link."""
    return hashlib.sha256(token.encode()).hexdigest()


class KnockState(StrEnum):
    """`AT_DOOR` has written without an invite; `ASKED` wants to join. The other three are decisions."""

    AT_DOOR = "at_door"
    ASKED = "asked"
    ADMITTED = "admitted"
    DECLINED = "declined"
    IGNORED = "ignored"


WAITING = frozenset({KnockState.AT_DOOR, KnockState.ASKED})


@dataclass(frozen=True, slots=True)
class Knock:
    """A stranger at the door, one row for each. `asks` counts how often they asked to join.

    `id` is a number of ours, 0 before it is stored; `decided_by` is who let them in or not.
    """

    id: int
    telegram_id: int
    chat_id: int
    name: str
    language: Language
    state: KnockState
    knocked_at: datetime
    asks: int = 0
    asked_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: PersonId | None = None
    role: Role | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state in WAITING
