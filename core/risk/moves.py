"""How a liquidation begins and moves on: each move is one transaction, with its event and its message."""

from datetime import datetime, timedelta
from typing import TypeAlias

from core.alerts import refresh_liquidation
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json
from core.model.people import Person
from core.model.risk import Liquidation, LiquidationState, LockKind, Place
from core.ports import Tx

Next: TypeAlias = Liquidation | float
"""Where a liquidation stands now, to go on from at once; or in how many seconds to look again."""

SOON_S = 0.05
"""When somebody else has moved it meanwhile: it is read anew."""


_SPOKEN = {
    LiquidationState.WARNED: "the countdown begins",
    LiquidationState.COUNTING: "it is counting down",
    LiquidationState.HELD: "it is held already",
    LiquidationState.CLOSING: "everything is being closed",
    LiquidationState.STUCK: "everything is being closed",
    LiquidationState.FLAT: "everything was closed",
    LiquidationState.LOCKED: "everything was closed",
    LiquidationState.RELEASED: "it was released, nothing more is closed",
}


def spoken(state: LiquidationState) -> str:
    """How it stands, for the sentence that answers who came too late."""
    return _SPOKEN[state]


async def begin(
    desk: Desk, tx: Tx, account: Account, reason: str, countdown: timedelta, panic: int | None = None
) -> Liquidation | None:
    """Lock entries at once and warn; without a countdown close at once. None while one runs already.

    `panic` is what it is a part of, and which tells people of it.

    Ring `guard_bell` and OUTBOX after the commit, so that nothing waits for the guard's next look.
    """
    if await tx.liquidations.running_of(account.id) is not None:
        return None
    now = desk.clock.now()
    state = LiquidationState.WARNED if countdown else LiquidationState.CLOSING
    await tx.locks.set(LockKind.DRAWDOWN, Place(account.id), reason, now, None)
    begun = await tx.liquidations.start(account.id, state, reason, now, now + countdown, panic)
    await note(tx, account, begun, "started", now)
    if panic is None:
        await refresh_liquidation(tx, now, account, begun.id)
    return begun


async def move(
    desk: Desk, tx: Tx, account: Account, before: Liquidation, after: Liquidation, by: Person | None = None
) -> bool:
    """Write `after` with its event and have its messages show it; False when somebody was first."""
    now = desk.clock.now()
    if not await tx.liquidations.advance(after, before.state):
        return False
    await note(tx, account, after, after.state, now, by)
    await refresh_liquidation(tx, now, account, after.id)
    return True


async def note(
    tx: Tx, account: Account, liquidation: Liquidation, verb: str, at: datetime, by: Person | None = None
) -> None:
    """The event of it, in the name of who did it, else of the account's trader."""
    data: Json = {"reason": liquidation.reason, "fires_at": liquidation.fires_at.isoformat()}
    if liquidation.state is LiquidationState.HELD and liquidation.held_until is not None:
        data |= {"held_until": liquidation.held_until.isoformat(), "hold_reason": liquidation.hold_reason}
    person = by.id if by else account.person_id
    name = f"liquidation.{verb}"
    event = Event(name, at, str(liquidation.id), data, account.id, person, liquidation.trace)
    await tx.events.append(event)
