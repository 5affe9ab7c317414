"""The time that people have: warned until somebody could see it, then counting down.

A restart goes on where it was: warned, it waits for the message again, two seconds at most, and counts in
full; counting, the end of the countdown stands, and is over if it has passed meanwhile.
"""

from dataclasses import replace
from datetime import timedelta

from core.bell import OUTBOX, guard_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotAllowed, NotFound, Stale
from core.model.events import NoticeKind
from core.model.people import Person, Right
from core.model.risk import Liquidation, LiquidationState
from core.ports import Tx
from core.risk.moments import Moments
from core.risk.moves import SOON_S, Next, move, note, spoken
from core.risk.ticking import Ticking

UNSEEN_AT_MOST = timedelta(seconds=2)
SEEN_LOOK_S = 0.5
"""How often it is looked whether the warning was delivered."""
TICK_S = 3.0

_OPEN_TO_HURRY = (LiquidationState.WARNED, LiquidationState.COUNTING, LiquidationState.HELD)


class Countdowns:
    """Steps what is warned or counting."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._moments = Moments(desk.clock)
        self._ticking = Ticking(desk, TICK_S)

    async def warned(self, account: Account, current: Liquidation) -> Next:
        """Begin to count once somebody was shown the warning, or cannot be waited for any longer."""
        since = current.held_until or current.started_at
        left_s = self._moments.left_s(current.id, since + UNSEEN_AT_MOST, UNSEEN_AT_MOST)
        if left_s > 0 and not await self._was_seen(current):
            return min(left_s, SEEN_LOOK_S)
        fires_at = self._desk.clock.now() + (current.fires_at - since)
        return await self._go(account, current, LiquidationState.COUNTING, fires_at=fires_at)

    async def counting(self, account: Account, current: Liquidation) -> Next:
        """Close at the end; until then the messages count down."""
        longest = current.fires_at - current.started_at
        left_s = self._moments.left_s(current.id, current.fires_at, longest)
        if left_s > 0:
            return min(left_s, await self._ticking.tick(account, current.id))
        self.forget(current.id)
        return await self._go(account, current, LiquidationState.CLOSING)

    def forget(self, liquidation: int) -> None:
        """It counts no more."""
        self._moments.forget(liquidation)
        self._ticking.forget(liquidation)

    async def _go(
        self, account: Account, current: Liquidation, state: LiquidationState, **changes: object
    ) -> Next:
        """Unless a person has done something in this very moment."""
        after = replace(current, state=state, **changes)  # type: ignore[arg-type]
        async with self._desk.store.write() as tx:
            moved = await move(self._desk, tx, account, current, after)
        self._desk.bell.ring(OUTBOX)
        return after if moved else SOON_S

    async def _was_seen(self, current: Liquidation) -> bool:
        async with self._desk.store.read() as tx:
            return await tx.outbox.was_shown(NoticeKind.LIQUIDATION, str(current.id))


async def close_now(desk: Desk, liquidation: int, person: Person) -> None:
    """End the countdown: the account's trader or an owner does not want to wait. A hold only an owner ends.

    Raises NotFound, NotAllowed, or Stale when it is being closed already.
    """
    async with desk.store.write() as tx:
        current, account = await found(tx, liquidation)
        if account.person_id != person.id and not person.may(Right.HOLD):
            raise NotAllowed("Only the account's trader or an owner can do this.")
        if current.state not in _OPEN_TO_HURRY:
            raise Stale(f"The countdown is over: {spoken(current.state)}.")
        if current.state is LiquidationState.HELD and not person.may(Right.HOLD):
            raise NotAllowed("Only an owner can end a hold.")
        now = desk.clock.now()
        closing = replace(current, state=LiquidationState.CLOSING, fires_at=now)
        await note(tx, account, closing, "hurried", now, person)
        await move(desk, tx, account, current, closing, person)
    desk.bell.ring(OUTBOX)
    desk.bell.ring(guard_bell(account.id))


async def found(tx: Tx, liquidation: int) -> tuple[Liquidation, Account]:
    """Raises NotFound."""
    current = await tx.liquidations.get(liquidation)
    account = await tx.accounts.get(current.account_id) if current is not None else None
    if current is None or account is None:
        raise NotFound("This liquidation is not known here.")
    return current, account
