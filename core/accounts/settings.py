"""What a trader may set for an account, from where to where, and what an owner allows at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.accounts.refusals import AccountRefused, Reason
from core.model.accounts import RiskPolicy


class Unit(StrEnum):
    """`PERCENT` is of equity or a price, `TIMES` of the usual; `COUNT`, `SECONDS`, `MINUTES` are whole."""

    PERCENT = "percent"
    LOTS = "lots"
    PIPS = "pips"
    COUNT = "count"
    TIMES = "times"
    SECONDS = "seconds"
    MINUTES = "minutes"


_WHOLE: Final = frozenset({Unit.COUNT, Unit.SECONDS, Unit.MINUTES})


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of the policy with its range and the values that are offered. `optional`: it may be none.

    A larger number is looser (a smaller one where it is not `rising`), and none of an `optional` one the
    loosest. `of_market`: it is one of the policy's market guard.
    """

    name: str
    unit: Unit
    least: Decimal
    most: Decimal
    offered: tuple[Decimal, ...]
    optional: bool = False
    rising: bool = True
    of_market: bool = False

    def of(self, policy: RiskPolicy) -> Decimal | None:
        value = getattr(policy.market if self.of_market else policy, self.name)
        return None if value is None else Decimal(value)

    def put(self, policy: RiskPolicy, value: Decimal | None) -> RiskPolicy:
        """Raises AccountRefused for a number that is out of range, or for none where there has to be one."""
        if value is None and self.optional:
            return self._with(policy, None)
        whole = self.unit not in _WHOLE or (value is not None and value == value.to_integral_value())
        if value is None or not value.is_finite() or not whole or not self.least <= value <= self.most:
            raise AccountRefused(Reason.OUT_OF_RANGE, setting=self.name)
        return self._with(policy, int(value) if self.unit in _WHOLE else value)

    def _with(self, policy: RiskPolicy, value: Decimal | int | None) -> RiskPolicy:
        changes: dict[str, Any] = {self.name: value}
        if self.of_market:
            return replace(policy, market=replace(policy.market, **changes))
        return replace(policy, **changes)

    def is_looser(self, before: RiskPolicy, after: RiskPolicy) -> bool:
        old, new = self.of(before), self.of(after)
        if old is None or new is None:
            return new is None and old is not None
        return self.passes(new, old)

    def passes(self, value: Decimal, bound: Decimal) -> bool:
        """Whether it is looser than that."""
        return value > bound if self.rising else value < bound


