"""The desk's API keys: who has one may read all of it."""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.web.limits import Failures
from bot.web.parameters import ANY_ERROR
from bot.web.problems import Problem, errors

REFUSALS = ANY_ERROR | errors(
    s400="A parameter of another name, twice the same, or a wrong value: which, and why",
    s401="No API key of this desk",
    s429="Too many failures of this address; see Retry-After",
)
"""What routes that ask for a key refuse."""

_BEARER = HTTPBearer(auto_error=False, scheme_name="API key", description="A key of TAPDESK_API_KEYS.")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_ASKED = "Send an API key of this desk: Authorization: Bearer KEY."
_UNKNOWN = "This is no API key of this desk."
_NO_KEYS = "This desk has no API key: its owner has to set TAPDESK_API_KEYS (tapdesk key --api makes one)."


class Keyring:
    """Holds digests of the keys, so that they are compared at one length and shown by nothing."""

    def __init__(self, keys: Sequence[str], failures: Failures) -> None:
        self._digests = tuple(_digest(key) for key in keys)
        self._failures = failures

    async def admit(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> None:
        """Pass a request with one of the keys. Raises Problem 401, 429 for an address that keeps failing."""
        if given is None or not self._holds(given.credentials):
            self._failures.refuse_many(request)
            self._failures.count(request)
            raise Problem(401, "unauthorized", self._why(given), headers=_CHALLENGE)

    def _holds(self, key: str) -> bool:
        """All are looked at, so that the time tells nothing of which it was."""
        digest = _digest(key)
        return any([compare_digest(digest, known) for known in self._digests])  # noqa: C419

    def _why(self, given: HTTPAuthorizationCredentials | None) -> str:
        if not self._digests:
            return _NO_KEYS
        return _ASKED if given is None else _UNKNOWN


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
