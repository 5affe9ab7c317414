"""The state of the desk in one value, for /status, the web surface and metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account
from core.model.approvals import ApprovalState
from core.model.risk import DrawdownState, Lock, LockKind
from core.model.trades import IntentState
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account as it stands; `drawdown` is None before the guard's first reading."""

    account: Account
    trader: str
    last: LastSeen
    drawdown: DrawdownState | None
    divergences: int
    locks: tuple[Lock, ...]

    @property
    def drawdown_percent(self) -> Decimal:
        return self.drawdown.percent if self.drawdown else Decimal(0)


@dataclass(frozen=True, slots=True)
class Status:
    """The whole desk."""

    accounts: tuple[AccountStatus, ...]
    pending_approvals: int
    intents: dict[IntentState, int]
    outbox_oldest: datetime | None
    paused_reason: str | None


async def read_status(desk: Desk) -> Status:
    """Read everything in one transaction."""
    async with desk.store.read() as tx:
        locks = await tx.locks.active()
        approvals = await tx.approvals.count_by_state()
        return Status(
            accounts=tuple([await _account(desk, tx, account, locks) for account in await tx.accounts.all()]),
            pending_approvals=approvals.get(ApprovalState.PENDING, 0),
            intents=await tx.intents.count_by_state(),
            outbox_oldest=await tx.outbox.oldest_waiting(),
            paused_reason=next((lock.reason for lock in locks if lock.kind is LockKind.PAUSE), None),
        )


async def _account(desk: Desk, tx: Tx, account: Account, locks: Sequence[Lock]) -> AccountStatus:
    person = await tx.people.get(account.person_id)
    return AccountStatus(
        account=account,
        trader=person.name if person else "",
        last=desk.board.of(account.id),
        drawdown=await tx.drawdowns.get(account.id),
        divergences=len(await tx.reconciliation.lasting(account.id)),
        locks=tuple(lock for lock in locks if lock.account_id == account.id),
    )
