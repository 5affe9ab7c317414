"""The README is true: its table is the settings, its commands exist."""

from pathlib import Path

import pytest

from bot.cli import app
from bot.commands import COMMANDS
from bot.roster import RiskEntry
from bot.settings import PREFIX, Settings

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")


def row(name: str) -> str:
    """A line of the configuration table, made from the setting itself."""
    field = Settings.model_fields[name]
    default = "" if field.is_required() else f"`{field.default}`" if str(field.default) else "empty"
    return f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_table(name: str) -> None:
    assert row(name) in README


@pytest.mark.parametrize("name", RiskEntry.model_fields)
def test_every_limit_of_an_account_is_in_its_table(name: str) -> None:
    field = RiskEntry.model_fields[name]
    default = "empty" if field.default is None else f"`{str(field.default).lower()}`"
    assert f"| `{name}` | {default} | {field.description} |" in README


def test_every_command_is_named() -> None:
    for command in COMMANDS:
        assert f"`/{command.name}" in README
    for registered in app.registered_commands:
        name = getattr(registered.callback, "__name__", "")
        assert name == "version" or f"tapdesk {name}" in README
