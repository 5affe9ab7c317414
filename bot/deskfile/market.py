"""The market guard's entries of the desk file, and its calendar of news."""

from decimal import Decimal
from pathlib import Path

from pydantic import Field

from bot.deskfile.entries import Entry
from bot.settings import SettingsError
from core.market.news import BadCalendar, Calendar
from core.model.policies import Danger, MarketAction, MarketPolicy


class MarketEntry(Entry):
    """`[accounts.market]`: see MarketPolicy."""

    action: MarketAction = Field(
        default=MarketAction.ALERT,
        description="what is done about a danger: alert, break_even (tightens stops in profit) or close",
    )
    actions: dict[Danger, MarketAction] = Field(
        default_factory=dict, description="another action for gap, spread, stale, closing or news"
    )
    gap_percent: Decimal = Field(
        default=Decimal(5), gt=0, le=100, description="percent between two quotes that are a gap"
    )
    gap_times: Decimal = Field(
        default=Decimal(10), ge=2, le=1000, description="times the usual move that are a gap, too"
    )
    spread_times: Decimal = Field(
        default=Decimal(5), ge=2, le=1000, description="times the usual spread that are too wide"
    )
    spread_s: int = Field(default=30, ge=5, le=3600, description="seconds that it has to be so")
    stale_s: int = Field(
        default=120, ge=20, le=86_400, description="seconds without a new price in an open market"
    )
    closing_minutes: int = Field(
        default=30, ge=0, le=1440, description="minutes before a weekend or a rest of four hours or more"
    )
    news_minutes: int = Field(default=15, ge=0, le=1440, description="minutes before a window of the news")

    def policy(self) -> MarketPolicy:
        return MarketPolicy(**self.model_dump())


def load_calendar(path: str) -> Calendar:
    """The calendar of the file, read; an empty path is none. Raises SettingsError for a file of no use."""
    calendar = Calendar(Path(path) if path else None)
    try:
        calendar.load()
    except BadCalendar as error:
        raise SettingsError(f"TAPDESK_NEWS_FILE: {error}.") from error
    return calendar
