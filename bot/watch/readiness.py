"""Whether the desk does its work just now, and what keeps it from that; no account is named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.desk import Desk
from core.health.stake import stake_of
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.incidents import OUTAGE
from core.ports import Tx

INTERVALS_MISSED = 3
OUTBOX_PATIENCE = timedelta(seconds=60)
WATCHDOG_PATIENCE_S = 60.0
UNHEARD_PATIENCE = timedelta(seconds=120)
"""A poll waits for 30 seconds at most, and a few may fail."""
SYNC_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Intervals:
    """Seconds between the looks of the drawdown guard, of reconciliation and of the market guard."""

    guard_s: float = 1.0
    sync_s: float = 10.0
    market_s: float = 2.0


class Readiness:
    """What is late since the desk began to run."""

    def __init__(self, desk: Desk, intervals: Intervals) -> None:
        self._desk = desk
        self._began = desk.clock.now()
        self._guard_late = timedelta(seconds=INTERVALS_MISSED * intervals.guard_s)
        self._sync_late = max(timedelta(seconds=INTERVALS_MISSED * intervals.sync_s), SYNC_PATIENCE)
        self._market_late = timedelta(seconds=INTERVALS_MISSED * intervals.market_s)

    async def problems(self) -> dict[str, str]:
        """What is wrong just now, by part; empty when all is well."""
        async with self._desk.store.read() as tx:
            oldest = await tx.outbox.oldest_waiting()
            accounts = await tx.accounts.all()
            exposed = [each for each in await _unreachable(tx) if await stake_of(tx, each)]
        late = self._late_looks(accounts) | self._late_watchdog() | self._late_outbox(oldest)
        return late | self._unheard() | _left_alone(len(exposed)) | self._resting(len(accounts))

    def _late_looks(self, accounts: Sequence[Account]) -> dict[str, str]:
        """Accounts not guarded for three intervals, or not reconciled for as long, or never since the start.

        A guard that looks and cannot read guards nothing either, nor does one that hangs in its look.
        """
        seen = [self._desk.board.of(account.id) for account in accounts]
        late = {
            "guard": (
                self._late([each.guarded_at for each in seen], self._guard_late),
                "are not guarded now",
            ),
            "market": (
                self._late([each.market_at for each in seen], self._market_late),
                "are without the market guard now",
            ),
            "sync": (
                self._late([each.read_at for each in seen], self._sync_late),
                "were not reconciled lately",
            ),
        }
        return {
            part: f"{number} of {len(seen)} accounts {what}"
            for part, (number, what) in late.items()
            if number
        }

    def _late(self, looks: Collection[datetime | None], patience: timedelta) -> int:
        now = self._desk.clock.now()
        return sum(1 for at in looks if now - (at or self._began) > patience)

    def _resting(self, accounts: int) -> dict[str, str]:
        return {
            part: f"tasks of {len(resting)} of {accounts} accounts rest after failures; they are tried again"
            for part, resting in self._desk.board.given_up.items()
            if resting
        }

    def _unheard(self) -> dict[str, str]:
        late = self._late([self._desk.board.heard_at], UNHEARD_PATIENCE)
        return {"telegram": "does not answer"} if late else {}

    def _late_watchdog(self) -> dict[str, str]:
        watched_s = self._desk.board.movement.watched_s
        if watched_s is None:
            return {}
        late_s = self._desk.clock.monotonic() - watched_s
        return {"watchdog": f"has not looked for {late_s:.0f} s"} if late_s > WATCHDOG_PATIENCE_S else {}

    def _late_outbox(self, oldest: datetime | None) -> dict[str, str]:
        if oldest is None or self._desk.clock.now() - oldest <= OUTBOX_PATIENCE:
            return {}
        return {"outbox": f"notices wait since {oldest:%H:%M:%S} UTC"}


async def _unreachable(tx: Tx) -> set[AccountId]:
    return {each.account_id for each in await tx.incidents.lasting() if each.trouble in OUTAGE}


def _left_alone(exposed: int) -> dict[str, str]:
    """Accounts with something open that nobody can close just now."""
    return {"accounts": f"{exposed} with something open cannot be reached"} if exposed else {}
