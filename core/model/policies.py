"""What a trader chooses for one account beside sizes: basis of the drawdown, plan, hours, market guard."""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


class Basis(StrEnum):
    """From what the drawdown is measured: the highest equity ever, the day's, or what was there at first."""

    PEAK = "peak"
    DAY = "day"
    INITIAL = "initial"


class Plan(StrEnum):
    """What becomes of a signal with several targets.

    `FIRST_TARGET`: one position with the first target. `SPLIT`: the lots in equal parts, one position per
    target; when the first target is reached the stops of the others move to their entries.
    """

    FIRST_TARGET = "first_target"
    SPLIT = "split"


class RollBack(StrEnum):
    """When a leg of a plan fails: keep the legs that were filled, or close them again."""

    KEEP = "keep"
    UNDO = "undo"


class Danger(StrEnum):
    """What the market guard sees on a symbol in which an account holds something."""

    GAP = "gap"
    SPREAD = "spread"
    STALE = "stale"
    CLOSING = "closing"
    NEWS = "news"


class MarketAction(StrEnum):
    """What the market guard does about it: tell, move stops to break-even where allowed, or close."""

    ALERT = "alert"
    BREAK_EVEN = "break_even"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class MarketPolicy:
    """When the market guard of an account speaks, and what it does then.

    A gap between consecutive quotes is told beyond `gap_percent` of the price or `gap_times` the usual move
    of the instrument; a spread beyond `spread_times` its rolling median for `spread_s` seconds; quotes that
    stand still for `stale_s` while the session is open; a weekend or another rest of four hours or more
    `closing_minutes` before it begins; a window of the news calendar `news_minutes` before it begins.
    `actions` says otherwise than `action` for a danger.
    """

    action: MarketAction = MarketAction.ALERT
    actions: dict[Danger, MarketAction] = field(default_factory=dict)
    gap_percent: Decimal = Decimal("5")
    gap_times: Decimal = Decimal("10")
    spread_times: Decimal = Decimal("5")
    spread_s: int = 30
    stale_s: int = 120
    closing_minutes: int = 30
    news_minutes: int = 15

    def action_for(self, danger: Danger) -> MarketAction:
        return self.actions.get(danger, self.action)


@dataclass(frozen=True, slots=True)
class Hours:
    """When entries are allowed: on `days` (0 is Monday) from `opens` to `closes` in `zone` (an IANA name).

    A window whose `closes` is not later than its `opens` ends on the next day. On `blackout` days, by that
    zone's calendar, nothing is opened.
    """

    opens: time = time(0)
    closes: time = time(0)
    days: frozenset[int] = frozenset(range(7))
    zone: str = "UTC"
    blackout: frozenset[date] = frozenset()
