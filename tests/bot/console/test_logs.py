"""Logs: one form for all loggers, and nothing secret in any."""

import json
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
import structlog

from bot.console.logs import set_up_logs
from core.following import following, trace_behind
from core.model.ids import SignalId

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


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+asyncpg://desk:hunter2@127.0.0.1/desk is away",
        "Authorization: Bearer hunter2",
        "{'Authorization': 'Bearer hunter2', 'x': 1}",
        "initialize(login=70001, password='hunter2', server='Demo')",
        'the body was {"password": "hunter2"}',
        "GET https://ping.example/?token=hunter2&name=desk",
        "otlp headers api-key=hunter2,other=1",
    ],
)
def test_a_secret_in_a_sentence_or_an_exception_is_blotted_out(
    text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json", "info")
    log = structlog.get_logger("desk")
    log.info("told", text=text, api_key="hunter2", headers={"x": "hunter2"})
    log.error("failed", exc_info=RuntimeError(text))
    written = capfd.readouterr().err
    assert "hunter2" not in written
    assert len(written.splitlines()) == 2


def test_the_lines_of_a_signal_carry_its_id(capfd: pytest.CaptureFixture[str]) -> None:
    signal = SignalId(uuid4())
    set_up_logs("json", "info")
    log = structlog.get_logger("desk")
    with following(str(signal)):
        log.info("within")
        logging.getLogger("foreign").warning("within too")
    log.info("after")
    within, foreign, after = map(json.loads, capfd.readouterr().err.splitlines())
    assert (within["trace"], foreign["trace"], "trace" in after) == (str(signal), str(signal), False)


def test_what_is_raised_takes_its_trace_along(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    error = LookupError("gone")
    with pytest.raises(LookupError) as caught, following("outer"), following("inner"):
        raise error
    assert trace_behind(caught.value) == "inner"
    assert trace_behind(LookupError("another")) == ""
    structlog.get_logger("desk").error("failed", exc_info=caught.value)
    assert "trace inner" in json.loads(capfd.readouterr().err)["exception"]


def test_a_terminal_shows_the_first_figures_of_a_trace(capfd: pytest.CaptureFixture[str]) -> None:
    signal = SignalId(uuid4())
    set_up_logs("console", "info")
    with following(str(signal)):
        structlog.get_logger("desk").info("within")
    written = capfd.readouterr().err
    assert str(signal)[:8] in written
    assert str(signal) not in written


def test_each_json_line_stands_alone_with_time_and_level(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    structlog.get_logger("desk").info("two\nlines", trace="abc")
    logging.getLogger("foreign").error("other")
    logging.getLogger("foreign").debug("not this")
    first, second = map(json.loads, capfd.readouterr().err.splitlines())
    assert (first["event"], first["trace"], first["level"]) == ("two\nlines", "abc", "info")
    assert second["event"] == "other"
    assert first["timestamp"].endswith("Z")
