"""The witness of one account: holds what the desk has done against the truth, and objects.

What it knows of the desk is its liquidations, as the database has them; everything else is the broker's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.model.accounts import Account
from core.model.ids import intent_of
from core.model.risk import Liquidation, LiquidationState, LockKind, Place
from core.mt5 import contract as mt5
from tests.sim import rule
from tests.sim.house import House
from tests.sim.oracle import Payment, Reference, Truth

DETECTION_S = 30.0
"""Within how much time, readable, with the market open, a breach must have begun a liquidation."""

SIGHT_S = 120.0
"""Within how much time a guard must read a terminal again that has nothing wrong."""

ENDS_WITHIN_S = 600.0
"""Within how much such time a liquidation must have come to its end, and an intruder be closed."""

_CENTS = 0.02
"""Percent points by which rounding may shift a drawdown."""

_OPENS = (mt5.DEAL_ENTRY_IN, mt5.DEAL_ENTRY_INOUT)
_ENDS = (LiquidationState.LOCKED, LiquidationState.RELEASED)

Object = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: the true equity then, whether the guard could read, and what was wrong."""

    at_s: float
    equity: float
    looked: bool
    troubled: bool
    lagging: bool


@dataclass(slots=True)
class Measure:
    """One of an account's limits, in percent, and the truth of what it limits."""

    truth: Truth
    limit: float

    @property
    def is_certain(self) -> bool:
        """Whether the limit was certainly reached, whichever way it is counted."""
        return self.truth.certain > self.limit + _CENTS

    @property
    def is_possible(self) -> bool:
        return self.truth.possible >= self.limit - _CENTS


