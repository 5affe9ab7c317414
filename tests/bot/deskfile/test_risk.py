"""A desk file whose policies make no sense is refused at the start, with a sentence that names the entry."""

from pathlib import Path

import pytest

from bot.deskfile.roster import read_roster
from bot.settings import SettingsError

PEOPLE = """
[[people]]
telegram_id = 1
name = "Tom"
roles = ["trader"]
"""
ACCOUNT = """
[[accounts]]
label = "Tom live"
trader = 1
kind = "paper"
login = 70001
server = "Paper-Demo"
terminal = "/terminals/tom"
password = "x"
"""


def refusal(folder: Path, text: str) -> str:
    file = folder / "desk.toml"
    file.write_text(PEOPLE + ACCOUNT + text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_roster(file)
    return str(caught.value).removeprefix(f"{file}: ")


def test_the_file_of_these_tests_is_right(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(PEOPLE + ACCOUNT, encoding="utf-8")
    assert read_roster(file).accounts[0].risk.drawdown_limit_percent == 20


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("drawdown_limit_percent = 0", "drawdown_limit_percent: Input should be greater than 0"),
        ("drawdown_limit_percent = -5", "drawdown_limit_percent: Input should be greater than 0"),
        ("drawdown_limit_percent = 101", "drawdown_limit_percent: Input should be less than or equal to 100"),
        ("drawdown_limit_percent = nan", "drawdown_limit_percent: Input should be a finite number"),
        ("drawdown_limit_percent = inf", "drawdown_limit_percent: Input should be a finite number"),
        ("drawdown_limt_percent = 5", "drawdown_limt_percent: Extra inputs are not permitted"),
        ("drawdown_basis = 'week'", "drawdown_basis: Input should be 'peak', 'day' or 'initial'"),
        ("daily_loss_percent = 0", "daily_loss_percent: Input should be greater than 0"),
        ("daily_loss_percent = 100.1", "daily_loss_percent: Input should be less than or equal to 100"),
        ("warn_at = [0.9, 0.5]", "warn_at: each level must be above the one before"),
        ("warn_at = [0.5, 0.5]", "warn_at: each level must be above the one before"),
        ("warn_at = [0.5, 1.0]", "warn_at.1: Input should be less than 1"),
        ("warn_at = [0]", "warn_at.0: Input should be greater than 0"),
        ("warn_at = []", "warn_at: Tuple should have at least 1 item"),
        ("countdown_s = -1", "countdown_s: Input should be greater than or equal to 0"),
        ("max_open_trades = 0", "max_open_trades: Input should be greater than or equal to 1"),
        ("max_per_day = 1.5", "max_per_day: Input should be a valid integer"),
        ("max_lots = 0", "max_lots: Input should be greater than 0"),
        ("cooldown_losses = 0", "cooldown_losses: Input should be greater than or equal to 1"),
        ("cooldown_minutes = 0", "cooldown_minutes: Input should be greater than or equal to 1"),
        ("fixed_lots = 6", "fixed_lots 6 is more than max_lots 5: no trade would pass"),
        ("fixed_lots = 2\nmax_open_lots = 1", "fixed_lots 2 is more than max_open_lots 1"),
        ("risk_percent = 12", "risk_percent 12 is more than max_open_risk_percent 10"),
    ],
)
def test_a_limit_of_no_sense_is_refused_by_its_name(tmp_path: Path, line: str, told: str) -> None:
    answer = refusal(tmp_path, f"[accounts.risk]\n{line}\n")
    assert answer.startswith("accounts.0.risk")
    assert told in answer
    assert answer.endswith(".")


@pytest.mark.parametrize("table", ["[hours]", "[accounts.risk.hours]"])
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("zone = 'Mars/Olympus'", "zone: no time zone of that name is known; write it like"),
        ("zone = '../etc'", "zone: no time zone of that name is known"),
        ("days = ['monday']", "a day is one of mon, tue"),
        ("days = []", "days: Frozenset should have at least 1 item"),
        ("opens = 25", "opens: "),
        ("opens = '08:00+02:00'", 'opens: a time of day is written as "08:00", without an offset'),
        ("closes = '24:30'", "closes: "),
        ("blackout = ['2026-02-30']", "blackout"),
    ],
)
def test_hours_of_no_sense_are_refused_by_their_name(
    tmp_path: Path, table: str, line: str, told: str
) -> None:
    answer = refusal(tmp_path, f"{table}\n{line}\n")
    assert answer.startswith("accounts.0.risk.hours." if "risk" in table else "hours.")
    assert told in answer


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("gap_percent = 0", "gap_percent: Input should be greater than 0"),
        ("gap_percent = 200", "gap_percent: Input should be less than or equal to 100"),
        ("gap_times = 0", "gap_times: Input should be greater than or equal to 2"),
        ("gap_times = -3", "gap_times: Input should be greater than or equal to 2"),
        ("spread_times = 1", "spread_times: Input should be greater than or equal to 2"),
        ("spread_s = 0", "spread_s: Input should be greater than or equal to 5"),
        ("stale_s = 0", "stale_s: Input should be greater than or equal to 20"),
        ("closing_minutes = -1", "closing_minutes: Input should be greater than or equal to 0"),
        ("news_minutes = 2000", "news_minutes: Input should be less than or equal to 1440"),
        ("action = 'panic'", "action: Input should be 'alert', 'break_even' or 'close'"),
        ("actions = {moon = 'close'}", "actions.moon"),
    ],
)
def test_a_market_policy_of_no_sense_is_refused_by_its_name(tmp_path: Path, line: str, told: str) -> None:
    answer = refusal(tmp_path, f"[accounts.market]\n{line}\n")
    assert answer.startswith("accounts.0.market.")
    assert told in answer


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    answer = refusal(tmp_path, "[accounts.risk]\ndrawdown_limit_percent = 0\ncountdown_s = -1\n")
    assert len(answer.splitlines()) == 2
