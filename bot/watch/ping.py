"""Telling a service outside that the desk is well: what watches from another machine sees this one die."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import SecretStr

from core.model.clock import Clock

log = structlog.get_logger(__name__)

PING_S = 10.0
TIMEOUT = ClientTimeout(total=5)


class Ping:
    """Asks for `url` while `ready` names no problem.

    An unhealthy desk says nothing: that the ping stays out is what every such service raises an alarm for.
    The URL is a secret, as most of these services know their clients by it alone.
    """

    def __init__(
        self, url: SecretStr, ready: Callable[[], Awaitable[Mapping[str, str]]], clock: Clock
    ) -> None:
        self._url = url
        self._ready = ready
        self._clock = clock
        self._trouble = ""

    async def run(self) -> None:
        """Ping every ten seconds until cancelled."""
        async with ClientSession(timeout=TIMEOUT) as http:
            while True:
                if not await self._ready():
                    self._note(await self._ask(http))
                await self._clock.sleep(PING_S)

    async def _ask(self, http: ClientSession) -> str:
        """What went wrong, without the URL; empty when nothing did."""
        try:
            async with http.get(self._url.get_secret_value(), allow_redirects=False) as answer:
                return "" if answer.ok else f"HTTP {answer.status}"
        except (ClientError, TimeoutError, ValueError) as error:  # the last of a name that no host has
            return type(error).__name__

    def _note(self, trouble: str) -> None:
        """Log a trouble once, however long it lasts, and its end."""
        if trouble and trouble != self._trouble:
            log.warning("ping_failed", error=trouble)
        elif self._trouble and not trouble:
            log.info("ping_arrives_again")
        self._trouble = trouble
