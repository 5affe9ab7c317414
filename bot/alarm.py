"""Telling people without the event loop: a direct call of the Bot API that blocks its own thread only."""

import json
from collections.abc import Collection
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import structlog
from pydantic import SecretStr

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
_HOPELESS = frozenset({400, 401, 403, 404})
"""Statuses that another try would get as well: a blocked bot, a chat that is gone, a wrong token."""


class Alarm:
    """Sends plain text to `chats`, which somebody keeps up to date; one that fails keeps no other from it."""

    def __init__(self, telegram_url: str, token: SecretStr) -> None:
        self.chats: Collection[int] = ()
        self._base = telegram_url.rstrip("/")
        self._token = token
        self._opener = build_opener(ProxyHandler({}))  # as the bot itself, which knows no proxy

    def tell(self, text: str) -> bool:
        """Whether nobody is left whom another try could reach; as long as nobody is known, one could.

        Never raises: there is nobody to catch it.
        """
        chats = tuple(self.chats)
        return bool(chats) and all([self._tell(chat, text) for chat in chats])  # noqa: C419 - each is tried

    def _tell(self, chat: int, text: str) -> bool:
        request = Request(  # noqa: S310 - settings allow http and https only
            f"{self._base}/bot{self._token.get_secret_value()}/sendMessage",
            json.dumps({"chat_id": chat, "text": text}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_S):
                return True
        except HTTPError as refused:
            log.warning("alarm_refused", status=refused.code)
            return refused.code in _HOPELESS
        except (OSError, HTTPException, ValueError) as error:
            # The text of such an error may hold the address, and with it the token.
            log.warning("alarm_not_sent", error=type(error).__name__)
            return False
