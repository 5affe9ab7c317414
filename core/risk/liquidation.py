"""Closing everything on an account, durable at each step: the state machine that the guard steps.

warned → counting → closing → flat | stuck → locked, with `held` while an owner stops it, and `released`
when nothing is to be closed any more. A crash resumes where it was, because each step is read from the
database and the terminal.
"""

import math
from datetime import timedelta

from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import DrawdownCapExceeded, Liquidation, LiquidationState
from core.mt5.session import Session
from core.ports import Tx
from core.risk.bound import Bound, bound_of
from core.risk.countdown import Countdowns
from core.risk.flattening import Flattening
from core.risk.holding import Holds
from core.risk.moves import Next, begin


async def breach(desk: Desk, tx: Tx, account: Account, exceeded: DrawdownCapExceeded) -> None:
    """A limit is reached: lock entries at once and warn, unless a liquidation runs."""
    await begin(desk, tx, account, exceeded.reason, timedelta(seconds=account.policy.countdown_s))


class Liquidator:
    """Moves accounts' liquidations on as far as they can go each time it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._countdowns = Countdowns(desk)
        self._holds = Holds(desk)
        self._flattening = Flattening(desk)
        self._due_s: dict[AccountId, float] = {}

    async def step(self, account: Account, session: Session, bound: Bound | None = None) -> None:
        """Do what is due now. Raises TerminalError when the account cannot be read.

        A calm account costs nothing. Of any other, and without a bound, the newest is read here.
        """
        self._due_s.pop(account.id, None)
        if bound == Bound():
            return
        async with self._desk.store.read() as tx:
            now = await bound_of(tx, account.id)
        current = now.running
        if current is None and now.locked:
            current = await self._intruded(account, session)
        while current is not None:
            then = await self._next(account, session, current)
            if not isinstance(then, Liquidation):
                self._due_s[account.id] = self._desk.clock.monotonic() + then
                return
            current = then if then.finished_at is None else None

    def due_in_s(self, account: AccountId) -> float:
        """In how many seconds the account wants its next step; infinite when nothing runs."""
        due_s = self._due_s.get(account, math.inf)
        return max(due_s - self._desk.clock.monotonic(), 0.0)

    async def _next(self, account: Account, session: Session, current: Liquidation) -> Next:
        match current.state:
            case LiquidationState.WARNED:
                return await self._countdowns.warned(account, current)
            case LiquidationState.COUNTING:
                return await self._countdowns.counting(account, current)
            case LiquidationState.HELD:
                self._countdowns.forget(current.id)
                self._flattening.forget(current.id)
                return await self._holds.held(account, session, current)
            case LiquidationState.FLAT:
                self._flattening.forget(current.id)
                return await self._flattening.lock(account, current)
            case _:
                self._countdowns.forget(current.id)
                self._holds.forget(current.id)
                return await self._flattening.close(account, session, current)

    async def _intruded(self, account: Account, session: Session) -> Liquidation | None:
        """What was opened on a locked account is closed without a countdown, and reported."""
        snapshot = await session.snapshot()
        if not snapshot.positions and not snapshot.orders:
            return None
        reason = f"opened while the account is locked: {_listed(snapshot)}"
        async with self._desk.store.write() as tx:
            now = await bound_of(tx, account.id)
            if not now.locked or now.running is not None:
                return now.running
            begun = await begin(self._desk, tx, account, reason, timedelta())
        self._desk.bell.ring(OUTBOX)
        return begun


def _listed(snapshot: MT5AccountSnapshot) -> str:
    open_now = [f"{p.symbol} {p.volume}" for p in snapshot.positions]
    return ", ".join(open_now + [f"{o.symbol} {o.volume_current} (pending)" for o in snapshot.orders])
