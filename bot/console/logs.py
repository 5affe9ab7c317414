"""Logs: readable on a terminal, JSON elsewhere; no token and no password in either."""

import logging
import re
import sys
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
_SECRET_NAMES = frozenset(
    {"password", "passwd", "secret", "secrets", "token", "authorization", "api_key", "api_keys", "headers"}
)
_IN_URL = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")
"""Name and password of a URL: those of a database, a proxy."""

_TOLD = re.compile(
    r"(?i)\b(bearer\s+|(?:password|passwd|secret|api[_-]?key|token|authorization)[\"']?\s*[=:]\s*[\"']?)"
    r"(?!bearer\b)[^\s,;&\"'<>)}\]]+"
)
"""What follows a word that announces a secret, in a sentence, a header or the repr of a value."""

_QUIET = ("aiogram.event", "aiogram.dispatcher", "uvicorn", "aiosqlite", "asyncio", "matplotlib", "urllib3")


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blot out bot tokens, webhook secrets and whatever is named like a secret."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    if key.casefold() in _SECRET_NAMES:
        return "***"
    match value:
        case str():
            return _blotted(value)
        case dict():
            return {name: _redacted(str(name), inner) for name, inner in value.items()}
        case list() | tuple():
            return [_redacted(key, inner) for inner in value]
    return value


def _blotted(text: str) -> str:
    text = _SECRET.sub("whsec_***", _TOKEN.sub("***:***", text))
    return _TOLD.sub(r"\1***", _IN_URL.sub("***:***", text))


def set_up_logs(form: Literal["auto", "console", "json"], level: str) -> None:
    """Send structlog's and the standard library's logs to stderr in one form."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared = _shared(readable=readable)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(readable=readable),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _shared(*, readable: bool) -> list[Processor]:
    """What every line goes through, whoever wrote it."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
        structlog.processors.format_exc_info,
        redact,
        *([_shortened] if readable else []),
    ]


def _shortened(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """For who reads along, the first figures tell one signal from another; nothing for no signal."""
    trace = event.pop("trace", "")
    return {**event, "trace": trace[:8]} if trace else event


def _renderer(*, readable: bool) -> Processor:
    if readable:
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=28)
    return structlog.processors.JSONRenderer()
