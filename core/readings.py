"""What is known of an account without asking its terminal: this life's newest reading, else the one kept."""

from core.desk import Desk
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import DrawdownState
from core.ports import Tx


async def last_reading(desk: Desk, tx: Tx, account: AccountId) -> MT5AccountSnapshot | None:
    return desk.board.snapshots.get(account) or await tx.snapshots.latest(account)


async def last_drawdown(desk: Desk, tx: Tx, account: AccountId) -> DrawdownState | None:
    return desk.board.drawdowns.get(account) or await tx.drawdowns.get(account)
