"""The state of the desk in one value, for /status, the web surface and metrics."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.model.events import Priority
from core.model.ids import AccountId
from core.model.risk import DESK, DrawdownState, Liquidation, Lock
from core.model.trades import IntentState
from core.ports import Tx


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account as it stands; `drawdown` is None before the guard's first reading, `liquidation` the one
    that runs.

    `divergences` are those that somebody still has to look at.
    """

    account: Account
    trader: str
    liquidation: Liquidation | None
    last: LastSeen
    drawdown: DrawdownState | None
    divergences: int
    locks: tuple[Lock, ...]

    @property
    def drawdown_percent(self) -> Decimal:
        return self.drawdown.percent if self.drawdown else Decimal(0)


@dataclass(frozen=True, slots=True)
class Status:
    """The whole desk; of `intents` those that are not finished, of `locks` those of more than one account, of
    `divergences` those that somebody still has to look at.
    """

    at: datetime
    accounts: tuple[AccountStatus, ...]
    pending_approvals: int
    intents: dict[IntentState, int]
    outbox_oldest: datetime | None
    outbox_waiting: dict[Priority, int]
    locks: tuple[Lock, ...]
    divergences: Mapping[DivergenceKind, int]

    @property
    def paused_reason(self) -> str | None:
        """Why nothing is entered on any account: the oldest pause or lock of the whole desk."""
        return next((lock.reason for lock in self.locks if lock.place == DESK), None)


async def read_status(desk: Desk) -> Status:
    """Read everything in one transaction, with one query of a kind however many accounts there are."""
    async with desk.store.read() as tx:
        now = desk.clock.now()
        locks = [lock for lock in await tx.locks.active() if lock.holds_at(now)]
        divergences = await tx.reconciliation.open_counts()
        return Status(
            at=now,
            accounts=await _accounts(desk, tx, locks, divergences),
            pending_approvals=await tx.approvals.count_pending(),
            intents=await tx.intents.count_unfinished(),
            outbox_oldest=await tx.outbox.oldest_waiting(),
            outbox_waiting=await tx.outbox.count_waiting(),
            locks=tuple(lock for lock in locks if lock.account_id is None),
            divergences=sum(divergences.values(), Counter()),
        )


async def _accounts(
    desk: Desk, tx: Tx, locks: Sequence[Lock], divergences: Mapping[AccountId, Counter[DivergenceKind]]
) -> tuple[AccountStatus, ...]:
    names = {person.id: person.name for person in await tx.people.all()}
    drawdowns = {state.account_id: state for state in await tx.drawdowns.all()}
    running = {found.account_id: found for found in await tx.liquidations.running()}
    own = _by_account(locks)
    return tuple(
        AccountStatus(
            account=account,
            trader=names.get(account.person_id, ""),
            liquidation=running.get(account.id),
            last=desk.board.of(account.id),
            drawdown=desk.board.drawdowns.get(account.id, drawdowns.get(account.id)),
            divergences=divergences.get(account.id, Counter()).total(),
            locks=tuple(own.get(account.id, ())),
        )
        for account in await tx.accounts.all()
    )


def _by_account(locks: Sequence[Lock]) -> dict[AccountId, list[Lock]]:
    found: defaultdict[AccountId, list[Lock]] = defaultdict(list)
    for lock in locks:
        if lock.account_id is not None:
            found[lock.account_id].append(lock)
    return found
