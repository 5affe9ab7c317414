"""Whether what a critical alert tells of is over by itself, by what is so now: a restart changes nothing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from uuid import UUID

from core.desk import Desk
from core.model.alerts import Escalation
from core.model.ids import AccountId, IntentId
from core.model.risk import LiquidationState, LockKind, Place
from core.model.trades import IntentState
from core.ports import Tx

Look: TypeAlias = Callable[[Desk, Tx, Escalation], Awaitable[bool]]


async def is_over(desk: Desk, tx: Tx, found: Escalation) -> bool:
    """False for what only a person can end. Of an account that is not linked any more everything is over."""
    if "account_id" in found.data and not await _is_linked(tx, _account(found)):
        return True
    look = LOOKS.get(found.name)
    return look is not None and await look(desk, tx, found)


def _account(found: Escalation) -> AccountId:
    return AccountId(UUID(str(found.data["account_id"])))


async def _is_linked(tx: Tx, account: AccountId) -> bool:
    known = await tx.accounts.get(account)
    return known is not None and known.retired_at is None


async def _seen(desk: Desk, _: Tx, found: Escalation) -> bool:
    """The guard has judged the account since."""
    state = desk.board.drawdowns.get(_account(found))
    return state is not None and state.read_at > found.began_at


async def _unstuck(_: Desk, tx: Tx, found: Escalation) -> bool:
    running = await tx.liquidations.running_of(_account(found))
    return running is None or running.state is not LiquidationState.STUCK


async def _unlocked(_: Desk, tx: Tx, found: Escalation) -> bool:
    """An owner has released what the liquidation has locked."""
    locks = await tx.locks.active(Place(_account(found)))
    return not any(lock.kind is LockKind.DRAWDOWN for lock in locks)


async def _resolved(_: Desk, tx: Tx, found: Escalation) -> bool:
    intent = await tx.intents.get(IntentId(int(str(found.data["order"]))))
    return intent is None or intent.state is not IntentState.UNKNOWN


async def _unmarked(_: Desk, tx: Tx, found: Escalation) -> bool:
    lasting = await tx.marks.lasting(_account(found))
    return str(found.data.get("mark")) not in {str(mark.id) for mark in lasting}


async def _runs(desk: Desk, _: Tx, found: Escalation) -> bool:
    return _account(found) not in desk.board.given_up.get(str(found.data["part"]), {})


LOOKS: Mapping[str, Look] = {
    "drawdown_blind": _seen,
    "liquidation_stuck": _unstuck,
    "liquidation_finished": _unlocked,
    "intent_unknown": _resolved,
    "market_close_fails": _unmarked,
    "task_gave_up": _runs,
}
