"""What buttons carry: an identity and the version that they were drawn for, at most 64 bytes."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from core.quality.grouping import Dimension
from core.quality.report import MAX_DAYS

Number = Annotated[int, Field(ge=0, lt=2**63)]
"""Of a forged button too: a key or a time that the database and the calendar can take."""


class CardAct(StrEnum):
    """`ASK_REASON` shows the reasons for a rejection, `BACK` the two buttons again."""

    APPROVE = "a"
    ASK_REASON = "r"
    BACK = "b"


class CardTap(CallbackData, prefix="d"):
    """A button of a signal card."""

    act: CardAct
    approval: UUID
    version: Number


class RejectReason(StrEnum):
    """The reasons offered for a rejection; `bot.views.card.REASONS` holds their words."""

    SETUP = "s"
    LATE = "l"
    RISK = "k"


class RejectTap(CallbackData, prefix="r"):
    """One reason for a rejection."""

    reason: RejectReason
    approval: UUID
    version: Number


class LiquidationAct(StrEnum):
    """`HOLD` asks for how long and why, `BACK` shows the first buttons again, `RELEASE` ends a hold."""

    NOW = "n"
    HOLD = "h"
    BACK = "b"
    RELEASE = "r"


class LiquidationTap(CallbackData, prefix="q"):
    """A button of a liquidation, whose state decides whether it still counts."""

    act: LiquidationAct
    liquidation: Number


class HoldReason(StrEnum):
    """The reasons offered for a hold; `bot.views.liquidation.HOLD_REASONS` holds their words."""

    PRICE = "p"
    HAND = "h"
    NEWS = "n"


class HoldTap(CallbackData, prefix="o"):
    """A hold of a liquidation, for so long and for this reason."""

    liquidation: Number
    minutes: Annotated[int, Field(ge=1, le=60)]
    reason: HoldReason


class ConsentTap(CallbackData, prefix="c"):
    """Acceptance of one version of the risk text."""

    version: Number


class CloseAllAct(StrEnum):
    CLOSE = "c"
    KEEP = "k"


class CloseAllTap(CallbackData, prefix="x"):
    """The answer to /closeall; `until` (Unix seconds) is when the question lapses."""

    act: CloseAllAct
    until: Number


class HealthTap(CallbackData, prefix="h"):
    """Another look at one page of /health."""

    page: Number


class SyncTap(CallbackData, prefix="s"):
    """Reconcile the accounts of one page of /sync now."""

    page: Number


class UnlockTap(CallbackData, prefix="u"):
    """Release of one lock; once it is released the button is stale."""

    lock: Number


class DivergenceAct(StrEnum):
    """`ASK_WRITE_OFF` asks with numbers before `WRITE_OFF`; `BACK` shows the first buttons again."""

    ADOPT = "a"
    IGNORE = "i"
    ACCEPT = "c"
    RESTORE = "r"
    CHOOSE = "t"
    CHECK = "k"
    ASK_WRITE_OFF = "q"
    WRITE_OFF = "w"
    BACK = "b"


class DivergenceTap(CallbackData, prefix="v"):
    """A button of a divergence, by its row of the log; `position` is the one that is chosen."""

    act: DivergenceAct
    row: Number
    position: Number | None = None


class QualityTap(CallbackData, prefix="y"):
    """/quality by another dimension; with `sheet`, its orders as a file."""

    by: Dimension
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    sheet: bool = False
