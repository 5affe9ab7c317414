"""People, their roles, and what each role may do."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.ids import PersonId

CONSENT_VERSION = 1


class Language(StrEnum):
    """Those that the desk speaks, by their codes (ISO 639-1)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    SPANISH = "es"


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    TRADER = "trader"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a person may do; handlers name one, `RIGHTS` says who has it.

    `COMPOSE` writes signals; `INVITE` lets people in as traders and viewers and blocks those; `SET_ROLES`
    does it for any role; `ROUTE` sends kinds of alerts to groups; `LINK` adds accounts of one's own.
    """

    READ_OWN = "read_own"
    DECIDE = "decide"
    CLOSE_OWN = "close_own"
    READ_DESK = "read_desk"
    PAUSE = "pause"
    LOCK = "lock"
    UNLOCK = "unlock"
    HOLD = "hold"
    COMPOSE = "compose"
    INVITE = "invite"
    SET_ROLES = "set_roles"
    AUDIT = "audit"
    PANIC = "panic"
    ROUTE = "route"
    LINK = "link"


_READS = {Right.READ_OWN, Right.READ_DESK}
_HELPS = _READS | {Right.PAUSE, Right.LOCK, Right.COMPOSE, Right.INVITE, Right.AUDIT}

RIGHTS: dict[Role, AbstractSet[Right]] = {
    Role.OWNER: _HELPS | {Right.UNLOCK, Right.HOLD, Right.SET_ROLES, Right.PANIC, Right.ROUTE},
    Role.ADMIN: _HELPS,
    Role.TRADER: {Right.READ_OWN, Right.DECIDE, Right.CLOSE_OWN, Right.LINK},
    Role.VIEWER: _READS,
}
"""The matrix of rights, whole: nothing else says what a role may do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone known to the desk, by Telegram user id. `chat_id` is None before their first /start.

    `zone` is the IANA name of the time zone that times are shown in.
    """

    id: PersonId
    telegram_id: int
    name: str
    roles: frozenset[Role]
    chat_id: int | None = None
    reachable: bool = True
    consent_version: int | None = None
    language: Language = Language.ENGLISH
    zone: str = "UTC"

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
