"""People, their roles, and what each role may do."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.ids import PersonId

CONSENT_VERSION = 2


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

GIVES: dict[Right, AbstractSet[Role]] = {
    Right.SET_ROLES: frozenset(Role),
    Right.INVITE: {Role.TRADER, Role.VIEWER},
}
"""The roles that each of these rights lets a person give and take; they act on people of those roles only."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone known to the desk, by Telegram user id. `chat_id` is None before their first /start.

    `zone` is the IANA name of the time zone that times are shown in. Who is blocked keeps their roles and may
    do nothing. `of_desk_file` tells whom the desk file names: their roles are the file's at each start.
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
    blocked_at: datetime | None = None
    of_desk_file: bool = False

    def may(self, right: Right) -> bool:
        return not self.is_blocked and any(right in RIGHTS[role] for role in self.roles)

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def met(self) -> bool:
        """Whether any risk text was accepted: with an older one everything but approving goes on."""
        return self.consent_version is not None

    @property
    def gives(self) -> frozenset[Role]:
        """The roles that the person may give to others, and take."""
        return frozenset(role for right, roles in GIVES.items() if self.may(right) for role in roles)

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
