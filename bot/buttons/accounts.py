"""What the buttons of /accounts carry."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.fields import DeskTap, Number, Until
from core.model.people import Right


class AccountsTap(DeskTap, prefix="acs", right=Right.READ_OWN):
    """A page of /accounts."""

    page: Number = 0


class AccountAct(StrEnum):
    """`ASK_UNLINK` asks with the numbers before `UNLINK`, whose button counts until a time."""

    SHOW = "s"
    PAUSE = "p"
    RESUME = "r"
    RENAME = "n"
    SYMBOLS = "y"
    PIN = "i"
    ASK_UNLINK = "q"
    UNLINK = "u"


class AccountTap(DeskTap, prefix="ac", right=Right.READ_OWN):
    """A button of one account; `choice` is the number of an instrument."""

    act: AccountAct
    account: UUID
    choice: Number = 0
    until: Until = 0


class RiskAct(StrEnum):
    """`PICK` restates a value before `SET`; `TYPE` asks for one in words."""

    LIST = "l"
    SHOW = "s"
    TYPE = "t"
    PICK = "p"
    SET = "x"


class RiskTap(DeskTap, prefix="rk", right=Right.LINK):
    """A button of one setting of an account's risk, by its code; `version` tells which policy was shown."""

    act: RiskAct
    account: UUID
    setting: Annotated[str, Field(pattern=r"^[a-z0-9]{0,2}$")] = ""
    value: Annotated[str, Field(pattern=r"^[a-z0-9._]{0,12}$")] = ""
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{0,6}$")] = ""


class LinkAct(StrEnum):
    """`START` begins the wizard; `PAPER`, `MT5` and `TERMINAL` choose, `LINK` says yes to what was found."""

    START = "s"
    PAPER = "p"
    MT5 = "m"
    TERMINAL = "t"
    LINK = "y"
    BACK = "b"
    CANCEL = "c"


class LinkTap(DeskTap, prefix="lk", right=Right.LINK):
    """A button of the wizard, at the step of that name; `choice` is the number of a terminal."""

    act: LinkAct
    at: Annotated[str, Field(pattern=r"^[a-z_]{0,16}$")] = ""
    choice: Number = 0


class RenewTap(DeskTap, prefix="pw", right=Right.LINK):
    """Begins the question for another password of a linked account."""

    account: UUID
