"""The market guard's entries of the desk file, its texts, and its calendar at the start."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.deskfile.market import MarketEntry, load_calendar
from bot.settings import SettingsError
from core.model.policies import Danger, MarketAction, MarketPolicy

README = Path(__file__).parents[3].joinpath("README.md").read_text("utf-8")


def test_what_is_left_out_is_as_the_policy_has_it() -> None:
    assert MarketEntry().policy() == MarketPolicy()


def test_a_danger_may_have_an_action_of_its_own() -> None:
    entry = MarketEntry.model_validate({"gap_percent": 2.5, "actions": {"closing": "close"}})
    policy = entry.policy()
    assert policy.gap_percent == Decimal("2.5")
    assert policy.action_for(Danger.CLOSING) is MarketAction.CLOSE
    assert policy.action_for(Danger.GAP) is MarketAction.ALERT


@pytest.mark.parametrize(
    "wrong",
    [
        {"gap_percent": 0},
        {"spread_times": 1},
        {"stale_s": 1},
        {"action": "panic"},
        {"actions": {"moon": "close"}},
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MarketEntry.model_validate(wrong)


@pytest.mark.parametrize("name", MarketEntry.model_fields)
def test_every_entry_is_in_the_readme(name: str) -> None:
    field = MarketEntry.model_fields[name]
    default = "empty" if name == "actions" else f"`{field.default}`"
    assert f"| `{name}` | {default} | {field.description} |" in README


def test_a_calendar_that_cannot_be_read_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "news.csv"
    file.write_text("from,to,currencies,title\nsoon,later,USD,x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"TAPDESK_NEWS_FILE: .*news\.csv: line 2: 'soon'"):
        load_calendar(str(file))
    assert load_calendar("").windows == ()
