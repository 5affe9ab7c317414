"""A process whose loop or guard stands still on demand, for tests of the watchdog.

It reads words from stdin: `block` (the loop, until the file of argv[4] is there) or `hang` (the guard).
"""

import asyncio
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from bot.watch.alarm import Alarm
from bot.watch.watchdog import Watchdog
from bot.words import Words
from core.model.clock import SystemClock
from core.standstill import Movement

PATIENCE_S = 2.0


async def guard(movement: Movement, hangs: asyncio.Event, gate: Path) -> None:
    """Look again and again; one that hangs begins anew once the gate is open."""
    while True:
        if hangs.is_set() and not gate.exists():
            await asyncio.sleep(0.01)
            continue
        with movement.looking("guard Tom", time.monotonic):
            await asyncio.sleep(0.01)


async def stand_still_here(gate: Path) -> None:
    while not gate.exists():
        time.sleep(0.01)  # noqa: ASYNC251 - what is tested


async def main(url: str, token: str, chat: str, gate: str, ends: str) -> None:
    movement, hangs = Movement(), asyncio.Event()
    alarm = Alarm(url, SecretStr(token))
    alarm.chats = dict.fromkeys((999, int(chat)), Words())  # the first is nobody's
    dog = Watchdog(movement, ["guard Tom"], alarm, PATIENCE_S, SystemClock(), ends=ends == "ends")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dog.beat())
        tasks.create_task(guard(movement, hangs, Path(gate)))
        with dog:
            while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
                if word == "block":
                    await stand_still_here(Path(gate))
                hangs.set()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
