"""The board: what each account's background work last saw, for status, readiness and metrics.

It holds nothing that would be missed after a restart; the facts are in the database.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from core.health.report import Report
from core.model.accounts import Account
from core.model.heartbeat import HeartbeatMetrics
from core.model.ids import AccountId
from core.model.incidents import Trouble
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import DrawdownState
from core.standstill import Movement


@dataclass(frozen=True, slots=True)
class LastSeen:
    """One account as last seen.

    `guarded_at` is the drawdown guard's, `market_at` the market guard's last look on a good reading.
    Reconciliation found `positions`, of which so many are `matched`, within `took_s`; it looks again at
    `next_at`. `failures` in a row and `error`, the sentence of the last one, stand there until it succeeds.
    """

    read_at: datetime | None = None
    guarded_at: datetime | None = None
    market_at: datetime | None = None
    kind: str = "PAPER"
    equity: Decimal | None = None
    positions: int = 0
    matched: int = 0
    took_s: float | None = None
    next_at: datetime | None = None
    failures: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Pulse:
    """The process itself: lateness of its event loop, unique memory of it and its workers."""

    loop_lag_p99_ms: float
    memory_bytes: int


@dataclass(slots=True)
class Board:
    """What was last seen of every account and what its monitor reports; since the start, the incidents, and
    the syncs, good (True) and failed. `snapshots` are what reconciliation last read of each account;
    `events` counts by name those that the store has committed. `given_up` are, by the part of the desk, the
    accounts whose task has given up and is not well yet, each with the sentence of its last failure.
    Telegram answered a poll at `heard_at`. `linked` are the accounts as they were last read from the
    database (see core.attendance).
    """

    linked: dict[AccountId, Account] = field(default_factory=dict)
    accounts: dict[AccountId, LastSeen] = field(default_factory=dict)
    reports: dict[AccountId, Report] = field(default_factory=dict)
    snapshots: dict[AccountId, MT5AccountSnapshot] = field(default_factory=dict)
    drawdowns: dict[AccountId, DrawdownState] = field(default_factory=dict)
    incidents: Counter[tuple[AccountId, Trouble]] = field(default_factory=Counter)
    syncs: Counter[tuple[AccountId, bool]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    given_up: dict[str, dict[AccountId, str]] = field(default_factory=dict)
    heard_at: datetime | None = None
    heartbeat: HeartbeatMetrics | None = None
    movement: Movement = field(default_factory=Movement)

    @property
    def pulse(self) -> Pulse | None:
        beat = self.heartbeat
        return Pulse(beat.lag.p99_ms, beat.memory_bytes) if beat else None

    def newest(self, account: Account) -> Account:
        """The account as it is now, since its name and its policy change while it is watched."""
        return self.linked.get(account.id, account)

    def forget(self, account: AccountId) -> None:
        """It is not watched any more."""
        for seen in (self.linked, self.accounts, self.reports, self.snapshots, self.drawdowns):
            seen.pop(account, None)
        for counted in (self.incidents, self.syncs):
            for key in [key for key in counted if key[0] == account]:
                del counted[key]

    def of(self, account: AccountId) -> LastSeen:
        return self.accounts.get(account, LastSeen())

    def read(
        self,
        account: AccountId,
        at: datetime,
        kind: str,
        *,
        positions: int,
        matched: int,
        took_s: float | None = None,
    ) -> LastSeen:
        """Note a good reading; returns what stood there before."""
        before = self.of(account)
        self.accounts[account] = replace(
            before,
            read_at=at,
            kind=kind,
            positions=positions,
            matched=matched,
            took_s=took_s,
            failures=0,
            error=None,
        )
        self.syncs[account, True] += 1
        return before

    def next(self, account: AccountId, at: datetime) -> None:
        """Note when the account is looked at again."""
        self.accounts[account] = replace(self.of(account), next_at=at)

    def guarded(self, account: AccountId, at: datetime, equity: Decimal) -> None:
        """Note that the guard has run on a fresh reading."""
        self.accounts[account] = replace(self.of(account), guarded_at=at, equity=equity)

    def market_guarded(self, account: AccountId, at: datetime) -> None:
        """Note that the market guard knows what is held, and has seen its prices."""
        self.accounts[account] = replace(self.of(account), market_at=at)

    def failed(self, account: AccountId, error: str) -> LastSeen:
        """Note a failed reading; returns what stands there now, the failure counted."""
        before = self.of(account)
        self.accounts[account] = replace(before, failures=before.failures + 1, error=error)
        self.syncs[account, False] += 1
        return self.accounts[account]
