"""The desk's web application."""

from collections.abc import Sequence
from importlib import resources

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import core
from bot.web import problems
from bot.web.drawdown import drawdown_routes
from bot.web.gate import Gate
from bot.web.heartbeat import heartbeat_routes
from bot.web.keys import Keyring
from bot.web.limits import Failures
from bot.web.quality import quality_routes
from bot.web.reconciliation import reconciliation_routes
from bot.web.signals import signal_routes
from bot.web.status import Health, status_routes
from core.desk import Desk

_ABOUT = """Send trading signals to the desk and read back your own; read what the desk has reconciled.

Signals are signed as *Standard Webhooks* describes, with the secret of your source: any of its client
libraries will do. Send `x-tapdesk-source` beside its three headers. To read, sign the empty body. Prices
are exact: send strings if your numbers are floats.

What the desk tells of itself is read with one of its API keys, as a bearer token. Every error has the same
form; a wrong parameter is 400, a wrong field of a body 422."""

_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"


class Finish:
    """Counts each answer by its status and adds the headers that all have."""

    def __init__(self, app: ASGIApp, answers: Counter) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def finished(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Cache-Control"] = "no-store"
                self._answers.labels(message["status"]).inc()
            await send(message)

        await self._app(scope, receive, finished)


def create_web(desk: Desk, health: Health, api_keys: Sequence[str] = ()) -> FastAPI:
    """The application: signal intake, what API keys read, `/docs`, `/healthz`, `/readyz`, `/metrics`.

    `api_keys` are the desk's own; without one nobody reads what it has reconciled or guards. `/docs` needs
    nothing from outside. A counter of answers is added to `health.registry`.
    """
    app = FastAPI(
        title="Tapdesk",
        version=core.__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    answers = Counter("tapdesk_http_answers", "Answers by status", ["status"], registry=health.registry)

    app.add_middleware(Finish, answers=answers)
    failures = Failures(desk.clock.monotonic)
    app.include_router(signal_routes(desk, Gate(desk, failures)))
    keyring = Keyring(api_keys, failures)
    app.include_router(reconciliation_routes(desk, keyring))
    app.include_router(quality_routes(desk, keyring))
    app.include_router(drawdown_routes(desk, keyring))
    app.include_router(heartbeat_routes(desk, keyring))
    app.include_router(status_routes(health))
    page = resources.files("bot.web").joinpath("docs.html").read_text("utf-8")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _PAGE_POLICY})

    return app
