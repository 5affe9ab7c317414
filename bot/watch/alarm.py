"""Telling people without the event loop: a direct call of the Bot API that blocks its own thread only."""

import json
from collections.abc import Callable, Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import structlog
from pydantic import SecretStr

from bot.words import Words

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
_HOPELESS = frozenset({400, 401, 403, 404})
"""Statuses that another try would get as well: a blocked bot, a chat that is gone, a wrong token."""


Say = Callable[[Words], str]
"""What is told, in the words of who reads it."""


class Alarm:
    """Sends plain text to `chats`, and to `others` when these are wanted too; somebody keeps both up to date.
    One that fails keeps no other from it."""

    def __init__(self, telegram_url: str, token: SecretStr) -> None:
        self.chats: Mapping[int, Words] = {}
        self.others: Mapping[int, Words] = {}
        self._base = telegram_url.rstrip("/")
        self._token = token
        self._opener = build_opener(ProxyHandler({}))  # as the bot itself, which knows no proxy

    def tell(self, say: Say, *, others: bool = False) -> bool:
        """Whether nobody is left whom another try could reach; as long as nobody is known, one could.

        Never raises: there is nobody to catch it.
        """
        chats = {**self.others, **self.chats} if others else dict(self.chats)
        told = [self._tell(chat, say(words)) for chat, words in chats.items()]
        return bool(told) and all(told)

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
