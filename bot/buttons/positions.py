"""What the buttons of positions, orders and of closing everything carry."""

from enum import StrEnum
from uuid import UUID

from bot.buttons.fields import DeskTap, Number, Until
from core.model.people import Right


class CloseAllAct(StrEnum):
    """`ASK` puts the question for one of several accounts."""

    ASK = "a"
    CLOSE = "c"
    KEEP = "k"


class CloseAllTap(DeskTap, prefix="x", right=Right.CLOSE_OWN):
    """The answer to /closeall. Without an account: of all."""

    act: CloseAllAct
    until: Until
    account: UUID | None = None


class PositionsTap(DeskTap, prefix="pl", right=Right.READ_OWN):
    """A page of /positions, read anew."""

    page: Number


class OrdersTap(DeskTap, prefix="ol", right=Right.READ_OWN):
    """A page of /orders, read anew."""

    page: Number


class PositionAct(StrEnum):
    """`SHOW` reads it anew; the others ask with its numbers, or for a price."""

    SHOW = "v"
    CLOSE = "c"
    HALF = "h"
    BREAK_EVEN = "e"
    STOP = "s"
    TARGET = "t"


class PositionTap(DeskTap, prefix="pos", right=Right.READ_OWN):
    """A button of one position, by its identifier."""

    act: PositionAct
    account: UUID
    ticket: Number


class OrderAct(StrEnum):
    SHOW = "v"
    CANCEL = "c"
    MOVE = "m"


class OrderTap(DeskTap, prefix="ord", right=Right.READ_OWN):
    """A button of one pending order, by its ticket."""

    act: OrderAct
    account: UUID
    ticket: Number


class RequestTap(DeskTap, prefix="rq", right=Right.CLOSE_OWN):
    """The answer to a question about a position or an order; its row knows what was asked, and until when."""

    request: Number
    sure: bool
