"""The settings of an account's risk as buttons carry them: by number, their values as short texts."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final
from zlib import crc32

from core.accounts.settings import SETTINGS
from core.model.accounts import RiskPolicy
from core.model.errors import Stale
from core.model.policies import Hours, Plan

NUMBERED: Final = (*SETTINGS, "plan", "hours")
NONE, TYPED = "none", "typed"
"""Instead of a number: no limit; and what was typed and stands in the talk."""
LONGEST = 12


def name_of(number: int) -> str:
    """Raises Stale for a button of another time."""
    if number >= len(NUMBERED):
        raise Stale("This button is of another time. /accounts shows what there is.")
    return NUMBERED[number]


def version_of(policy: RiskPolicy) -> str:
    """Short enough for a button, and another one for each change."""
    return f"{crc32(repr(policy).encode()) & 0xFFFFFF:06x}"


def with_value(policy: RiskPolicy, name: str, value: str, hours: Hours | None = None) -> RiskPolicy:
    """The policy with another value. Raises AccountRefused for one out of range, Stale for no value."""
    if name == "hours":
        return replace(policy, hours=None if value == NONE else hours)
    if name == "plan":
        return replace(policy, plan=_plan(value))
    if value == NONE:
        return SETTINGS[name].put(policy, None)
    number = read_number(value)
    return SETTINGS[name].put(policy, Decimal("NaN") if number is None else number)


def _plan(value: str) -> Plan:
    try:
        return Plan(value)
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
