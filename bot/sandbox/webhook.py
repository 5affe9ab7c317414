"""Delivery of updates to the bot's webhook: one at a time, repeated until the bot answers 2xx."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.sandbox.mailbox import Webhook
from bot.sandbox.model import Json
from bot.sandbox.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name
ANSWER_WITHIN = aiohttp.ClientTimeout(total=60)


async def deliver(world: World) -> None:
    """Run for ever. An update is confirmed by a 2xx answer alone, so the bot may see it more than once."""
    async with aiohttp.ClientSession(timeout=ANSWER_WITHIN) as session:
        while True:
            webhook, update = await world.mailbox.next_for_webhook()
            failure = await _post(session, webhook, update.json())
            if not failure:
                world.mailbox.confirm(update.id + 1)
                continue
            webhook.last_error_date, webhook.last_error_message = int(world.now()), failure
            world.feed.tell("webhook_error", message=failure)
            await asyncio.sleep(world.settings.webhook_retry_s)


async def _post(session: aiohttp.ClientSession, webhook: Webhook, update: Json) -> str:
    """Why it failed, in Telegram's words; empty when it was taken."""
    headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
    try:
        async with session.post(webhook.url, json=update, headers=headers) as answer:
            taken = 200 <= answer.status < 300
            return "" if taken else f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except aiohttp.ClientConnectionError:
        return "Connection refused"
    except aiohttp.ClientError as error:
        return f"Wrong webhook: {type(error).__name__}"
    except TimeoutError:
        return "Read timeout expired"
