"""Who may come in by HTTP: programs and the sandbox's own page, not other sites' pages in the same browser.

Another site's page can post to this machine and, by a name of its own that it lets lead here (DNS rebinding),
read the answers too. The desk behind a sandbox may trade real accounts.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.addresses import LOOPBACK, split

STRANGE_NAME = "The sandbox answers by the names of this machine only: 127.0.0.1 or localhost."
STRANGE_PAGE = "No other site's page may do that."
_OTHERS = ("cross-site", "same-site")  # what browsers say of a page of another origin


class Door:
    """Refuses with 403 what another site's page does but following a link, and, on a loopback `host`, all
    names that are none of it."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names = LOOPBACK if host in LOOPBACK else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else ""
        app = PlainTextResponse(refusal, 403) if refusal else self._app
        await app(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> str:
        if self._names and split(f"http://{headers.get('host', '')}").hostname not in self._names:
            return STRANGE_NAME
        follows_link = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site") in _OTHERS and not follows_link:
            return STRANGE_PAGE
        return ""
