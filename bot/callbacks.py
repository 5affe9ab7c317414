"""What buttons carry: an identity and the version that they were drawn for, at most 64 bytes."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from core.model.alerts import Family, Wish
from core.quality.grouping import Dimension
from core.quality.report import MAX_DAYS

Number = Annotated[int, Field(ge=0, lt=2**63)]
"""Of a forged button too: a key or a time that the database and the calendar can take."""


class CardAct(StrEnum):
    """`ASK_REASON` shows the reasons for a rejection, `BACK` the card again; `CHECK` looks again whether it
    can be approved, `UNDO` takes an approval back."""

    APPROVE = "a"
    ASK_REASON = "r"
    BACK = "b"
    CHECK = "c"
    DETAILS = "d"
    UNDO = "u"


class CardTap(CallbackData, prefix="d"):
    """A button of a signal card."""

    act: CardAct
    approval: UUID
    version: Number


def approves(data: str) -> bool:
    """Whether the button would approve a card."""
    return data.startswith(f"{CardTap.__prefix__}:{CardAct.APPROVE}:")


class RejectReason(StrEnum):
    """The reasons offered for a rejection (see `bot.views.cardbuttons`); `OTHER` asks for one's own words."""

    SETUP = "s"
    LATE = "l"
    RISK = "k"
    OTHER = "o"


class RejectTap(CallbackData, prefix="r"):
    """One reason for a rejection."""

    reason: RejectReason
    approval: UUID
    version: Number


class SizeTap(CallbackData, prefix="z"):
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


class ChartTap(CallbackData, prefix="g"):
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


class StandingTap(CallbackData, prefix="st"):
    """A button of standing approvals: `number` at its `version`, or what to begin one `of`. `consent` is the
    version of the text that is accepted."""

    act: StandingAct
    number: Number = 0
    version: Number = 0
    of: UUID | None = None
    consent: Number = 0


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
    """`ASK` puts the question for one of several accounts."""

    ASK = "a"
    CLOSE = "c"
    KEEP = "k"


class CloseAllTap(CallbackData, prefix="x"):
    """The answer to /closeall; `until` (Unix seconds) is when it lapses. Without an account: of all."""

    act: CloseAllAct
    until: Number
    account: UUID | None = None


class PositionsTap(CallbackData, prefix="pl"):
    """A page of /positions, read anew."""

    page: Number


class OrdersTap(CallbackData, prefix="ol"):
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


class PositionTap(CallbackData, prefix="pos"):
    """A button of one position, by its identifier."""

    act: PositionAct
    account: UUID
    ticket: Number


class OrderAct(StrEnum):
    SHOW = "v"
    CANCEL = "c"
    MOVE = "m"


class OrderTap(CallbackData, prefix="ord"):
    """A button of one pending order, by its ticket."""

    act: OrderAct
    account: UUID
    ticket: Number


class RequestTap(CallbackData, prefix="rq"):
    """The answer to a question about a position or an order; its row knows what was asked, and until when."""

    request: Number
    sure: bool


class PanicTap(CallbackData, prefix="panic"):
    """The answer to the question of /panic; `until` (Unix seconds) is when it lapses."""

    until: Number
    sure: bool


class PanicProgressTap(CallbackData, prefix="panics"):
    """How far a panic is now."""

    panic: Number


class HealthTap(CallbackData, prefix="h"):
    """Another look at one page of /health."""

    page: Number


class SyncTap(CallbackData, prefix="s"):
    """Reconcile the accounts of one page of /sync now."""

    page: Number


class UnlockTap(CallbackData, prefix="u"):
    """Release of one lock; once it is released the button is stale."""

    lock: Number


class UnlockSureTap(CallbackData, prefix="uu"):
    """The answer to the question before a guard's lock is released; `until` (Unix seconds) it lapses."""

    lock: Number
    until: Number
    keep: bool = False


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


class CommandTap(CallbackData, prefix="cmd"):
    """A button that is a command: what a tap does is what the words would."""

    name: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    argument: Annotated[str, Field(pattern=r"^[A-Za-z0-9._#+-]{0,32}$")] = ""


class LockTap(CallbackData, prefix="lock"):
    """A lock of the account that an alert is about."""

    account: UUID


class AcknowledgeTap(CallbackData, prefix="ack"):
    """Somebody has a critical alert in hand; which one, by its escalation."""

    escalation: Number


class AlertsTap(CallbackData, prefix="al"):
    """A page of /alerts: a family, or all of them without one."""

    family: Family | None = None


class WishTap(CallbackData, prefix="wish"):
    """How to be told of a family or, with its name, of one kind in it. None: as the family."""

    family: Family
    wish: Wish | None = None
    kind: Annotated[str, Field(pattern=r"^[a-z_]{0,32}$")] = ""


class QuietAct(StrEnum):
    """`SHOW` asks for the hours; `SET` and `OFF` end the question."""

    SHOW = "q"
    SET = "s"
    OFF = "o"


class QuietTap(CallbackData, prefix="quiet"):
    """Quiet hours, as whole hours of the person's zone."""

    act: QuietAct
    begins: Annotated[int, Field(ge=0, le=23)] = 22
    ends: Annotated[int, Field(ge=0, le=23)] = 7


class RouteAct(StrEnum):
    """`SHOW` lists the routes, or shows one; `ASK_REMOVE` asks before `REMOVE`."""

    SHOW = "s"
    TOGGLE = "t"
    RESUME = "r"
    ASK_REMOVE = "a"
    REMOVE = "x"


class RouteTap(CallbackData, prefix="route"):
    """A route of alerts to a group; `family` is the one that is switched."""

    act: RouteAct
    route: Number = 0
    family: Family | None = None
