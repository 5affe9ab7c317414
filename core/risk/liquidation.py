"""Closing everything on an account: countdown, close all, verify flat, lock. Durable at each step.

States: counting → closing → locked, with `held` when an owner stops the countdown and `stuck` while a close
keeps failing. A crash resumes where it was, because each step is read from the database and the terminal.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from core.alerts import alert_desk_and_trader, refresh_liquidation
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.events import Event, Json, Priority
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.model.risk import DrawdownState, Liquidation, LiquidationState, LockKind, Place
from core.mt5.session import Session
from core.ports import Tx
from core.trading.closing import queue_closing_everything

log = structlog.get_logger(__name__)

CLEAN_READS = 2
CLOSE_WITHIN = timedelta(seconds=10)
ROUNDS_WITHOUT_REST = 10
REST_STEP_S, LONGEST_REST_S = 2.0, 30.0
STUCK_AFTER = timedelta(seconds=30)


async def breach(desk: Desk, tx: Tx, account: Account, state: DrawdownState) -> None:
    """The limit is reached: lock entries at once and begin the countdown, unless a liquidation runs."""
    if await tx.liquidations.running_of(account.id) is not None:
        return
    policy = account.policy
    reason = f"drawdown {state.percent} % reached the limit of {policy.drawdown_limit_percent} %"
    await tx.drawdowns.alert(state, "breached")
    await _begin(desk, tx, account, reason, timedelta(seconds=policy.countdown_s))


async def _begin(desk: Desk, tx: Tx, account: Account, reason: str, countdown: timedelta) -> None:
    now = desk.clock.now()
    await tx.locks.set(LockKind.DRAWDOWN, Place(account.id), reason, now, None)
    begun = await tx.liquidations.start(account.id, LiquidationState.COUNTING, reason, now, now + countdown)
    await tx.events.append(_event(account, begun, "liquidation.started", now))
    await refresh_liquidation(tx, now, account, begun.id)


class Liquidator:
    """Moves an account's liquidation one step further each time it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._counting_since: dict[int, float] = {}
        self._rest_until: dict[int, float] = {}

    async def step(self, account: Account, session: Session) -> None:
        """Do what is due now. Raises TerminalError when the account cannot be read."""
        async with self._desk.store.read() as tx:
            current = await tx.liquidations.running_of(account.id)
            locked = any(lock.kind is LockKind.DRAWDOWN for lock in await tx.locks.active(Place(account.id)))
        if current is None:
            if locked:
                await self._close_intruders(account, session)
        elif current.state is LiquidationState.COUNTING:
            if self._is_due(current):
                await self._fire(account, session, current)
        elif current.state is not LiquidationState.HELD:
            await self._close(account, session, current)

    def _is_due(self, current: Liquidation) -> bool:
        """By the wall clock, which a crash outlives, or by seconds that passed, if that was put back."""
        now_s = self._desk.clock.monotonic()
        passed_s = now_s - self._counting_since.setdefault(current.id, now_s)
        countdown = current.fires_at - current.started_at
        return self._desk.clock.now() >= current.fires_at or passed_s >= countdown.total_seconds()

    async def _fire(self, account: Account, session: Session, current: Liquidation) -> None:
        """The countdown is over; unless an owner has held it in this very moment, close."""
        closing = replace(current, state=LiquidationState.CLOSING, fires_at=self._desk.clock.now())
        if await self._advance(account, current, closing):
            await self._close(account, session, closing)

    async def _close_intruders(self, account: Account, session: Session) -> None:
        """A position opened on a locked account is closed without a countdown, and reported."""
        snapshot = await session.snapshot()
        if not snapshot.positions and not snapshot.orders:
            return
        now = self._desk.clock.now()
        open_now = [f"{p.symbol} {p.volume}" for p in snapshot.positions]
        open_now += [f"{o.symbol} {o.volume_current} (pending)" for o in snapshot.orders]
        data: Json = {"positions": ", ".join(open_now)}
        async with self._desk.store.write() as tx:
            await _begin(self._desk, tx, account, "opened while the account is locked", timedelta(0))
            await alert_desk_and_trader(tx, now, account, "locked_position_closed", data, Priority.CRITICAL)
        self._desk.bell.ring(OUTBOX)

    async def _close(self, account: Account, session: Session, current: Liquidation) -> None:
        snapshot = await session.snapshot()
        if snapshot.positions or snapshot.orders:
            await self._queue_closes(account, snapshot, current)
        else:
            await self._verify_flat(account, snapshot, current)

    async def _queue_closes(
        self, account: Account, snapshot: MT5AccountSnapshot, current: Liquidation
    ) -> None:
        """Ask for every position that no close is on its way for; after ten rounds with growing rests."""
        now = self._desk.clock.now()
        late = now - current.fires_at >= STUCK_AFTER
        state = LiquidationState.STUCK if late else current.state
        async with self._desk.store.write() as tx:
            queued = 0
            if self._is_rested(current):
                queued = await queue_closing_everything(self._desk, tx, account, snapshot, CLOSE_WITHIN)
            changed = replace(
                current, state=state, clean_reads=0, attempts=current.attempts + (1 if queued else 0)
            )
            if changed != current:
                await tx.liquidations.advance(changed, current.state)
            if state is not current.state:
                await self._tell_stuck(tx, account, changed, snapshot)
        if queued:
            patience = max(changed.attempts - ROUNDS_WITHOUT_REST, 0) * REST_STEP_S
            self._rest_until[current.id] = self._desk.clock.monotonic() + min(patience, LONGEST_REST_S)
            self._desk.bell.ring(account_bell(account.id))

    def _is_rested(self, current: Liquidation) -> bool:
        return self._desk.clock.monotonic() >= self._rest_until.get(current.id, 0.0)

    async def _tell_stuck(
        self, tx: Tx, account: Account, current: Liquidation, snapshot: MT5AccountSnapshot
    ) -> None:
        now = self._desk.clock.now()
        data: Json = {"positions": str(len(snapshot.positions)), "attempts": str(current.attempts)}
        await tx.events.append(_event(account, current, "liquidation.stuck", now))
        await alert_desk_and_trader(tx, now, account, "liquidation_stuck", data, Priority.CRITICAL)
        await refresh_liquidation(tx, now, account, current.id)
        self._desk.bell.ring(OUTBOX)

    async def _verify_flat(
        self, account: Account, snapshot: MT5AccountSnapshot, current: Liquidation
    ) -> None:
        """Flat is believed after two clean reads."""
        clean = replace(current, clean_reads=current.clean_reads + 1)
        if clean.clean_reads < CLEAN_READS:
            async with self._desk.store.write() as tx:
                await tx.liquidations.advance(clean, current.state)
            return
        over = replace(clean, state=LiquidationState.LOCKED, finished_at=self._desk.clock.now())
        await self._advance(account, current, over, equity=f"{snapshot.account.equity:.2f}")

    async def _advance(
        self, account: Account, current: Liquidation, changed: Liquidation, equity: str = ""
    ) -> bool:
        """Move on and tell of it; False when somebody has moved it meanwhile."""
        now = self._desk.clock.now()
        async with self._desk.store.write() as tx:
            if not await tx.liquidations.advance(changed, current.state):
                return False
            await tx.events.append(_event(account, changed, f"liquidation.{changed.state}", now))
            await refresh_liquidation(tx, now, account, current.id)
            if changed.state is LiquidationState.LOCKED:
                data: Json = {"equity": equity, "reason": current.reason}
                await alert_desk_and_trader(tx, now, account, "liquidation_finished", data, Priority.CRITICAL)
        self._desk.bell.ring(OUTBOX)
        return True


