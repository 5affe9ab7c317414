"""The settings of an account's risk as buttons carry them: by a code, their values as short texts."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar
from zlib import crc32

from core.accounts.settings import SETTINGS
from core.model.accounts import RiskPolicy
from core.model.errors import Stale
from core.model.policies import Hours, MarketAction, Plan

CODES: Final[Mapping[str, str]] = {
    "risk_percent": "rp",
    "fixed_lots": "fl",
    "max_lots": "ml",
    "max_open_risk_percent": "or",
    "drawdown_limit_percent": "dd",
    "daily_loss_percent": "dl",
    "max_open_trades": "ot",
    "max_per_day": "pd",
    "max_drift_pips": "dp",
    "plan": "pl",
    "hours": "ho",
    "countdown_s": "cs",
    "cooldown_losses": "cl",
    "cooldown_minutes": "cm",
    "market_action": "ma",
    "gap_percent": "gp",
    "spread_times": "st",
    "closing_minutes": "cg",
    "news_minutes": "nm",
}
"""Each setting that can be changed here. Buttons of old messages carry the codes: none is ever given to
another setting."""
_NAMES: Final = {code: name for name, code in CODES.items()}
NONE, TYPED = "none", "typed"
"""Instead of a number: no limit; and what was typed and stands in the talk."""
LONGEST = 12

Choice = TypeVar("Choice", bound=StrEnum)


def name_of(code: str) -> str:
    """Raises Stale for a button of another time."""
    if code not in _NAMES:
        raise Stale("This button is of another time. /accounts shows what there is.")
    return _NAMES[code]


def version_of(policy: RiskPolicy) -> str:
    """Short enough for a button, and another one for each change."""
    return f"{crc32(repr(policy).encode()) & 0xFFFFFF:06x}"


def with_value(policy: RiskPolicy, name: str, value: str, hours: Hours | None = None) -> RiskPolicy:
    """The policy with another value. Raises AccountRefused for one out of range, Stale for no value."""
    if name == "hours":
        return replace(policy, hours=None if value == NONE else hours)
    if name == "plan":
        return replace(policy, plan=_choice(Plan, value))
    if name == "market_action":
        return replace(policy, market=replace(policy.market, action=_choice(MarketAction, value)))
    if value == NONE:
        return SETTINGS[name].put(policy, None)
    number = read_number(value)
    return SETTINGS[name].put(policy, Decimal("NaN") if number is None else number)


def _choice(among: type[Choice], value: str) -> Choice:
    try:
        return among(value)
    except ValueError:
        raise Stale("This button is of another time. /accounts shows what there is.") from None


_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
"""Without an exponent: what `1e9000000000` stands for fits into no memory."""


def read_number(text: str) -> Decimal | None:
    """`0,5 %`, `1 000`, `0.5` as people type them; None for no number, or one too long for a button."""
    plain = "".join(text.split()).removesuffix("%").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain)
    return number if len(packed(number)) <= LONGEST else None


def packed(number: Decimal) -> str:
    """Without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
