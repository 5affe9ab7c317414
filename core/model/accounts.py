"""Accounts, sources and the settings that size and limit trades."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, PersonId, SourceId
from core.model.policies import Basis, Hours, MarketPolicy, Plan, RollBack
from core.model.thresholds import Rules


class TerminalKind(StrEnum):
    """Which module the account's worker imports."""

    PAPER = "paper"
    MT5 = "mt5"


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """A trader's own limits for one account. Percentages are of equity; pips per `Instrument.pip`.

    `max_open_risk_percent` bounds what would be lost if every stop of the account were hit now.
    `allow_no_stop` lets signals without a stop through (at `fixed_lots`); what is open without a stop is
    then not counted, while without it nothing new is opened beside it.

    `daily_loss_percent` is of the equity at the broker's midnight; `count_credit` has bonus money count as
    equity. `max_open_trades`, `max_open_lots` and `max_per_day` bound entries, positions opened by hand
    counted; after `cooldown_losses` losses in a row nothing is opened for `cooldown_minutes`. None: no limit.
    What is approved rests for `undo_s` seconds, in which it can be taken back.
    """

    risk_percent: Decimal = Decimal("1")
    fixed_lots: Decimal | None = None
    max_lots: Decimal = Decimal("5")
    max_open_risk_percent: Decimal = Decimal("10")
    max_drift_pips: Decimal = Decimal("5")
    allow_no_stop: bool = False
    drawdown_limit_percent: Decimal = Decimal("20")
    warn_at: tuple[Decimal, ...] = (Decimal("0.5"), Decimal("0.75"), Decimal("0.9"))
    countdown_s: int = 10
    drawdown_basis: Basis = Basis.PEAK
    daily_loss_percent: Decimal | None = None
    count_credit: bool = False
    max_open_trades: int | None = None
    max_open_lots: Decimal | None = None
    max_per_day: int | None = None
    cooldown_losses: int | None = None
    cooldown_minutes: int = 60
    hours: Hours | None = None
    plan: Plan = Plan.FIRST_TARGET
    roll_back: RollBack = RollBack.KEEP
    undo_s: int = 0
    market: MarketPolicy = field(default_factory=MarketPolicy)

    def contradiction(self) -> tuple[str, str] | None:
        """A setting by which each trade takes more than another one lets pass, and that one: none would."""
        for one, most in _PAIRS:
            wanted, limit = getattr(self, one), getattr(self, most)
            if wanted is not None and limit is not None and wanted > limit:
                return one, most
        return None


_PAIRS = (
    ("fixed_lots", "max_lots"),
    ("fixed_lots", "max_open_lots"),
    ("risk_percent", "max_open_risk_percent"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """One MT5 login at one server, of one trader, served by one terminal. The password is not in here.

    `symbols` are the broker's names of instruments, where they are pinned (see `core.naming`); `rules` its
    own thresholds of reconciliation. One `of_desk_file` is changed there only; one that was unlinked at
    `retired_at` is kept for its history, and nothing is asked of its terminal any more.
    """

    id: AccountId
    person_id: PersonId
    label: str
    kind: TerminalKind
    terminal_path: str
    login: int
    server: str
    policy: RiskPolicy = field(default_factory=RiskPolicy)
    symbols: dict[str, str] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    of_desk_file: bool = False
    retired_at: datetime | None = None

    def shown_kind(self, told: str) -> str:
        """`PAPER`, or what the terminal has told of a real one: `DEMO`, `CONTEST`, `LIVE`."""
        return "PAPER" if self.kind is TerminalKind.PAPER else told


@dataclass(frozen=True, slots=True)
class Source:
    """A producer of signals. Its secrets stay in storage and are handed to the verifier only."""

    id: SourceId
    name: str
    instruments: frozenset[str]
    per_minute: int = 30
    default_expiry: timedelta = timedelta(minutes=15)