async def close_now(desk: Desk, liquidation: int, person: Person) -> None:
    """End the countdown: the account's trader or an owner does not want to wait.

    Raises NotFound, NotAllowed, or Stale when it is not counting any more.
    """
    async with desk.store.write() as tx:
        current, account = await _counting(tx, liquidation)
        if account.person_id != person.id and not person.may(Right.HOLD):
            raise NotAllowed("Only the account's trader or an owner can do this.")
        now = desk.clock.now()
        await tx.liquidations.advance(replace(current, fires_at=now), LiquidationState.COUNTING)
        await tx.events.append(_event(account, current, "liquidation.hurried", now, person))
        await refresh_liquidation(tx, now, account, current.id)
    desk.bell.ring(OUTBOX)


async def hold(desk: Desk, liquidation: int, person: Person) -> None:
    """Stop the countdown; the account stays locked for entries until an owner unlocks it.

    Raises NotFound, NotAllowed for anyone but an owner, or Stale when it is not counting any more.
    """
    if not person.may(Right.HOLD):
        raise NotAllowed("Only an owner can hold a liquidation.")
    async with desk.store.write() as tx:
        current, account = await _counting(tx, liquidation)
        now = desk.clock.now()
        held = replace(current, state=LiquidationState.HELD)
        await tx.liquidations.advance(held, LiquidationState.COUNTING)
        await tx.events.append(_event(account, held, "liquidation.held", now, person))
        await refresh_liquidation(tx, now, account, current.id)
    desk.bell.ring(OUTBOX)


async def _counting(tx: Tx, liquidation: int) -> tuple[Liquidation, Account]:
    current = await tx.liquidations.get(liquidation)
    account = await tx.accounts.get(current.account_id) if current is not None else None
    if current is None or account is None:
        raise NotFound("This liquidation is not known here.")
    if current.state is not LiquidationState.COUNTING:
        raise Stale(f"The countdown is over: {current.state}.")
    return current, account


def _event(
    account: Account, liquidation: Liquidation, name: str, at: datetime, by: Person | None = None
) -> Event:
    data: Json = {"reason": liquidation.reason, "fires_at": liquidation.fires_at.isoformat()}
    return Event(name, at, str(liquidation.id), data, account.id, by.id if by else account.person_id)
