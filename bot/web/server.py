"""uvicorn as one task among others: it neither takes the signals nor ends the process."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 10
_BACKLOG = 512


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the program; uvicorn would raise them again after its shutdown."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket (port 0: any free one). Raises OSError when busy; uvicorn would end the process.

    It names its protocol, which `socket.create_server` leaves 0: asyncio switches Nagle's algorithm off only
    where it reads TCP, and with it on an answer waits 40 ms for the client's delayed acknowledgement.
    """
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    sock = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


async def serve(app: ASGIApp, sock: socket.socket) -> None:
    """Answer requests on `sock` until cancelled.

    Then take no more connections, let requests in flight finish for up to 10 s, close the socket and end.
    Access is not logged: a request line may hold what a sender put there.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        h11_max_incomplete_event_size=16 * 1024,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]), name="http")
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
