"""The wire under the server: a connection that ends in place of an answer, as networks do it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CUT = "sandbox.cut"


class Cut(Response):
    """No answer at all: the caller's connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": CUT})
        await gone(Request(scope, receive))


class Wire:
    """Hands each `Cut` to `cut`, which closes the connection of that client (host and port)."""

    def __init__(self, app: ASGIApp, cut: Callable[[tuple[str, int]], None]) -> None:
        self._app = app
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def through(message: Message) -> None:
            if message["type"] == CUT:
                self._cut(scope["client"])
            else:
                await send(message)

        await self._app(scope, receive, through)


async def gone(request: Request) -> None:
    """Returns when the client has closed its connection, or has lost it."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
