"""Logs: one form for all loggers, and nothing secret in any."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import set_up_logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["json", "console"])
def test_tokens_and_secrets_are_blotted_out_wherever_they_stand(
    form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json" if form == "json" else "console", "info")
    log = structlog.get_logger("desk")
    log.info("call", url=f"https://api.telegram.org/bot{TOKEN}/getMe", password="hunter2")
    log.info("nested", errors=[TOKEN], request={"secret": "hunter2", "text": SECRET})
    logging.getLogger("foreign").warning("bot %s with %s", TOKEN, SECRET)
    try:
        int(f"GET /bot{TOKEN}/sendMessage")
    except ValueError:
        log.exception("failed")
    written = capfd.readouterr().err
    assert "getMe" in written
    assert "sendMessage" in written
    for secret in (TOKEN, SECRET, "hunter2"):
        assert secret not in written


def test_each_json_line_stands_alone_with_time_and_level(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    structlog.get_logger("desk").info("two\nlines", trace="abc")
    logging.getLogger("foreign").error("other")
    logging.getLogger("foreign").debug("not this")
    first, second = map(json.loads, capfd.readouterr().err.splitlines())
    assert (first["event"], first["trace"], first["level"]) == ("two\nlines", "abc", "info")
    assert second["event"] == "other"
    assert first["timestamp"].endswith("Z")
