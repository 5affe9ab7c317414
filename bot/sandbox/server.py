"""The sandbox as a server: one World, its Bot API, its control API and its page on one address."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from bot.sandbox import api, control, page, terminals, webhook
from bot.sandbox.desktop import Desktop
from bot.sandbox.door import Door
from bot.sandbox.people import CannotAct
from bot.sandbox.wire import Wire
from bot.sandbox.world import World

GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `url` has no slash at its end."""

    url: str
    world: World


@contextlib.asynccontextmanager
async def serve(
    world: World | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    extra_routers: Sequence[APIRouter] = (),
    desktop: Desktop | None = None,
) -> AsyncIterator[Sandbox]:
    """Serve `world` on this loop until the block ends; port 0 takes a free one.

    With a `desktop`, its terminals are in reach of the control API and of the chat page.
    Raises OSError when the port is taken. Signals stay the caller's. At the end open polls and streams are
    answered, nothing is left running; the same world can be served again, as after an outage.
    """
    world = world or World()
    listener = socket.create_server((host, port))
    # asyncio recognises no TCP in a socket made by create_server; without this each answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = Server(Door(build_app(world, extra_routers, desktop), host))
    world.open()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    delivery = asyncio.create_task(webhook.deliver(world))
    try:
        await server.listening.wait()
        yield Sandbox(f"http://{host}:{listener.getsockname()[1]}", world)
    finally:
        world.close()
        server.stop()
        delivery.cancel()
        await serving
        with contextlib.suppress(asyncio.CancelledError):
            await delivery
        listener.close()


def build_app(
    world: World, extra_routers: Sequence[APIRouter] = (), desktop: Desktop | None = None
) -> FastAPI:
    app = FastAPI(
        title="Telegram sandbox",
        description="A local Bot API server: what its people do, what fails, and what can be seen.",
        docs_url=None,
        openapi_url="/control/openapi.json",
        redoc_url=None,
    )
    app.router.routes.extend([*api.routes(world), *page.routes(world, has_desktop=desktop is not None)])
    hands = [terminals.router(desktop)] if desktop else []
    for router in (control.router(world), *hands, *extra_routers):
        app.include_router(router)
    app.add_exception_handler(CannotAct, _cannot_act)
    app.add_exception_handler(RequestValidationError, _not_understood)
    return app


async def _cannot_act(_: Request, refused: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(refused)}, 409)


async def _not_understood(_: Request, refused: Exception) -> JSONResponse:
    """The fields at fault in a sentence; FastAPI's own answer repeats the input, and fails over a NaN."""
    assert isinstance(refused, RequestValidationError)  # noqa: S101 - Starlette looks handlers up by type
    told = [f"{_field(error['loc'])}: {error['msg']}" for error in refused.errors()]
    return JSONResponse({"detail": "; ".join(told) + "."}, 422)


def _field(location: tuple[int | str, ...]) -> str:
    return [part for part in location if isinstance(part, str)][-1]


class Server(uvicorn.Server):
    """uvicorn inside a loop that is not its own: no signals, no polling, a quick end."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                Wire(app, self.cut),
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                date_header=False,
            )
        )
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        await self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()

    def cut(self, client: tuple[str, int]) -> None:
        """Close the connection of that client at once, whatever it waits for."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                connection.transport.abort()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Let running requests finish for a moment, cancel the rest, see every connection closed."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._finish(cancel=False)
        await self._finish(cancel=True)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        while self.server_state.connections:  # noqa: ASYNC110  aborting takes a turn of the loop or two
            await asyncio.sleep(0)

    async def _finish(self, *, cancel: bool) -> None:
        running = set(self.server_state.tasks)
        if cancel:
            for task in running:
                task.cancel()
        if running:
            await asyncio.wait(running, timeout=GRACE_S)