def _numbers(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


_SMALLEST, _HUNDRED, _LOTS = Decimal("0.01"), Decimal(100), Decimal(1000)
_DAY, _MONTH = Decimal(1440), Decimal(43_200)

SETTINGS: Final[Mapping[str, Setting]] = {
    each.name: each
    for each in (
        Setting("risk_percent", Unit.PERCENT, _SMALLEST, _HUNDRED, _numbers("0.25", "0.5", "1", "2")),
        Setting(
            "fixed_lots", Unit.LOTS, _SMALLEST, _LOTS, _numbers("0.01", "0.1", "0.5", "1"), optional=True
        ),
        Setting("max_lots", Unit.LOTS, _SMALLEST, _LOTS, _numbers("0.1", "0.5", "1", "5")),
        Setting("max_open_risk_percent", Unit.PERCENT, _SMALLEST, _HUNDRED, _numbers("2", "5", "10")),
        Setting(
            "drawdown_limit_percent", Unit.PERCENT, Decimal(1), _HUNDRED, _numbers("5", "10", "15", "20")
        ),
        Setting(
            "daily_loss_percent", Unit.PERCENT, _SMALLEST, _HUNDRED, _numbers("2", "3", "5"), optional=True
        ),
        Setting(
            "max_open_trades", Unit.COUNT, Decimal(1), _LOTS, _numbers("1", "3", "5", "10"), optional=True
        ),
        Setting("max_per_day", Unit.COUNT, Decimal(1), _LOTS, _numbers("3", "5", "10", "20"), optional=True),
        Setting("max_drift_pips", Unit.PIPS, Decimal(0), _LOTS, _numbers("2", "5", "10")),
        Setting("countdown_s", Unit.SECONDS, Decimal(0), Decimal(600), _numbers("0", "10", "30", "60")),
        Setting(
            "cooldown_losses", Unit.COUNT, Decimal(1), _HUNDRED, _numbers("2", "3", "5"), optional=True
        ),
        Setting(
            "cooldown_minutes", Unit.MINUTES, Decimal(1), _MONTH, _numbers("30", "60", "240"), rising=False
        ),
        Setting(
            "gap_percent", Unit.PERCENT, _SMALLEST, _HUNDRED, _numbers("1", "2", "5"), of_market=True
        ),
        Setting("spread_times", Unit.TIMES, Decimal(2), _LOTS, _numbers("3", "5", "10"), of_market=True),
        Setting(
            "closing_minutes", Unit.MINUTES, Decimal(0), _DAY, _numbers("15", "30", "60"),
            rising=False, of_market=True,
        ),
        Setting(
            "news_minutes", Unit.MINUTES, Decimal(0), _DAY, _numbers("5", "15", "30"),
            rising=False, of_market=True,
        ),
    )
}  # fmt: skip
CHOSEN: Final = ("plan", "hours", "market_action")
"""What is chosen or typed and is no number."""
GUARDED: Final = ("drawdown_limit_percent", "daily_loss_percent", "countdown_s")
"""At these, and so late, the guard closes everything; owners are told when one is loosened."""


def value_of(policy: RiskPolicy, name: str) -> object:
    """What a setting is, by its name: one of SETTINGS or CHOSEN."""
    if name == "market_action":
        return policy.market.action
    return SETTINGS[name].of(policy) if name in SETTINGS else getattr(policy, name)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """An owner's: how far each setting may be opened by a trader, and how many accounts each may link."""

    most: Mapping[str, Decimal] = field(default_factory=dict)
    accounts: int = 5

    def loosest(self, setting: Setting) -> Decimal:
        """The largest number that is allowed; the smallest of a setting that is not `rising`."""
        if setting.rising:
            return min(setting.most, self.most.get(setting.name, setting.most))
        return max(setting.least, self.most.get(setting.name, setting.least))

    def most_of(self, setting: Setting) -> Decimal:
        return self.loosest(setting) if setting.rising else setting.most

    def least_of(self, setting: Setting) -> Decimal:
        return setting.least if setting.rising else self.loosest(setting)

    def allows(self, setting: Setting, value: Decimal | None) -> bool:
        if value is None:
            return self.may_be_none(setting)
        return not setting.passes(value, self.loosest(setting))

    def may_be_none(self, setting: Setting) -> bool:
        """Whether it may be left without a number; `fixed_lots` limits nothing."""
        return setting.optional and (setting.name not in self.most or setting.name == "fixed_lots")

    def check(self, policy: RiskPolicy) -> None:
        """Raises AccountRefused, naming the first setting that is opened too far."""
        for setting in SETTINGS.values():
            if not self.allows(setting, setting.of(policy)):
                reason = Reason.CEILING if setting.rising else Reason.FLOOR
                raise AccountRefused(reason, setting=setting.name, most=f"{self.loosest(setting):f}")

    def within(self, policy: RiskPolicy) -> RiskPolicy:
        """The policy, tightened to what is allowed."""
        for setting in SETTINGS.values():
            if not self.allows(setting, setting.of(policy)):
                policy = setting.put(policy, self.loosest(setting))
        return policy


def looser(before: RiskPolicy, after: RiskPolicy) -> list[Setting]:
    """The settings that bind less afterwards."""
    return [setting for setting in SETTINGS.values() if setting.is_looser(before, after)]


def check_agreement(policy: RiskPolicy) -> None:
    """What one trade takes fits into what all may take. Raises AccountRefused, naming both settings."""
    contradiction = policy.contradiction()
    if contradiction is not None:
        one, most = contradiction
        raise AccountRefused(Reason.TOO_LARGE, setting=one, limit=most)
