"""Waking a task without polling: whoever has work for it rings, it waits with a timer as the safety net."""

import asyncio
from collections import defaultdict

from core.model.ids import AccountId


class Bell:
    """Named wake-up calls inside one event loop. A ring before the wait is not lost."""

    def __init__(self) -> None:
        self._rung: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, name: str) -> None:
        """Wake whoever waits, or will wait, for `name`."""
        self._rung[name].set()

    async def wait(self, name: str, timeout_s: float) -> bool:
        """Wait for a ring, at most `timeout_s`; True when it rang."""
        event = self._rung[name]
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True


OUTBOX = "outbox"
EXPIRY = "expiry"
LOCKS = "locks"
STANDING = "standing"
MENUS = "menus"
ACCOUNTS = "accounts"
"""An account was linked, changed or unlinked."""

STATUS = "status"


def account_bell(account: AccountId) -> str:
    """The name that an account's trading loop waits for."""
    return f"account:{account}"


def guard_bell(account: AccountId) -> str:
    """The bell that asks the account's guard to look at once."""
    return f"guard:{account}"


def sync_bell(account: AccountId) -> str:
    """The bell that asks for an immediate reconciliation of the account."""
    return f"sync:{account}"
