"""A hundred people tap *Approve* at once: how long the spinner turns, and how long with a bot that does
nothing but answer, which tells what the machine, aiogram and the sandbox need by themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sized
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from bot.sandbox import DEMO_TOKEN, SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.pace import Pace
from bot.telegram.polling import Polling
from core.model.clock import SystemClock
from tests.bench.rows import Row, percentile
from tests.bench.surface.crowd import FIRST as FIRST_ID
from tests.bench.surface.crowd import crowd
from tests.bench.surface.stage import as_in_production, at_work, open_stage

PEOPLE, FIRST = 100, 1
"""Who taps first warms the desk up, and is not counted."""
MOST_MS = 100.0
PATIENCE_S = 60.0
_BUTTON = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Approve", callback_data="approve")]]
)


async def taps_rows(folder: Path) -> list[Row]:
    """From the tap to `answerCallbackQuery`, both by the clock of the sandbox."""
    desk, plain = await _desk_waits_ms(folder), await _plain_waits_ms()
    p95, floor = percentile(desk, 0.95), percentile(plain, 0.95)
    return [
        Row(f"{PEOPLE} taps at once to the answer, p50", percentile(desk, 0.5), "ms", PEOPLE),
        Row(f"{PEOPLE} taps at once to the answer, p95", p95, "ms", PEOPLE, MOST_MS),
        Row("  p95 of a bot that only answers", floor, "ms", PEOPLE),
        Row("  as a multiple of that", p95 / floor, "", PEOPLE),
    ]


async def _desk_waits_ms(folder: Path) -> list[float]:
    """Of each who taps, but the first."""
    unhurried = Pace(SystemClock(), per_s=10_000, chat_burst=1_000)
    async with (
        crowd(FIRST + PEOPLE, limited=False) as url,
        SandboxClient(url) as telegram,
        open_stage(folder, url, FIRST + PEOPLE, unhurried) as stage,
        at_work(Polling(make_dispatcher(stage.app), stage.bot, stage.app.desk)),
    ):
        await stage.send_cards()
        await stage.all_delivered()
        await _waits_ms(url, telegram, 0, FIRST)
        return (await _waits_ms(url, telegram, FIRST, PEOPLE))[FIRST:]


async def _plain_waits_ms() -> list[float]:
    """The same with aiogram's own dispatcher and polling, and one handler."""
    async with (
        crowd(FIRST + PEOPLE, limited=False) as url,
        SandboxClient(url) as telegram,
        _plain_bot(url),
    ):
        with as_in_production():
            await _waits_ms(url, telegram, 0, FIRST)
            return (await _waits_ms(url, telegram, FIRST, PEOPLE))[FIRST:]


@asynccontextmanager
async def _plain_bot(url: str) -> AsyncIterator[None]:
    """Has sent each a message with a button, and answers taps."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    dispatcher = Dispatcher()
    dispatcher.callback_query.register(_answer)
    async with Bot(DEMO_TOKEN, session=session) as bot:
        for person in range(FIRST_ID, FIRST_ID + FIRST + PEOPLE):
            await bot.send_message(person, "A signal", reply_markup=_BUTTON)
        polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
        try:
            yield
        finally:
            await dispatcher.stop_polling()
            await polling


async def _answer(query: CallbackQuery) -> None:
    await query.answer()


async def _waits_ms(url: str, telegram: SandboxClient, skip: int, people: int) -> list[float]:
    """So many tap, after those who are skipped; what all have waited until now, in the order of answers."""
    async with aiohttp.ClientSession() as http:

        async def waits() -> list[float]:
            async with http.get(f"{url}/crowd/waits") as answer:
                return list(await answer.json())

        async with http.post(f"{url}/crowd/taps", params={"skip": skip, "people": people}) as tapped:
            tapped.raise_for_status()
        return await telegram.until(waits, _has(skip + people), PATIENCE_S)


def _has(number: int) -> Callable[[Sized], bool]:
    return lambda things: len(things) >= number
