"""The application on a real socket of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from bot.web.server import listen, serve


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[int]:
    """The port of the application, served by a task that is cancelled at the end, as the desk does it."""
    sock = listen("127.0.0.1", 0)
    server = asyncio.create_task(serve(app, sock))
    try:
        yield sock.getsockname()[1]
    finally:
        server.cancel()
        with pytest.raises(asyncio.CancelledError):
            await server


async def raw(port: int, request: bytes) -> bytes:
    """All that the server says to these bytes before it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer
