"""What the buttons of liquidations, locks and the panic carry."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.fields import DeskTap, Number, Until
from core.model.people import Right


class LiquidationAct(StrEnum):
    """`HOLD` asks for how long and why, `BACK` shows the first buttons again, `RELEASE` ends a hold."""

    NOW = "n"
    HOLD = "h"
    BACK = "b"
    RELEASE = "r"


class LiquidationTap(DeskTap, prefix="q", right=None):
    """A button of a liquidation, whose state decides whether it still counts."""

    act: LiquidationAct
    liquidation: Number


class HoldReason(StrEnum):
    """The reasons offered for a hold; `bot.views.liquidation.HOLD_REASONS` holds their words."""

    PRICE = "p"
    HAND = "h"
    NEWS = "n"


class HoldTap(DeskTap, prefix="o", right=None):
    """A hold of a liquidation, for so long and for this reason."""

    liquidation: Number
    minutes: Annotated[int, Field(ge=1, le=60)]
    reason: HoldReason


class PanicTap(DeskTap, prefix="panic", right=Right.PANIC):
    """The answer to the question of /panic."""

    until: Until
    sure: bool


class PanicProgressTap(DeskTap, prefix="panics", right=Right.READ_DESK):
    """How far a panic is now."""

    panic: Number


class UnlockTap(DeskTap, prefix="u", right=Right.LOCK):
    """Release of one lock; once it is released the button is stale."""

    lock: Number


class UnlockSureTap(DeskTap, prefix="uu", right=Right.UNLOCK):
    """The answer to the question before a guard's lock is released."""

    lock: Number
    until: Until
    keep: bool = False


class LockTap(DeskTap, prefix="lock", right=Right.LOCK):
    """A lock of the account that an alert is about."""

    account: UUID
