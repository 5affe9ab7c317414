"""Where the simulated weeks touch the guard: what it promises, its one door, and how a part is taken out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from core.desk import Desk
from core.model.accounts import Account
from core.model.people import Person
from core.mt5.errors import TerminalError
from core.mt5.identity import Identity
from core.risk import drawdown, flattening, guard
from core.risk.countdown import close_now
from core.risk.guard import DrawdownGuard
from core.risk.holding import hold as hold_back
from core.risk.locks import unlock
from core.trading import execution
from tests.sim.oracle import Flows

FLOWS = Flows.SCALED
"""How `core.risk.drawdown` takes payments out of the peak."""

HOLD = timedelta(minutes=20)


class Watch:
    """The guard of one life of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._guard = DrawdownGuard(desk)

    async def look(self, account: Account) -> bool:
        """Whether the account could be read."""
        try:
            await self._guard.once(account)
        except TerminalError:
            return False
        return True


async def hold(desk: Desk, liquidation: int, owner: Person) -> None:
    """The owner stops the countdown. Raises Stale when it is over."""
    await hold_back(desk, liquidation, owner, HOLD, "the owner looks into it")


async def hurry(desk: Desk, liquidation: int, person: Person) -> None:
    """The trader does not want to wait. Raises Stale when it is over."""
    await close_now(desk, liquidation, person)


async def release(desk: Desk, account: Account, owner: Person) -> None:
    """The owner unlocks the account. Raises Conflict while it is being closed."""
    await unlock(desk, owner, account.id)


# -- negative controls: the desk without one of its cares


@contextmanager
def without_flows() -> Iterator[None]:
    """Payments count as profit and loss."""
    honest = drawdown.assess

    def blind(before: Any, reading: Any, flows: Any, *more: Any) -> Any:
        return honest(before, reading, (), *more)

    with patch.object(guard, "assess", blind):
        yield


@contextmanager
def without_identity() -> Iterator[None]:
    """Whatever a terminal answers is taken for the account, connected or not."""

    def anything(self: Identity, answers: object) -> None:
        """No objection."""

    def unconditional(self: Identity) -> object:
        return Identity.read()

    with patch.object(Identity, "check", anything), patch.object(Identity, "guarded", unconditional):
        yield


@contextmanager
def without_second_read() -> Iterator[None]:
    """One clean read is flat."""
    with patch.object(flattening, "CLEAN_READS", 1):
        yield


@contextmanager
def without_lock_at_claim() -> Iterator[None]:
    """What was approved is sent, whatever was locked since."""

    async def no_locks(*_: object) -> None:
        """None holds."""

    with patch.object(execution, "check_claimed", no_locks):
        yield
