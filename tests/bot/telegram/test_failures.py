"""When a handler fails, and when the desk stops while one is at work."""

import asyncio
from typing import Any, NoReturn

import pytest
from aiogram import Bot
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.context import App
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast
from tests.bot.telegram.gate import Gate


@pytest.fixture
def broken_status(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError("a secret number")

    monkeypatch.setattr("bot.handlers.status.ask_for_status", fail)


@pytest.mark.usefixtures("running", "broken_status")
async def test_a_fault_of_ours_gets_an_id_and_the_owner_is_told_once(
    people: SandboxClient, cast: Cast, logs: list[dict[str, Any]]
) -> None:
    for person in (cast.tara, cast.tom, cast.tara):
        said = await people.say(person.telegram_id, "/status")
        answer = await people.wait_for(person.telegram_id, "error", after=said["message_id"])
        assert "secret" not in answer["text"]
    told = await people.wait_for(cast.owner.telegram_id, "ZeroDivisionError")
    assert "secret" not in told["text"]
    about = [m for m in await people.messages(cast.owner.telegram_id) if "ZeroDivisionError" in m["text"]]
    assert len(about) == 1
    failed = [entry for entry in logs if entry["event"] == "handler.failed"]
    assert len({entry["error_id"] for entry in failed}) == 3


@pytest.mark.usefixtures("running", "broken_status")
async def test_the_bot_goes_on_after_a_fault(people: SandboxClient, cast: Cast) -> None:
    await people.say(cast.tara.telegram_id, "/status")
    await people.say(cast.tara.telegram_id, "/signals")
    await people.wait_for(cast.tara.telegram_id, "No signals yet.")


@pytest.mark.usefixtures("running")
async def test_a_tap_that_finds_no_terminal_is_logged_with_the_trace_of_its_signal(
    people: SandboxClient, cast: Cast, send_signal: SendSignal
) -> None:
    tara = cast.tara.telegram_id
    with capture_logs(processors=[merge_contextvars]) as lines:
        [approval] = await send_signal(cast.tara)
        await people.wait_for(tara, "BUY EURUSD")
        await people.tap(tara, "✅ Approve")
        await people.wait_for(tara, "terminal")
    [line] = [line for line in lines if line["event"] == "handler.terminal"]
    assert line["trace"] == str(approval.signal_id)


@pytest.mark.usefixtures("running")
async def test_an_answer_that_telegram_does_not_take_harms_nothing(people: SandboxClient, cast: Cast) -> None:
    await people.fault("answerCallbackQuery", 400, description="Bad Request: query is too old")
    await people.tap_stale(cast.tara.telegram_id, "nonsense", 1)
    await people.say(cast.tara.telegram_id, "/signals")
    await people.wait_for(cast.tara.telegram_id, "No signals yet.")
    assert not [m for m in await people.messages(cast.tara.telegram_id) if "error" in m["text"]]


async def test_stopping_waits_for_the_handler_at_work(
    people: SandboxClient, cast: Cast, app: App, bot: Bot
) -> None:
    gate = Gate(bot)
    polling = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    await people.say(cast.tara.telegram_id, "/signals")
    await gate.waiting.wait()
    polling.cancel()
    asyncio.get_running_loop().call_later(0.05, gate.open.set)
    with pytest.raises(asyncio.CancelledError):
        await polling
    assert [m for m in await people.messages(cast.tara.telegram_id) if "No signals yet." in m["text"]]


async def test_draining_ends_in_time(people: SandboxClient, cast: Cast, app: App, bot: Bot) -> None:
    gate = Gate(bot)
    dispatcher = make_dispatcher(app)
    polling = asyncio.create_task(Polling(dispatcher, bot, app.desk).run())
    await people.say(cast.tara.telegram_id, "/signals")
    await gate.waiting.wait()
    assert not await dispatcher.in_flight.drain(0.01)
    assert dispatcher.in_flight.count > 0
    gate.open.set()
    assert await dispatcher.in_flight.drain(5)
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling
