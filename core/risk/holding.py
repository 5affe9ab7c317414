"""An owner's hold: for a bounded time, with a reason. What follows it is judged anew.

When it ends and the guard's drawdown is no longer at the limit (with its hysteresis), the account is
released: nothing more is closed, entries are open again, the peak stays. Otherwise people are warned by a
new message and it counts down once more.
"""

from dataclasses import replace
from datetime import timedelta

from core.alerts import alert_desk_and_trader, refresh_liquidation
from core.bell import OUTBOX, guard_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotAllowed, Refused, Stale
from core.model.events import Json, Priority
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.model.risk import Liquidation, LiquidationState, LockKind, Place
from core.model.texts import one_line
from core.model.trades import IntentState
from core.mt5.errors import TerminalError
from core.mt5.session import Session
from core.ports import Tx
from core.risk.countdown import found
from core.risk.moments import Moments
from core.risk.moves import SOON_S, Next, move, note, spoken
from core.risk.sight import whole_snapshot
from core.risk.ticking import Ticking
from core.trading.asked import ENDS, held_back, was_asked
from core.trading.settlement import settle

LONGEST = timedelta(hours=4)
TICK_S = 30.0
"""So often the messages of a hold show the newest equity."""
_CAN_BE_HELD = (
    LiquidationState.WARNED,
    LiquidationState.COUNTING,
    LiquidationState.CLOSING,
    LiquidationState.STUCK,
)


async def hold(desk: Desk, liquidation: int, person: Person, length: timedelta, reason: str) -> Liquidation:
    """Stop it for a while, closes that were not sent yet included; entries stay locked.

    Raises NotAllowed for anyone but an owner, NotFound, Refused without a reason or for too long, or Stale
    when it is held already, or over.
    """
    if not person.may(Right.HOLD):
        raise NotAllowed("Only an owner can hold a liquidation.")
    why = one_line(reason)
    check_hold(length, why)
    async with desk.store.write() as tx:
        current, account = await found(tx, liquidation)
        if current.state not in _CAN_BE_HELD:
            raise Stale(f"This cannot be held: {spoken(current.state)}.")
        until = desk.clock.now() + length
        state = LiquidationState.HELD
        held = replace(
            current, state=state, clean_reads=0, held_until=until, held_by=person.id, hold_reason=why
        )
        await _withdraw_closes(desk, tx, account)
        await move(desk, tx, account, current, held, person)
    _ring(desk, account.id)
    return held


def check_hold(length: timedelta, reason: str) -> None:
    """Raises Refused without a reason or for too long, whatever is to be held."""
    if not reason or not timedelta() < length <= LONGEST:
        raise Refused(f"A hold takes 1 to {LONGEST // timedelta(minutes=1)} minutes and a reason.")


async def release_hold(desk: Desk, liquidation: int, person: Person) -> None:
    """End a hold before its time. Raises NotAllowed, NotFound, or Stale when it is not held."""
    if not person.may(Right.HOLD):
        raise NotAllowed("Only an owner can end a hold.")
    async with desk.store.write() as tx:
        current, account = await found(tx, liquidation)
        now = desk.clock.now()
        if current.state is not LiquidationState.HELD:
            raise Stale(f"It is not held: {spoken(current.state)}.")
        if current.held_until is not None and current.held_until <= now:
            raise Stale("The hold is over; the account is being judged anew.")
        ended = replace(current, held_until=now)
        await tx.liquidations.advance(ended, LiquidationState.HELD)
        await note(tx, account, ended, "hold_ended", now, person)
    _ring(desk, account.id)


async def _withdraw_closes(desk: Desk, tx: Tx, account: Account) -> None:
    """What was asked for by the liquidation and not sent yet; what a person asked for by itself goes on."""
    for intent in await tx.intents.waiting(account.id):
        if intent.state is IntentState.NEW and intent.kind in ENDS and not await was_asked(tx, intent):
            await settle(desk, tx, account, held_back(intent, desk.clock.now()), IntentState.NEW)


def _ring(desk: Desk, account: AccountId) -> None:
    desk.bell.ring(OUTBOX)
    desk.bell.ring(guard_bell(account))


class Holds:
    """Steps what is held."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._moments = Moments(desk.clock)
        self._ticking = Ticking(desk, TICK_S)

    async def held(self, account: Account, session: Session, current: Liquidation) -> Next:
        """Wait for the end; then released, verified flat, or warned once more."""
        until = current.held_until or current.started_at
        left_s = self._moments.left_s(current.id, until, LONGEST)
        if left_s > 0:
            return min(left_s, await self._ticking.tick(account, current.id))
        self.forget(current.id)
        is_flat = await _is_flat(session)
        async with self._desk.store.write() as tx:
            if await _has_recovered(tx, account, current):
                after = await self._released(tx, account, current)
            elif is_flat:
                after = await self._gone_on(tx, account, current, LiquidationState.CLOSING, timedelta())
            else:
                countdown = timedelta(seconds=account.policy.countdown_s)
                after = await self._gone_on(tx, account, current, LiquidationState.WARNED, countdown)
        self._desk.bell.ring(OUTBOX)
        return after

    def forget(self, liquidation: int) -> None:
        """It is held no more."""
        self._moments.forget(liquidation)
        self._ticking.forget(liquidation)

    async def _released(self, tx: Tx, account: Account, current: Liquidation) -> Next:
        now = self._desk.clock.now()
        over = replace(current, state=LiquidationState.RELEASED, finished_at=now)
        if not await move(self._desk, tx, account, current, over):
            return SOON_S
        await tx.locks.release(LockKind.DRAWDOWN, Place(account.id), now, None)
        facts: Json = {"reason": current.reason, "hold_reason": current.hold_reason}
        await alert_desk_and_trader(tx, now, account, "liquidation_released", facts, Priority.CRITICAL)
        return over

    async def _gone_on(
        self, tx: Tx, account: Account, current: Liquidation, state: LiquidationState, countdown: timedelta
    ) -> Next:
        """By a new message: an edit of the old one would not ring."""
        now = self._desk.clock.now()
        after = replace(current, state=state, held_until=now, fires_at=now + countdown)
        if not await move(self._desk, tx, account, current, after):
            return SOON_S
        await refresh_liquidation(tx, now, account, current.id, anew=True)
        return after


async def _has_recovered(tx: Tx, account: Account, current: Liquidation) -> bool:
    """By the guard's own memory of the levels that were reached.

    Never when the account was locked before it began: what is opened on a locked account is closed whatever
    the drawdown is, and the lock is the owner's to release. Nor in a panic, which has nothing to do with it.
    """
    if current.panic is not None:
        return False
    locks = await tx.locks.active(Place(account.id))
    if any(lock.kind is LockKind.DRAWDOWN and lock.set_at < current.started_at for lock in locks):
        return False
    state = await tx.drawdowns.get(account.id)
    return state is not None and max(state.level, state.daily_level) < 1


async def _is_flat(session: Session) -> bool:
    """False when that cannot be read."""
    try:
        snapshot = await whole_snapshot(session)
    except TerminalError:
        return False
    return not snapshot.positions and not snapshot.orders
