"""What the buttons about people carry: who, what was seen, and the time until which an answer counts."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.fields import DeskTap, Number, Until
from core.model.people import Language, Right, Role

Mask = Annotated[int, Field(ge=0, lt=2 ** len(Role))]
"""A set of roles, a bit for each in their order."""


def mask_of(roles: frozenset[Role]) -> int:
    return sum(1 << place for place, role in enumerate(Role) if role in roles)


def roles_of(mask: int) -> frozenset[Role]:
    return frozenset(role for place, role in enumerate(Role) if mask >> place & 1)


class AskToJoinTap(DeskTap, prefix="join", right=None):
    """A stranger's only button."""


class KnockAct(StrEnum):
    TRADER = "t"
    VIEWER = "v"
    DECLINE = "n"
    IGNORE = "i"


class KnockTap(DeskTap, prefix="kn", right=Right.INVITE):
    """A decision about a stranger at the door."""

    act: KnockAct
    knock: Number


class InviteAct(StrEnum):
    LIST = "l"
    NEW = "n"
    REVOKE = "r"


class InviteTap(DeskTap, prefix="inv", right=Right.INVITE):
    """Invites: all, a new one for a role, or the end of one."""

    act: InviteAct
    invite: Number = 0
    role: Role | None = None


class UsersTap(DeskTap, prefix="us", right=Right.INVITE):
    """A page of /users."""

    page: Number


class PersonAct(StrEnum):
    SHOW = "s"
    ASK_ROLES = "r"
    ASK_BLOCK = "b"
    ASK_UNBLOCK = "u"


class PersonTap(DeskTap, prefix="pp", right=Right.INVITE):
    """A person of /users; `roles` are those that they are to have."""

    act: PersonAct
    person: UUID
    roles: Mask = 0


class RolesTap(DeskTap, prefix="ro", right=Right.INVITE):
    """Yes to other roles than those that were seen."""

    person: UUID
    before: Mask
    after: Mask
    until: Until


class BlockTap(DeskTap, prefix="bl", right=Right.INVITE):
    """Yes to blocking a person, or to letting them in again."""

    person: UUID
    block: bool
    until: Until


class SettingsPage(StrEnum):
    HUB = "h"
    LANGUAGE = "l"
    ZONE = "z"
    CITY = "c"


class SettingsTap(DeskTap, prefix="set", right=None):
    """A page of /settings."""

    page: SettingsPage


class LanguageTap(DeskTap, prefix="lang", right=None):
    language: Language


class ZoneTap(DeskTap, prefix="zone", right=None):
    """A time zone by its IANA name."""

    zone: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,39}$")]


class ForgetTap(DeskTap, prefix="fg", right=None):
    """The answer to /forget."""

    forget: bool
    until: Until


class ConsentTap(DeskTap, prefix="c", right=None):
    """Acceptance of one version of the risk text."""

    version: Number
