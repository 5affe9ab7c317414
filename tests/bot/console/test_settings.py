"""Settings and desk file: a wrong value is named with what is allowed, and nothing secret is repeated."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.deskfile.roster import read_roster
from bot.settings import SettingsError, load_settings
from core.model.records import Record
from core.retention import Keep

TOKEN = "123456789:" + "A" * 35
GOOD = {"bot_token": TOKEN, "secret_keys": Fernet.generate_key().decode(), "_env_file": None}

DESK_FILE = """
[[people]]
telegram_id = 7
name = "Tom"
roles = ["trader"]

[[accounts]]
label = "Tom 1"
trader = 7
kind = "mt5"
terminal = 'C:\\MT5\\tom\\terminal64.exe'
login = 70001
server = "Broker-Live"
password_env = "TOM_PASSWORD"
risk = { risk_percent = 0.5 }

[[sources]]
name = "alpha"
instruments = ["EURUSD"]
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
"""


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("http_port", 70000, "less than or equal to 65535"),
        ("database_url", "mysql://x", "sqlite+aiosqlite://"),
        ("bot_token", "hunter2-hunter2", "BotFather"),
        ("secret_keys", "hunter2-hunter2", "tapdesk key"),
        ("api_keys", "A" * 32 + ",hunter2", "key 2 must have at least 32 visible ASCII characters"),
        ("api_keys", "hunter2 " * 8, "tapdesk key --api"),
        ("api_keys", "A" * 32 + ",", "key 2 must have at least 32"),
        ("log_format", "xml", "'auto', 'console' or 'json'"),
        ("telegram_url", "not a url", "valid URL"),
        ("sync_interval_s", "often", "valid number"),
        ("keep_events_days", 30, "must be 0 (for ever) or 365 to 36500"),
        ("keep_notices_days", -1, "must be 0 (for ever) or 7 to 36500"),
        ("keep_snapshots_days", 0, "greater than or equal to 1"),
        ("ping_url", "http:hunter2", "begins with http:// or https://"),
        ("mt5_python", "wine 'C:/half a quote", "No closing quotation"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_is_allowed(name: str, value: object, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**GOOD | {name: value})
    assert str(caught.value).startswith(f"TAPDESK_{name.upper()}: ")
    assert allowed in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_one_snapshot_an_hour_does_not_end_before_it_begins() -> None:
    with pytest.raises(SettingsError, match="HOURLY_SNAPSHOTS_DAYS: must not be less than TAPDESK_KEEP_SNAP"):
        load_settings(**GOOD | {"keep_snapshots_days": 60})


def test_days_are_what_is_kept_and_unless_they_are_set_the_audit_trail_has_no_end() -> None:
    assert load_settings(**GOOD).keep == Keep()
    assert Record.EVENTS not in dict(Keep().ages())
    limited = load_settings(**GOOD | {"keep_events_days": 365, "keep_notices_days": 0}).keep
    assert dict(limited.ages())[Record.EVENTS] == timedelta(days=365)
    assert Record.NOTICES not in dict(limited.ages()), "0 is for ever"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", ()),
        ("py -3.11", ("py", "-3.11")),
        (r"wine C:\Python311\python.exe", ("wine", r"C:\Python311\python.exe")),
        (r'"C:\Program Files\Python\python.exe" -E', (r"C:\Program Files\Python\python.exe", "-E")),
    ],
)
def test_the_command_of_another_python_may_have_windows_paths(command: str, words: tuple[str, ...]) -> None:
    assert load_settings(**GOOD | {"mt5_python": command}).mt5_command == words


def test_secrets_are_not_in_the_repr() -> None:
    settings = load_settings(**GOOD)
    assert TOKEN not in repr(settings)
    assert str(GOOD["secret_keys"]) not in repr(settings)


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TAPDESK_")}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(Path.cwd()), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", ["run", "migrate", "doctor"])
def test_missing_settings_end_with_status_2_and_no_trace(command: str, tmp_path: Path) -> None:
    done = run(command, folder=tmp_path)
    assert done.returncode == 2
    assert "TAPDESK_BOT_TOKEN is missing" in done.stderr
    assert "TAPDESK_SECRET_KEYS is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_is_printed_is_one_that_is_taken(tmp_path: Path) -> None:
    key = run("key", folder=tmp_path).stdout.strip()
    assert load_settings(**GOOD | {"secret_keys": key}).fernet_keys == (key,)


def test_an_api_key_that_is_printed_is_one_that_is_taken(tmp_path: Path) -> None:
    keys = [run("key", "--api", folder=tmp_path).stdout.strip() for _ in range(2)]
    settings = load_settings(**GOOD | {"api_keys": " , ".join(keys)})
    assert settings.bearer_keys == tuple(keys)
    assert keys[0] not in repr(settings)
    assert load_settings(**GOOD).bearer_keys == ()


def test_a_desk_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(DESK_FILE)
    monkeypatch.setenv("TOM_PASSWORD", "s3cret")
    roster = read_roster(path)
    assert roster.accounts[0].secret() == "s3cret"
    assert "MfKQ" not in repr(roster)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("trader = 7", "trader = 8", "its trader 8 is not among people"),
        ('roles = ["trader"]', 'roles = ["king"]', "people.0.roles"),
        ("password_env", 'password = "x"\npassword_env', "either password or password_env"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQhunter2", "whsec_"),
        ("risk_percent = 0.5", "risk_percent = 500", "accounts.0.risk.risk_percent"),
        ("[[people]]", "[[people", "desk.toml"),
        ("[[people]]", "[reconciliation]\nslippage_pips = -1\n[[people]]", "reconciliation.slippage_pips: "),
        ("[[people]]", "[reconciliation]\npips = 1\n[[people]]", "reconciliation.pips: "),
        ("[[people]]", "[reconciliation]\npip = 1\n[[people]]", "reconciliation.pip: "),
        ("[[people]]", "[reconciliation]\nstops_pips = inf\n[[people]]", "reconciliation.stops_pips: "),
        ("[[people]]", "[instruments.XAUUSD]\npip = 0\n[[people]]", "instruments.XAUUSD.pip: "),
        ("[[people]]", "[instruments.XAUUSD]\npip = 1e-38\n[[people]]", "instruments.XAUUSD.pip: "),
        ("[[people]]", "[instruments]\nXAUUSD = 0.1\n[[people]]", "instruments.XAUUSD: "),
        (
            "login =",
            "reconciliation.volume_percent = 'x'\nlogin =",
            "accounts.0.reconciliation.volume_percent: ",
        ),
        (
            "login =",
            "reconciliation.instruments.XAUUSD.pip = 1\nlogin =",
            "accounts.0.reconciliation.instruments.XAUUSD.pip: ",
        ),
        ("login = 70001", "login = 70001\nlogin_name = 1", "accounts.0.login_name"),
    ],
)
def test_what_is_wrong_in_a_desk_file_is_named(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(DESK_FILE.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        read_roster(path)
    assert sentence in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_empty_password_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(DESK_FILE)
    monkeypatch.delenv("TOM_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="TOM_PASSWORD is empty"):
        read_roster(path).accounts[0].secret()
