"""What the buttons of the audit trail carry."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.buttons.fields import DeskTap, Number
from core.model.people import Right


class AuditAct(StrEnum):
    SHOW = "w"
    KINDS = "k"
    WHO = "o"
    EXPORT = "x"


class AuditTap(DeskTap, prefix="au", right=Right.AUDIT):
    """A page of the trail: what was written before the event `before` (0: the newest), of a kind, of a
    person (`p` and their id) or an account (`a` and its id), ids as URL-safe base64."""

    act: AuditAct = AuditAct.SHOW
    before: Number = 0
    kind: Annotated[str, Field(pattern=r"^[a-z]{0,14}$")] = ""
    whose: Annotated[str, Field(pattern=r"^([ap][A-Za-z0-9_-]{22})?$")] = ""
