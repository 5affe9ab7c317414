"""What the buttons of reports and charts carry."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.cards import Timeframe
from bot.buttons.fields import DeskTap, Number
from core.model.people import Right
from core.quality.grouping import Dimension
from core.quality.report import MAX_DAYS

MOST_DAYS, MOST_LINES = 365, 10
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]


class About(StrEnum):
    """What a report is of: one account, one source, or all that its reader may see."""

    ALL = "x"
    ACCOUNT = "a"
    SOURCE = "s"


class HistoryTap(DeskTap, prefix="his", right=Right.READ_OWN):
    """A page of /history with so many trades, `of` an account or a source; with `sheet` all as a file."""

    page: Annotated[int, Field(ge=0, lt=100_000)] = 0
    size: Annotated[int, Field(ge=1, le=MOST_LINES)] = MOST_LINES
    about: About = About.ALL
    of: UUID | None = None
    sheet: bool = False


class PerformanceTap(DeskTap, prefix="per", right=Right.READ_OWN):
    """/performance of other days."""

    days: Days
    about: About = About.ALL
    of: UUID | None = None


class EquityTap(DeskTap, prefix="equ", right=Right.READ_OWN):
    """/equity of an account and so many days."""

    account: UUID
    days: Days


class CandlesTap(DeskTap, prefix="cha", right=Right.READ_OWN):
    """/chart of a symbol in another timeframe."""

    timeframe: Timeframe
    symbol: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._#+-]{0,31}$")]


class HealthTap(DeskTap, prefix="h", right=Right.READ_OWN):
    """Another look at one page of /health."""

    page: Number


class SyncTap(DeskTap, prefix="s", right=Right.READ_OWN):
    """Reconcile the accounts of one page of /sync now."""

    page: Number


class QualityTap(DeskTap, prefix="y", right=Right.READ_OWN):
    """/quality by another dimension; with `sheet`, its orders as a file."""

    by: Dimension
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    sheet: bool = False
