"""The README is true: its table is the settings, its commands exist."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cli import app
from bot.commands import COMMANDS
from bot.deskfile.risk import RiskEntry
from bot.deskfile.roster import account_of, read_roster
from bot.deskfile.thresholds import InstrumentEntry
from bot.settings import PREFIX, Settings
from core.model.thresholds import Thresholds, thresholds_of

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")


INDENTED = "\n".join(line.removeprefix("   ") for line in README.splitlines())


def row(name: str) -> str:
    """A line of the configuration table, made from the setting itself."""
    field = Settings.model_fields[name]
    default = "" if field.is_required() else f"`{field.default}`" if str(field.default) else "empty"
    return f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_table(name: str) -> None:
    assert row(name) in README


def shown(default: object) -> str:
    return str([float(each) for each in default] if isinstance(default, tuple) else default).lower()


@pytest.mark.parametrize("name", RiskEntry.model_fields)
def test_every_limit_of_an_account_is_in_its_table(name: str) -> None:
    field = RiskEntry.model_fields[name]
    default = "empty" if field.default is None else f"`{shown(field.default)}`"
    assert f"| `{name}` | {default} | {field.description} |" in README


@pytest.mark.parametrize("name", InstrumentEntry.model_fields)
def test_every_threshold_is_in_its_table(name: str) -> None:
    default = getattr(Thresholds(), name, None)
    shown = "empty" if default is None else f"`{default}`"
    assert f"| `{name}` | {shown} | {InstrumentEntry.model_fields[name].description} |" in README


def test_the_thresholds_of_the_readme_are_read(tmp_path: Path) -> None:
    account, thresholds = (block for block in re.findall(r"```toml\n(.*?)```", INDENTED, re.DOTALL))
    path = tmp_path / "desk.toml"
    path.write_text(account.replace("whsec_...", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") + thresholds)
    roster = read_roster(path)
    assert roster.pips() == {"XAUUSD": Decimal("0.1")}
    of_account = account_of(roster.accounts[0]).rules
    gold = thresholds_of("XAUUSD", roster.rules(), of_account)
    assert gold == Thresholds(Decimal(8), Decimal(10), Decimal(30))
    assert thresholds_of("EURUSD", roster.rules(), of_account) == Thresholds(
        Decimal(3), Decimal(10), Decimal(20)
    )


def test_every_command_is_named() -> None:
    for command in COMMANDS:
        assert f"`/{command.name}" in README
    for registered in app.registered_commands:
        name = getattr(registered.callback, "__name__", "")
        assert name == "version" or f"tapdesk {name}" in README
