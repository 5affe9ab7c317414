"""The desk file's entries of what a trader chooses for one account: sizes, limits, hours, plan."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from bot.deskfile.entries import Entry, Shown
from core.model.accounts import RiskPolicy
from core.model.policies import Basis, Hours, Plan, RollBack

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('no time zone of that name is known; write it like "Europe/London"') from None
    return name


def _day(name: str) -> str:
    if name not in _DAYS:
        raise ValueError(f"a day is one of {', '.join(_DAYS)}")
    return name


def _wall(of_day: time) -> time:
    if of_day.tzinfo is not None:
        raise ValueError('a time of day is written as "08:00", without an offset; zone says where')
    return of_day


def _rising(levels: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if list(levels) != sorted(set(levels)):
        raise ValueError("each level must be above the one before")
    return levels


_OfDay = Annotated[time, AfterValidator(_wall)]


class HoursEntry(Entry):
    """`[hours]` of the desk, `[accounts.risk.hours]` of an account: see Hours."""

    opens: _OfDay = Field(default=time(0), description="time of day from which entries are allowed")
    closes: _OfDay = Field(default=time(0), description="and until when; not later: on the next day")
    days: frozenset[Annotated[str, AfterValidator(_day)]] = Field(
        default=frozenset(_DAYS), min_length=1, description="days on which such a window begins"
    )
    zone: Annotated[Shown, AfterValidator(_zone)] = Field(default="UTC", description="of these times")
    blackout: frozenset[date] = Field(
        default=frozenset(), max_length=366, description="dates on which nothing is opened"
    )

    def hours(self) -> Hours:
        days = frozenset(_DAYS.index(day) for day in self.days)
        return Hours(self.opens, self.closes, days, self.zone, self.blackout)


class RiskEntry(Entry):
    """`[accounts.risk]`: see RiskPolicy."""

    risk_percent: Decimal = Field(
        default=Decimal(1), gt=0, le=100, description="percent of equity that a trade loses at its stop"
    )
    fixed_lots: Decimal | None = Field(default=None, gt=0, description="lots of every trade, instead")
    max_lots: Decimal = Field(default=Decimal(5), gt=0, description="lots of one trade at most")
    max_open_lots: Decimal | None = Field(
        default=None, gt=0, description="lots of all trades together at most"
    )
    max_open_trades: int | None = Field(
        default=None, ge=1, le=10_000, description="trades at once at most, by hand and pending ones too"
    )
    max_per_day: int | None = Field(
        default=None, ge=1, le=10_000, description="trades of one day (UTC) at most"
    )
    max_open_risk_percent: Decimal = Field(
        default=Decimal(10), gt=0, description="percent of equity that all open stops together may cost"
    )
    max_drift_pips: Decimal = Field(
        default=Decimal(5), ge=0, description="pips that the price may run from what was approved"
    )
    allow_no_stop: bool = Field(
        default=False, description="take signals without a stop, at fixed lots; they count no open risk"
    )
    cooldown_losses: int | None = Field(
        default=None, ge=1, le=100, description="losses in a row after which nothing is opened for a while"
    )
    cooldown_minutes: int = Field(default=60, ge=1, le=43_200, description="how long that is")
    drawdown_limit_percent: Decimal = Field(
        default=Decimal(20), gt=0, le=100, description="percent below the peak at which everything is closed"
    )
    drawdown_basis: Basis = Field(
        default=Basis.PEAK, description="what that is below: peak (of all time), day (its peak), initial"
    )
    daily_loss_percent: Decimal | None = Field(
        default=None, gt=0, le=100, description="percent lost since the broker's midnight that do the same"
    )
    count_credit: bool = Field(default=False, description="bonus money counts as equity")
    warn_at: Annotated[tuple[Annotated[Decimal, Field(gt=0, lt=1)], ...], AfterValidator(_rising)] = Field(
        default=(Decimal("0.5"), Decimal("0.75"), Decimal("0.9")),
        min_length=1,
        max_length=10,
        description="shares of these limits that are warned of",
    )
    countdown_s: int = Field(default=10, ge=0, le=600, description="seconds from that limit to the closing")
    plan: Plan = Field(
        default=Plan.FIRST_TARGET, description="of several targets: first_target, or split the lots"
    )
    roll_back: RollBack = Field(
        default=RollBack.KEEP, description="when a part of a split fails: keep the others, or undo them"
    )
    undo_s: int = Field(
        default=0, ge=0, le=30, description="seconds in which an approval can be taken back before it is sent"
    )
    hours: HoursEntry | None = Field(default=None, description="when entries are allowed, as `[hours]`")

    @model_validator(mode="after")
    def _lets_a_trade_through(self) -> "RiskEntry":
        """What one trade takes fits into what all of them may."""
        if (found := self.policy().contradiction()) is not None:
            one, most = found
            wanted, limit = getattr(self, one), getattr(self, most)
            raise ValueError(f"{one} {wanted} is more than {most} {limit}: no trade would pass")
        return self

    def policy(self) -> RiskPolicy:
        hours = self.hours.hours() if self.hours else None
        return RiskPolicy(**self.model_dump(exclude={"hours"}), hours=hours)
