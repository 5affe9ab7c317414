"""What the buttons of reports and charts carry."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.callbacks import Timeframe

MOST_DAYS, MOST_LINES = 365, 10
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]


class About(StrEnum):
    """What a report is of: one account, one source, or all that its reader may see."""

    ALL = "x"
    ACCOUNT = "a"
    SOURCE = "s"


class HistoryTap(CallbackData, prefix="his"):
    """A page of /history with so many trades, `of` an account or a source; with `sheet` all as a file."""

    page: Annotated[int, Field(ge=0, lt=100_000)] = 0
    size: Annotated[int, Field(ge=1, le=MOST_LINES)] = MOST_LINES
    about: About = About.ALL
    of: UUID | None = None
    sheet: bool = False


class PerformanceTap(CallbackData, prefix="per"):
    """/performance of other days."""

    days: Days
    about: About = About.ALL
    of: UUID | None = None


class EquityTap(CallbackData, prefix="equ"):
    """/equity of an account and so many days."""

    account: UUID
    days: Days


class CandlesTap(CallbackData, prefix="cha"):
    """/chart of a symbol in another timeframe."""

    timeframe: Timeframe
    symbol: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._#+-]{0,31}$")]
