"""What the guard remembers of each account, so that a calm look costs the database nothing.

The row of an account may be changed by others (an owner's release): nobody writes over what he has not read.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from core.desk import Desk
from core.model.accounts import RiskPolicy
from core.model.ids import AccountId
from core.model.risk import DrawdownState
from core.risk.bound import Bound, bounds
from core.risk.drawdown import Assessment
from core.risk.flows import Cashier
from core.risk.sight import Sight

_KEEP_EVERY = timedelta(seconds=60)
_WORTH = Decimal("0.01")
"""A peak is written when it has risen by so much of the limit: no more of it is lost by a crash."""


@dataclass(slots=True)
class Watched:
    """One account: `kept` is its row as it was last read or written, `state` what was concluded since.

    `bound` is whether it was locked or being closed at the last look.
    """

    cashier: Cashier
    sight: Sight
    kept: DrawdownState | None = None
    state: DrawdownState | None = None
    bound: bool = False

    def stands(self, bound: Bound) -> None:
        """How it stands now. Whoever has released it has changed the row."""
        if self.bound and bound.calm:
            self.forget()
        self.bound = not bound.calm

    def remember(self, state: DrawdownState) -> None:
        """It is in the database now."""
        self.kept = self.state = state

    def forget(self) -> None:
        """Somebody else has changed the row: read it anew."""
        self.kept = self.state = None

    def is_worth_keeping(self, found: Assessment, policy: RiskPolicy) -> bool:
        """Findings, flows, days and peaks must survive a crash; the rest is refreshed now and then."""
        kept, state = self.kept, found.state
        if kept is None or found.findings or _marks(kept) != _marks(state):
            return True
        risen = kept.peak * (1 + policy.drawdown_limit_percent / 100 * _WORTH)
        return state.peak > risen or abs(state.read_at - kept.read_at) >= _KEEP_EVERY


def _marks(state: DrawdownState) -> tuple[object, ...]:
    """What changes only with a flow, a day, a level, another policy or a loss that no deal explains."""
    levels, owed = (state.level, state.daily_level), state.books and state.books.owed
    return state.flows_until, state.initial, state.credit, state.basis, state.day, levels, owed


class Standings:
    """How all accounts stand, at most `fresh_s` old: one reading is shared by all guards."""

    def __init__(self, desk: Desk, fresh_s: float) -> None:
        self._desk = desk
        self._fresh_s = fresh_s
        self._read_s: float | None = None
        self._known: dict[AccountId, Bound] = {}
        self._reading = asyncio.Lock()

    async def of(self, account: AccountId) -> Bound:
        """Whoever asks while they are being read waits for that reading."""
        async with self._reading:
            now_s = self._desk.clock.monotonic()
            if self._read_s is None or now_s - self._read_s >= self._fresh_s:
                async with self._desk.store.read() as tx:
                    self._known = await bounds(tx)
                self._read_s = now_s
        return self._known.get(account, Bound())

    def forget(self) -> None:
        """Something was begun or ended: read anew for whoever asks next."""
        self._read_s = None
