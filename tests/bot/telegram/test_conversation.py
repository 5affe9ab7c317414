"""The bot's talk with Telegram: a token that it refuses, and what is open on the accounts meanwhile."""

import asyncio

import pytest
from aiogram import Bot

from bot.context import App
from bot.sandbox import SandboxClient
from bot.settings import SettingsError
from bot.telegram.conversation import converse
from bot.telegram.dispatcher import make_dispatcher
from core.ports import Store
from tests.bot.stage import Cast
from tests.storage.samples import a_snapshot


async def test_a_token_that_is_refused_ends_nothing_while_something_is_open(
    people: SandboxClient, cast: Cast, app: App, bot: Bot, store: Store
) -> None:
    async with store.write() as tx:
        await tx.snapshots.save(cast.account_of(cast.tara).id, a_snapshot())
    await people.fault("deleteWebhook", 401, description="Unauthorized", times=2)
    talk = asyncio.create_task(converse(app.desk, bot, make_dispatcher(app)))
    await people.say(cast.tara.telegram_id, "/signals")
    await people.wait_for(cast.tara.telegram_id, "No signals yet.")
    assert not talk.done()
    talk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talk


async def test_it_ends_the_desk_while_nothing_is(people: SandboxClient, app: App, bot: Bot) -> None:
    await people.fault("deleteWebhook", 401, description="Unauthorized")
    with pytest.raises(SettingsError, match="does not know this token"):
        await converse(app.desk, bot, make_dispatcher(app))
