"""Where the simulated weeks touch the guard: what it promises, its one door, and how a part is taken out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import Conflict
from core.model.people import Person
from core.model.risk import DrawdownState, LockKind, Place
from core.mt5.calls import Answer
from core.mt5.errors import TerminalError
from core.mt5.identity import Identity
from core.risk import drawdown, flattening, guard, locks
from core.risk.countdown import close_now
from core.risk.guard import DrawdownGuard
from core.risk.holding import hold as hold_back
from core.trading import approving, execution, sending
from tests.sim.oracle import Flows

FLOWS = Flows.SCALED
"""How `core.risk.drawdown` takes payments out of the peak."""

HOLD = timedelta(minutes=20)


class Watch:
    """The guard of one life of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._guard = DrawdownGuard(desk)

    async def look(self, account: Account) -> bool:
        """Whether the guard has concluded from it; one that never says so is blind for the witness."""
        try:
            await self._guard.once(account)
        except TerminalError:
            return False
        return self._desk.board.of(account.id).guarded_at == self._desk.clock.now()


async def hold(desk: Desk, liquidation: int, owner: Person) -> None:
    """The owner stops the countdown. Raises Stale when it is over."""
    await hold_back(desk, liquidation, owner, HOLD, "the owner looks into it")


async def hurry(desk: Desk, liquidation: int, person: Person) -> None:
    """The trader does not want to wait. Raises Stale when it is over."""
    await close_now(desk, liquidation, person)


async def release(desk: Desk, account: Account, owner: Person) -> None:
    """The owner releases the guard's lock. Raises Conflict without one, and while it is being closed."""
    if not await _release_of(desk, account, owner, LockKind.DRAWDOWN):
        raise Conflict(f"{account.label} is not locked.")


async def shut(desk: Desk, account: Account, owner: Person) -> None:
    """The owner locks the account. Raises Conflict when he has already."""
    await locks.lock(desk, owner, Place(account.id), "nothing more today")


async def reopen(desk: Desk, account: Account, owner: Person) -> None:
    """He releases his lock, and no other."""
    await _release_of(desk, account, owner, LockKind.OWNER)


async def _release_of(desk: Desk, account: Account, owner: Person, kind: LockKind) -> int:
    """How many."""
    async with desk.store.read() as tx:
        found = [lock for lock in await tx.locks.active(Place(account.id)) if lock.kind is kind]
    for lock in found:
        await locks.release(desk, owner, lock.id)
    return len(found)


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

    def anything(self: Identity, answers: Sequence[Answer]) -> None:
        """No objection to an answer; where there is none nobody could be mistaken."""
        for answer in answers[:2]:
            self._struct(answer)

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
    with (
        patch.object(execution, "check_claimed", _no_objection),
        patch.object(sending, "check_claimed", _no_objection),
    ):
        yield


@contextmanager
def without_entry_gate() -> Iterator[None]:
    """No lock keeps a trader from approving, nor what he approved from being sent."""
    with (
        patch.object(approving, "check_open", _no_objection),
        patch.object(approving, "check_entry", _no_objection),
        without_lock_at_claim(),
    ):
        yield


@contextmanager
def without_fresh_prices() -> Iterator[None]:
    """Prices that stand still are taken for those of now."""

    async def fresh(*_: object) -> str:
        return ""

    with patch.object(guard, "stale_prices", fresh):
        yield


@contextmanager
def without_days() -> Iterator[None]:
    """No day of the broker's ever ends."""

    def same(state: DrawdownState, *_: object) -> DrawdownState:
        return state

    with patch.object(drawdown, "_at_midnight", same):
        yield


@contextmanager
def without_memory() -> Iterator[None]:
    """Each life of the desk begins with the equity that it finds."""

    async def unknown(_: object, __: object, watched: Any) -> Any:
        return watched.state

    with patch.object(DrawdownGuard, "_known", unknown):
        yield


async def _no_objection(*_: object) -> None:
    """Nothing forbids it."""


CARES = {
    "flows": without_flows,
    "fresh prices": without_fresh_prices,
    "identity": without_identity,
    "second read": without_second_read,
    "days": without_days,
    "memory": without_memory,
    "entry gate": without_entry_gate,
    "lock at the claim": without_lock_at_claim,
}
"""What can be taken out, by name."""
