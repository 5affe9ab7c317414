"""What the buttons of alerts and of their choices carry."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.buttons.fields import DeskTap, Number, Until
from core.model.alerts import Family, Wish
from core.model.people import Right


class AcknowledgeTap(DeskTap, prefix="ack", right=None):
    """Somebody has a critical alert in hand; which one, by its escalation."""

    escalation: Number


class AlertsTap(DeskTap, prefix="al", right=None):
    """A page of /alerts: a family, or all of them without one."""

    family: Family | None = None


class WishTap(DeskTap, prefix="wish", right=None):
    """How to be told of a family or, with its name, of one kind in it. None: as the family."""

    family: Family
    wish: Wish | None = None
    kind: Annotated[str, Field(pattern=r"^[a-z_]{0,32}$")] = ""


class QuietAct(StrEnum):
    """`SHOW` asks for the hours; `SET` and `OFF` end the question."""

    SHOW = "q"
    SET = "s"
    OFF = "o"


class QuietTap(DeskTap, prefix="quiet", right=None):
    """Quiet hours, as whole hours of the person's zone."""

    act: QuietAct
    begins: Annotated[int, Field(ge=0, le=23)] = 22
    ends: Annotated[int, Field(ge=0, le=23)] = 7


class RouteAct(StrEnum):
    """`SHOW` lists the routes, or shows one; `ASK_REMOVE` asks before `REMOVE`."""

    SHOW = "s"
    ON = "n"
    OFF = "f"
    RESUME = "r"
    ASK_REMOVE = "a"
    REMOVE = "x"


class RouteTap(DeskTap, prefix="route", right=Right.ROUTE):
    """A route of alerts to a group; `family` is the one that is switched."""

    act: RouteAct
    route: Number = 0
    family: Family | None = None
    until: Until = 0
