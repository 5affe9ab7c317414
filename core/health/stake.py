"""What would be at risk while an account cannot be reached, as far as the desk knows."""

from dataclasses import dataclass

from core.model.ids import AccountId
from core.model.trades import IntentState
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class Stake:
    """Positions and pending orders by the last good reading; orders on their way or unconfirmed.

    As text it is a list of what there is; empty when there is nothing.
    """

    positions: int = 0
    pending: int = 0
    under_way: int = 0

    def __bool__(self) -> bool:
        return bool(self.positions or self.pending or self.under_way)

    def __str__(self) -> str:
        counts = (
            _counted(self.positions, "open position", "open positions"),
            _counted(self.pending, "pending order", "pending orders"),
            _counted(self.under_way, "unconfirmed order", "unconfirmed orders"),
        )
        return ", ".join(filter(None, counts))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


async def stake_of(tx: Tx, account: AccountId) -> Stake:
    """By the newest snapshot; before the first one by the trades that the desk expects."""
    snapshot = await tx.snapshots.latest(account)
    unknown = [each for each in await tx.intents.unresolved(account) if each.state is IntentState.UNKNOWN]
    under_way = len(await tx.intents.waiting(account)) + len(unknown)
    if snapshot is None:
        return Stake(len(await tx.trades.open_of(account)), 0, under_way)
    return Stake(len(snapshot.positions), len(snapshot.orders), under_way)
