"""A sandbox per test, over real HTTP, with aiogram's own Bot as its client."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Callable

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile

from bot.sandbox import UNLIMITED, Sandbox, SandboxClient, World, serve

STANDING_STILL = 1_795_000_000.0


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Without flood limits; its clock stands still until `people.advance(seconds)`."""
    async with serve(World(settings=UNLIMITED, clock=lambda: STANDING_STILL)) as running:
        yield running


@pytest.fixture
async def people(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox.url) as client:
        yield client


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with bot_at(sandbox.url, sandbox.world.token) as connected:
        yield connected


@pytest.fixture
async def tara(people: SandboxClient) -> int:
    """A trader who has pressed Start; her update is confirmed already."""
    user_id = await people.add_user("Tara", label="trader")
    await people.say(user_id, "/start")
    return user_id


@pytest.fixture
def connect(sandbox: Sandbox) -> Callable[..., Bot]:
    """Another bot process: `connect()` or `connect(token)`; close it with `async with`."""
    return lambda token=sandbox.world.token: bot_at(sandbox.url, token)


class PlainSession(AiohttpSession):
    """aiogram waits 250 ms for TLS to end when it closes; over plain HTTP there is nothing to wait for."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def bot_at(url: str, token: str) -> Bot:
    return Bot(token, session=PlainSession(api=TelegramAPIServer.from_base(url)))


@pytest.fixture
def png() -> Callable[[int, int], bytes]:
    """A grey picture of the given width and height."""

    def draw(width: int, height: int) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        rows = zlib.compress((b"\0" + b"\x80" * width) * height)
        chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
        body = b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
        return b"\x89PNG\r\n\x1a\n" + body

    return draw


@pytest.fixture
async def photo_id(bot: Bot, tara: int, png: Callable[[int, int], bytes]) -> str:
    """A photo that the bot has uploaded before."""
    sent = await bot.send_photo(tara, BufferedInputFile(png(16, 9), "chart.png"))
    assert sent.photo is not None
    return sent.photo[-1].file_id
