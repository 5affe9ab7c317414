"""Settings of the process, from the environment or `.env`; prefix `TAPDESK_`."""

import re
import shlex
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.fernet import Fernet
from pydantic import (
    AfterValidator,
    AliasChoices,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.health.findings import Limits
from core.retention import Keep

PREFIX = "TAPDESK_"
SHORTEST_API_KEY = 32
LONGEST_DAYS = 36_500

_SPEAKABLE = re.compile(r"[!-~]*")
"""What an HTTP header carries unharmed: visible ASCII, no spaces."""


class SettingsError(Exception):
    """Raised for settings that cannot be used; the text has one line per wrong variable."""


def _database(url: str) -> str:
    if not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
    return url


def _words(command: str) -> tuple[str, ...]:
    """As a shell splits them, but that a backslash is one (Windows paths). Raises ValueError."""
    words = shlex.shlex(command, posix=True, punctuation_chars=False)
    words.whitespace_split, words.escape, words.commenters = True, "", ""
    return tuple(words)


def _token(token: SecretStr) -> SecretStr:
    number, _, secret = token.get_secret_value().partition(":")
    if not number.isdigit() or len(secret) < 20:
        raise ValueError("must look like 123456789:ABC..., as BotFather gives it")
    return token


def _api_keys(keys: SecretStr) -> SecretStr:
    """Names a wrong one by its place, since the key itself is not to be shown."""
    for place, key in enumerate(_listed(keys), start=1):
        if len(key) < SHORTEST_API_KEY or not _SPEAKABLE.fullmatch(key):
            raise ValueError(
                f"key {place} must have at least {SHORTEST_API_KEY} visible ASCII characters;"
                " make one with: tapdesk key --api"
            )
    return keys


def _url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if not text:
        return url
    try:
        HttpUrl(text)
    except ValidationError:
        text = ""
    if not text.lower().startswith(("http://", "https://")):  # HttpUrl also takes http:host
        raise ValueError("must be a URL that begins with http:// or https://")
    return url


def _base_url(url: SecretStr) -> SecretStr:
    """A path is put after it, and what follows a question mark would be logged by the SDK."""
    if "?" in url.get_secret_value():
        raise ValueError("must end before the question mark; a key goes into OTEL_EXPORTER_OTLP_HEADERS")
    return _url(url)


def _days(least: int) -> AfterValidator:
    """A number of days, or 0 for ever."""

    def check(days: int) -> int:
        if days and not least <= days <= LONGEST_DAYS:
            raise ValueError(f"must be 0 (for ever) or {least} to {LONGEST_DAYS}")
        return days

    return AfterValidator(check)


def _listed(keys: SecretStr) -> tuple[str, ...]:
    """Comma-separated secrets; none when there is nothing at all."""
    text = keys.get_secret_value().strip()
    return tuple(key.strip() for key in text.split(",")) if text else ()


class Settings(BaseSettings):
    """Every setting with what is allowed; the README's table is made of these descriptions."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        description="the bot's token from BotFather"
    )
    secret_keys: SecretStr = Field(
        description="Fernet keys that encrypt passwords, comma-separated, the newest first (`tapdesk key`)"
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite+aiosqlite:///var/tapdesk.db", description="SQLite or PostgreSQL"
    )
    desk_file: Path = Field(default=Path("desk.toml"), description="people, accounts and sources")
    paper_folder: str = Field(
        default="", description="folder of the paper accounts that people open; empty: beside the database"
    )
    paper_weekends: bool = Field(
        default=False, description="true: paper accounts that people open are quoted on weekends, too"
    )
    telegram_url: HttpUrl = Field(
        default=HttpUrl("https://api.telegram.org"), description="base URL of the Bot API"
    )
    http_host: str = Field(default="127.0.0.1", description="address that the signal intake listens on")
    http_port: int = Field(default=8080, ge=0, le=65535, description="port of the signal intake; 0 picks one")
    mt5_python: str = Field(
        default="",
        description="command of the Python with MetaTrader5 (Wine's), empty for the desk's own",
    )
    sync_interval_s: float = Field(default=10, ge=0.5, le=300, description="seconds between reconciliations")
    sync_at_once: int = Field(default=50, ge=1, le=1000, description="accounts reconciled at the same time")
    guard_interval_s: float = Field(
        default=1, ge=0.2, le=60, description="seconds between looks of the guard"
    )
    market_interval_s: float = Field(
        default=2.0, ge=0.5, le=60, description="seconds between looks of the market guard"
    )
    news_file: str = Field(
        default="", description="CSV of news windows (from, to, currencies, title) for the market guard"
    )
    health_interval_s: float = Field(
        default=15, ge=1, le=300, description="seconds between probes of each terminal"
    )
    slow_answer_s: float = Field(
        default=2, ge=0.05, le=60, description="seconds after which a terminal's answer counts as slow"
    )
    stale_price_s: float = Field(
        default=120,
        ge=5,
        le=3600,
        description="seconds without a new price that are an incident while something is open",
    )
    quarantine_s: float = Field(
        default=120, ge=1, le=3600, description='seconds before "not found" is believed of an unknown order'
    )
    api_keys: Annotated[SecretStr, AfterValidator(_api_keys)] = Field(
        default=SecretStr(""),
        description="keys that read the desk over HTTP, comma-separated (`tapdesk key --api`)",
    )
    watchdog_s: float = Field(
        default=30,
        ge=5,
        le=600,
        description="seconds without a sign of life after which the watchdog tells the owners",
    )
    escalate_after_min: float = Field(
        default=5,
        ge=0.5,
        le=120,
        description="minutes after which a critical alert that nobody has in hand goes to the next person",
    )
    watchdog_ends: bool = Field(
        default=False,
        description="true: the watchdog ends the process (status 75), so that a supervisor starts it again",
    )
    ping_url: Annotated[SecretStr, AfterValidator(_url)] = Field(
        default=SecretStr(""), description="URL that is asked for every 10 s while the desk is ready"
    )
    keep_snapshots_days: int = Field(
        default=1,
        ge=1,
        le=LONGEST_DAYS,
        description="days for which every snapshot is kept, then one an hour",
    )
    keep_hourly_snapshots_days: int = Field(
        default=30, ge=1, le=LONGEST_DAYS, description="days after which one snapshot a day is kept"
    )
    keep_notices_days: Annotated[int, _days(7)] = Field(
        default=90, description="days for which delivered notices, their messages and pictures are known"
    )
    keep_incidents_days: Annotated[int, _days(7)] = Field(
        default=365, description="days for which ended incidents, marks, locks and drawdown alerts are kept"
    )
    keep_divergences_days: Annotated[int, _days(30)] = Field(
        default=730, description="days for which ended divergences are kept"
    )
    keep_signals_days: Annotated[int, _days(30)] = Field(
        default=730, description="days for which signals and cards without an order are kept"
    )
    keep_events_days: Annotated[int, _days(365)] = Field(
        default=0,
        description="days for which the audit trail is kept; 0, here and in the four above: for ever",
    )
    otlp_endpoint: Annotated[SecretStr, AfterValidator(_base_url)] = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices(f"{PREFIX}OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="base URL of an OpenTelemetry collector (OTLP over HTTP; needs the extra `otel`);"
        " `OTEL_EXPORTER_OTLP_ENDPOINT` is read, too",
    )
    support: str = Field(default="", description="whom to ask, shown with refusals and errors")
    join_requests: bool = Field(
        default=False, description="true: strangers get a button that asks to join; an admin or owner decides"
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: readable on a terminal, JSON elsewhere"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level that is logged"
    )

    @property
    def mt5_command(self) -> tuple[str, ...]:
        """`mt5_python` as words."""
        return _words(self.mt5_python)

    @field_validator("mt5_python")
    @classmethod
    def _command(cls, command: str) -> str:
        _words(command)
        return command

    @field_validator("secret_keys")
    @classmethod
    def _keys(cls, keys: SecretStr) -> SecretStr:
        for key in keys.get_secret_value().split(","):
            try:
                Fernet(key.strip())
            except ValueError:
                raise ValueError("must be Fernet keys; make one with: tapdesk key") from None
        return keys

    @field_validator("keep_hourly_snapshots_days")
    @classmethod
    def _after_all(cls, days: int, info: ValidationInfo) -> int:
        """One a day begins after one an hour, else nothing would be kept for as long as was asked."""
        if days < info.data.get("keep_snapshots_days", 0):
            raise ValueError(f"must not be less than {PREFIX}KEEP_SNAPSHOTS_DAYS")
        return days

    @property
    def keep(self) -> Keep:
        """How long what is kept."""
        return Keep(
            snapshots=self.keep_snapshots_days,
            hourly_snapshots=self.keep_hourly_snapshots_days,
            notices=self.keep_notices_days,
            incidents=self.keep_incidents_days,
            divergences=self.keep_divergences_days,
            signals=self.keep_signals_days,
            events=self.keep_events_days,
        )

    @property
    def health_limits(self) -> Limits:
        return Limits(self.slow_answer_s, self.stale_price_s)

    @property
    def fernet_keys(self) -> tuple[str, ...]:
        return _listed(self.secret_keys)

    @property
    def bearer_keys(self) -> tuple[str, ...]:
        """`api_keys` one by one."""
        return _listed(self.api_keys)


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment. Raises SettingsError with a line for each wrong variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [_line(_variable(str(e["loc"][0])), e["type"], e["msg"]) for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None


def _variable(place: str) -> str:
    """The variable of a field, named by itself or by its alias."""
    return PREFIX + place.upper().removeprefix(PREFIX)


def _line(variable: str, kind: str, message: str) -> str:
    if kind == "missing":
        name = variable.removeprefix(PREFIX).lower()
        return f"{variable} is missing: {Settings.model_fields[name].description}."
    return f"{variable}: {message.removeprefix('Value error, ')}."