@dataclass(slots=True)
class Witness:
    """Follows one account. `locked` from the beginning of a liquidation until its release; `shut` while its
    owner's lock holds.
    """

    number: int
    account: Account
    house: House
    object: Object
    measures: tuple[Measure, ...] = ()
    running: Liquidation | None = None
    locked: bool = False
    _latest: int = 0
    _payments: list[Payment] = field(default_factory=list)
    _tickets: int = 0
    _shut_at: int | None = None
    _at_s: float = 0.0
    _breached_s: float = 0.0
    _blind_s: float = 0.0
    _running_s: float = 0.0
    _exposed_s: float = 0.0

    def paid(self, payment: Payment) -> None:
        self._payments.append(payment)

    def released(self, equity: float) -> None:
        self.locked, self.running = False, None
        for measure in self.measures:
            measure.truth.rebase(equity)

    def shut(self) -> None:
        """The owner has locked the account."""
        self._shut_at = self.house.newest_ticket()

    def reopened(self) -> None:
        self._check_entries()
        self._shut_at = None

    def midnight(self) -> None:
        """It is the broker's midnight."""
        equity = self.house.equity(self.number)
        for measure in self.measures:
            measure.truth.midnight(equity, self._payments)
        self._payments = [] if self.measures else self._payments

    def breaks(self) -> bool:
        """Whether a limit was certainly reached at the last look, or is now."""
        if self.locked or self._payments:
            return False
        equity = self.house.equity(self.number)
        return any(measure.truth.at_least(equity) >= measure.limit for measure in self.measures)

    def is_restless(self) -> bool:
        """Whether something is under way that is looked at each second."""
        exposed = self.locked and self.house.exposed(self.number)
        held = self.running is not None and self.running.state is LiquidationState.HELD
        breached = not self.locked and any(measure.is_certain for measure in self.measures)
        return breached or self._blind_s > 0 or (not held and (exposed or self.running is not None))

    async def judge(self, sight: Sight, latest: Liquidation | None) -> None:
        """After a look, and before the desk trades."""
        self._learn(sight)
        fresh = latest is not None and latest.id != self._latest
        if latest is not None and fresh:
            self._begun(latest)
        if self.running is not None and latest is not None:
            await self._follow(latest)
        self._count(sight)
        self._check_entries()

    def _learn(self, sight: Sight) -> None:
        if not self.measures and sight.looked:
            self.measures = self._begin(sight.equity)
        elif self.measures:
            readable = sight.looked and not sight.lagging
            for measure in self.measures:
                measure.truth.observe(sight.equity, self._payments, readable=readable)
        else:
            return
        self._payments = []

    def _begin(self, equity: float) -> tuple[Measure, ...]:
        terms = self.house.terms(self.number)
        drawdown = Measure(Truth(rule.FLOWS, equity, Reference(terms.basis)), terms.limit)
        if terms.daily is None:
            return (drawdown,)
        return drawdown, Measure(Truth(rule.FLOWS, equity, Reference.MIDNIGHT), terms.daily)

    def _begun(self, new: Liquidation) -> None:
        """A liquidation needs a breach, or an intruder on a locked account."""
        if self._latest and self.running is not None and self.running.id != new.id:
            self.object(self.number, f"liquidation {new.id} began before {self.running.id} had ended")
        if not self.locked and not any(measure.is_possible for measure in self.measures):
            self.object(self.number, f"a liquidation without a breach: {self._figures()} ({new.reason})")
        self._latest, self.running = new.id, new
        if not self.locked:
            self.locked, self._tickets = True, self.house.newest_ticket()
        self._running_s = 0.0

    def _figures(self) -> str:
        """What is certain and what is possible, of each limit."""
        told = (f"{m.truth.certain:.2f} to {m.truth.possible:.2f} % of {m.limit} %" for m in self.measures)
        return ", ".join(told)

    async def _follow(self, latest: Liquidation) -> None:
        """To its end: flat and locked."""
        if latest.state not in _ENDS:
            self.running = latest
            return
        self.running = None
        if latest.state is LiquidationState.LOCKED:
            await self._check_end(latest)
        else:  # a hold is over and so is the drawdown: whoever is not locked may trade
            self.locked = await self._is_locked()

    async def _check_end(self, ended: Liquidation) -> None:
        if self.house.exposed(self.number):
            self.object(self.number, f"liquidation {ended.id} ended with positions open")
        if not await self._is_locked():
            self.object(self.number, f"liquidation {ended.id} ended without a lock")

    async def _is_locked(self) -> bool:
        async with self.house.store.read() as tx:
            locks = await tx.locks.active(Place(self.account.id))
        return any(lock.kind is LockKind.DRAWDOWN for lock in locks)

    def _count(self, sight: Sight) -> None:
        """How long what must end has lasted, in time in which the desk could have ended it."""
        passed_s, self._at_s = min(sight.at_s - self._at_s, 5.0), sight.at_s
        if not self.house.market_is_open(self.number):
            return
        self._blind_s = 0.0 if sight.looked or sight.troubled else self._blind_s + passed_s
        if self._blind_s > SIGHT_S:
            self.object(self.number, f"blind for {self._blind_s:.0f} s with nothing wrong")
        if not sight.looked:
            return
        breached = not self.locked and any(measure.is_certain for measure in self.measures)
        self._breached_s = self._breached_s + passed_s if breached else 0.0
        if breached and self._breached_s > DETECTION_S:
            self.object(self.number, f"{self._figures()} and no liquidation")
        self._count_ends(passed_s)

    def _count_ends(self, passed_s: float) -> None:
        held = self.running is not None and self.running.state is LiquidationState.HELD
        self._running_s += passed_s if self.running is not None and not held else 0.0
        if self.running is not None and self._running_s > ENDS_WITHIN_S:
            self.object(self.number, f"still {self.running.state} after {self._running_s:.0f} s")
        exposed = self.locked and not held and self.house.exposed(self.number)
        self._exposed_s = self._exposed_s + passed_s if exposed else 0.0
        if self._exposed_s > ENDS_WITHIN_S:
            self.object(self.number, f"positions open for {self._exposed_s:.0f} s while locked")

    def _check_entries(self) -> None:
        """No order that the desk sends while the account is locked may open anything."""
        since = [self._tickets] if self.locked else []
        since += [self._shut_at] if self._shut_at is not None else []
        if not since:
            return
        for deal in self.house.deals_after(self.number, min(since)):
            if deal.entry in _OPENS and intent_of(deal.magic, deal.comment) is not None:
                self.object(self.number, f"the desk has opened {deal.volume} lots while locked")
                return
