"""How the reconciliation of each account stands, for whoever reads it: Telegram, HTTP, the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account


@dataclass(frozen=True, slots=True)
class AccountSync:
    """One account: what its last sync saw, and how many divergences somebody still has to look at.

    These are the log's, which outlives the process; what `last` counts is empty until the first reading.
    """

    account: Account
    last: LastSeen
    divergent: int


async def overview(desk: Desk, accounts: Sequence[Account]) -> Sequence[AccountSync]:
    """In the order of `accounts`, with one query for them all."""
    async with desk.store.read() as tx:
        counts = await tx.reconciliation.open_counts()
    divergent = {account: kinds.total() for account, kinds in counts.items()}
    return [AccountSync(each, desk.board.of(each.id), divergent.get(each.id, 0)) for each in accounts]
