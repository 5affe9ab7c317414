"""What keeps an account on the desk: the same rules for unlinking it and for forgetting its trader."""

from dataclasses import dataclass
from datetime import datetime

from core.health.stake import stake_of
from core.model.ids import AccountId
from core.model.risk import LockKind
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class Staying:
    """By the books, in the transaction that asks: what is open there or under way, whether it is being
    liquidated (or an owner holds that), and whether a lock holds that is not the trader's own."""

    positions: int = 0
    pending: int = 0
    under_way: int = 0
    liquidating: bool = False
    locked: bool = False

    def __bool__(self) -> bool:
        return bool(self.positions or self.pending or self.under_way or self.liquidating or self.locked)


async def what_keeps(tx: Tx, account: AccountId, now: datetime) -> Staying:
    """Nobody leaves to escape a lock, and no guard ends while something is open."""
    stake = await stake_of(tx, account)
    trades = len(await tx.trades.open_of(account))
    locks = [one for one in await tx.locks.active() if one.account_id == account]
    return Staying(
        max(stake.positions, trades),
        stake.pending,
        len(await tx.intents.unfinished(account)),
        await tx.liquidations.running_of(account) is not None,
        any(one.kind is not LockKind.OWN and one.holds_at(now) for one in locks),
    )
