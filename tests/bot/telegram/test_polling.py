"""Polling: what is fetched is handled and confirmed, a webhook is left, a revoked token ends it."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError

from bot.context import App
from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from tests.bot.stage import Cast


async def stopped(polling: asyncio.Task[None]) -> None:
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling


async def test_what_was_handled_before_a_stop_does_not_come_again(
    people: SandboxClient, cast: Cast, app: App, bot: Bot
) -> None:
    tara = cast.tara.telegram_id
    first = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    await people.say(tara, "/signals")
    await people.wait_for(tara, "No signals yet.")
    await stopped(first)
    second = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    await people.say(tara, "/help")
    await people.wait_for(tara, "What you can do here")
    await stopped(second)
    assert len([m for m in await people.messages(tara) if m["text"].endswith("No signals yet.")]) == 1


async def test_a_webhook_of_an_earlier_life_is_left(
    people: SandboxClient, cast: Cast, app: App, bot: Bot
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    polling = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    await people.say(cast.tara.telegram_id, "/signals")
    await people.wait_for(cast.tara.telegram_id, "No signals yet.")
    await stopped(polling)


async def test_a_server_error_is_waited_out(people: SandboxClient, cast: Cast, app: App, bot: Bot) -> None:
    await people.fault("getUpdates", 502, times=2)
    polling = asyncio.create_task(Polling(make_dispatcher(app), bot, app.desk).run())
    await people.say(cast.tara.telegram_id, "/signals")
    await people.wait_for(cast.tara.telegram_id, "No signals yet.")
    await stopped(polling)


async def test_a_revoked_token_ends_polling(people: SandboxClient, app: App, bot: Bot) -> None:
    await people.fault("getUpdates", 401, description="Unauthorized")
    with pytest.raises(TelegramUnauthorizedError):
        await Polling(make_dispatcher(app), bot, app.desk).run()
