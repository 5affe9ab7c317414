"""A hundred people tap *Approve* at once: how long the spinner turns."""

from collections.abc import Callable, Sized
from pathlib import Path

import aiohttp

from bot.sandbox import SandboxClient
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.pace import Pace
from bot.telegram.polling import Polling
from core.model.clock import SystemClock
from tests.bench.rows import Row, percentile
from tests.bench.surface.crowd import crowd
from tests.bench.surface.stage import at_work, open_stage

PEOPLE, FIRST = 100, 1
"""Who taps first warms the desk up, and is not counted."""
MOST_MS = 100.0
PATIENCE_S = 60.0


async def taps_rows(folder: Path) -> list[Row]:
    """From the tap to `answerCallbackQuery`, both by the clock of the sandbox."""
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
        waits = (await _waits_ms(url, telegram, FIRST, PEOPLE))[FIRST:]
    return [
        Row(f"{PEOPLE} taps at once to the answer, p50", percentile(waits, 0.5), "ms", PEOPLE),
        Row(f"{PEOPLE} taps at once to the answer, p95", percentile(waits, 0.95), "ms", PEOPLE, MOST_MS),
    ]


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
