"""People, their roles, and what each role may do."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.ids import PersonId

CONSENT_VERSION = 1


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    TRADER = "trader"


class Right(StrEnum):
    """What a person may do; handlers name one, `RIGHTS` says who has it."""

    READ_OWN = "read_own"
    DECIDE = "decide"
    CLOSE_OWN = "close_own"
    READ_DESK = "read_desk"
    PAUSE = "pause"
    LOCK = "lock"
    UNLOCK = "unlock"
    HOLD = "hold"


RIGHTS: dict[Role, AbstractSet[Right]] = {
    Role.OWNER: {Right.READ_OWN, Right.READ_DESK, Right.PAUSE, Right.LOCK, Right.UNLOCK, Right.HOLD},
    Role.ADMIN: {Right.READ_OWN, Right.READ_DESK, Right.PAUSE, Right.LOCK},
    Role.TRADER: {Right.READ_OWN, Right.DECIDE, Right.CLOSE_OWN},
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone known to the desk, by Telegram user id. `chat_id` is None before their first /start."""

    id: PersonId
    telegram_id: int
    name: str
    roles: frozenset[Role]
    chat_id: int | None = None
    reachable: bool = True
    consent_version: int | None = None

    def may(self, right: Right) -> bool:
        return any(right in RIGHTS[role] for role in self.roles)

    @property
    def consented(self) -> bool:
        """Whether the risk text in force was accepted."""
        return self.consent_version == CONSENT_VERSION


@dataclass(frozen=True, slots=True)
class Consent:
    """One acceptance of one version of the risk text."""

    person_id: PersonId
    version: int
    accepted_at: datetime
