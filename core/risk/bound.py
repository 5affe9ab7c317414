"""What binds an account just now: its running liquidation, and the guard's lock of its entries."""

from dataclasses import dataclass

from core.model.ids import AccountId
from core.model.risk import Liquidation, Lock, LockKind, Place
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class Bound:
    """`locked` is whether the guard has locked the account's entries; calm is an account at liberty."""

    running: Liquidation | None = None
    locked: bool = False

    @property
    def calm(self) -> bool:
        return self.running is None and not self.locked


async def bounds(tx: Tx) -> dict[AccountId, Bound]:
    """Of all accounts that are bound, in two queries; the others stand at the default."""
    running = {found.account_id: found for found in await tx.liquidations.running()}
    locks = await tx.locks.active()
    locked = {lock.account_id for lock in locks if _is_guards(lock) and lock.account_id is not None}
    return {account: Bound(running.get(account), account in locked) for account in running.keys() | locked}


async def bound_of(tx: Tx, account: AccountId) -> Bound:
    """Of one account, as it is now."""
    locked = any(_is_guards(lock) for lock in await tx.locks.active(Place(account)))
    return Bound(await tx.liquidations.running_of(account), locked)


def _is_guards(lock: Lock) -> bool:
    return lock.kind is LockKind.DRAWDOWN
