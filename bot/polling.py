"""Long polling that can be stopped: nothing more is fetched, and what was fetched is handled to its end."""

import asyncio

import structlog
from aiogram import Bot

from bot.dispatcher import DeskDispatcher

log = structlog.get_logger(__name__)

DRAIN_S = 10.0


async def poll(dispatcher: DeskDispatcher, bot: Bot) -> None:
    """Fetch and handle updates until cancelled; then stop asking and wait for the handlers.

    Cancelling aiogram's own polling would leave a task behind that goes on fetching (aiogram#1635), so it is
    shielded and asked to stop. Raises RuntimeError when it ends by itself.
    """
    polling = asyncio.create_task(
        dispatcher.start_polling(
            bot,
            handle_signals=False,
            close_bot_session=False,
            allowed_updates=dispatcher.resolve_used_update_types(),
        ),
        name="aiogram",
    )
    try:
        await asyncio.shield(polling)
    except asyncio.CancelledError:
        await dispatcher.stop_polling()
        await polling
        if not await dispatcher.in_flight.drain(DRAIN_S):
            log.warning("handlers_cut_off", count=dispatcher.in_flight.count)
        raise
    raise RuntimeError("polling ended by itself")
