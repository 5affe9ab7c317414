"""Secrets at rest: encrypted, and bound to the row that they belong to."""

import json
from collections.abc import Sequence
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Unreadable(Exception):
    """Raised when a stored secret was sealed with a key that the desk lacks, or for another row."""


class Vault:
    """Seals secrets with the first of its Fernet keys and opens what any of them sealed.

    To rotate: put the new key first, `SqlStore.reseal()`, drop the old one.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, owner: UUID, secret: str) -> str:
        """A token that opens for `owner` only: its id is inside, so that rows cannot be swapped."""
        return self._fernet.encrypt(json.dumps([str(owner), secret]).encode()).decode()

    def open(self, owner: UUID, token: str) -> str:
        """The secret of `owner`. Raises Unreadable."""
        try:
            sealed_for, secret = json.loads(self._fernet.decrypt(token.encode()))
        except InvalidToken as error:
            raise Unreadable(f"the secret of {owner} was sealed with another key") from error
        if sealed_for != str(owner):
            raise Unreadable(f"the secret of {owner} was sealed for {sealed_for}")
        return str(secret)

    def reseal(self, token: str) -> str:
        """The same secret under the first key. Raises Unreadable."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken as error:
            raise Unreadable("a secret was sealed with another key") from error
