"""A local Telegram in a process of its own, with a crowd in it that taps at once when it is told to.

Beside the sandbox's own control API, `POST /crowd/taps` makes some tap the first button of their newest
message; `GET /crowd/waits` has the milliseconds that each of those has waited for the answer.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter

from bot.sandbox import UNLIMITED, Settings, World, serve
from bot.sandbox.model import User
from bot.sandbox.people import tap
from core.collector import calm_collector

ROOT = Path(__file__).parents[3]
FIRST = 10_001
"""The Telegram id of the first of them; the others follow."""


class Crowd:
    """People who have pressed Start, and when each has tapped."""

    def __init__(self, people: int, settings: Settings) -> None:
        self.world = World(settings=settings)
        self._tapped: dict[int, float] = {}
        for number in range(people):
            self.world.open_private_chat(self.world.add_user(User(FIRST + number, f"Person {number}")))

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/crowd")
        router.post("/taps")(self.tap)
        router.get("/waits")(self.waits)
        return router

    async def tap(self, skip: int, people: int) -> int:
        """So many tap, but those who are skipped; how many have tapped by now."""
        for user in list(self.world.users.values())[skip : skip + people]:
            newest = list(self.world.chats[user.id].messages.values())[-1]
            self._tapped[user.id] = self.world.now()
            tap(self.world, user, newest.buttons()[0]["text"], message_id=newest.id)
        return len(self._tapped)

    async def waits(self) -> list[float]:
        """Of those who have been answered."""
        return list(self._waits_ms())

    def _waits_ms(self) -> Iterator[float]:
        for answer in self.world.answers:
            yield (answer.at - self._tapped[answer.user_id]) * 1000


@asynccontextmanager
async def crowd(people: int, *, limited: bool) -> AsyncIterator[str]:
    """The address of such a Telegram, with or without Telegram's limits; gone with the block."""
    argv = [sys.executable, "-m", "tests.bench.surface.crowd", str(people), "limited" if limited else "free"]
    process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    if process.stdout is None:
        raise ValueError("the process has no standard output")
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def _serve(people: int, settings: Settings) -> None:
    waiting = Crowd(people, settings)
    async with serve(waiting.world, extra_routers=[waiting.router()]) as sandbox:
        calm_collector()
        print(sandbox.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Settings() if sys.argv[2] == "limited" else UNLIMITED))
