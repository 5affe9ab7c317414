"""What the buttons of a signal card and of standing approvals carry."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.fields import DeskTap, Number
from core.model.people import Right


class CardAct(StrEnum):
    """`ASK_REASON` shows the reasons for a rejection, `BACK` the card again; `CHECK` looks again whether it
    can be approved, `UNDO` takes an approval back."""

    APPROVE = "a"
    ASK_REASON = "r"
    BACK = "b"
    CHECK = "c"
    DETAILS = "d"
    UNDO = "u"


class CardTap(DeskTap, prefix="d", right=Right.DECIDE):
    """A button of a signal card."""

    act: CardAct
    approval: UUID
    version: Number


def approves(data: str) -> bool:
    """Whether the button would approve a card."""
    return data.startswith(f"{CardTap.__prefix__}:{CardAct.APPROVE}:")


class RejectReason(StrEnum):
    """The reasons offered for a rejection, worded in `bot.views.cards.buttons`; `OTHER` asks for words."""

    SETUP = "s"
    LATE = "l"
    RISK = "k"
    OTHER = "o"


class RejectTap(DeskTap, prefix="r", right=Right.DECIDE):
    """One reason for a rejection."""

    reason: RejectReason
    approval: UUID
    version: Number


class SizeTap(DeskTap, prefix="z", right=Right.DECIDE):
    """So many times the size that the settings say."""

    factor: Annotated[Decimal, Field(gt=0, le=2, max_digits=2, decimal_places=1)]
    approval: UUID
    version: Number


class Timeframe(StrEnum):
    """Of a chart's candles."""

    M5 = "M5"
    M15 = "M15"
    H1 = "H1"
    H4 = "H4"


class ChartTap(DeskTap, prefix="g", right=Right.DECIDE):
    """The chart of a card in another timeframe."""

    timeframe: Timeframe
    approval: UUID


class StandingAct(StrEnum):
    """`SOURCE` and `CARD` begin a draft, for a source or for that of a card; `ACCOUNT` to `DAYS` turn one of
    its caps; `READ` shows the text that `ACCEPT` accepts, `BACK` the caps again."""

    LIST = "l"
    NEW = "n"
    SOURCE = "s"
    CARD = "c"
    ACCOUNT = "a"
    LOTS = "o"
    PER_DAY = "p"
    RISK = "k"
    DAYS = "d"
    READ = "r"
    BACK = "b"
    ACCEPT = "y"
    REVOKE = "x"


class StandingTap(DeskTap, prefix="st", right=Right.DECIDE):
    """A button of standing approvals: `number` at its `version`, or what to begin one `of`. `consent` is the
    version of the text that is accepted."""

    act: StandingAct
    number: Number = 0
    version: Number = 0
    of: UUID | None = None
    consent: Number = 0
