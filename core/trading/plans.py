"""What follows in a plan of several legs from what became of one of them.

It is looked at in the transaction that settles a leg or closes its trade, and concluded from what is
written: so a crash loses nothing, and looking twice does nothing twice.

- The first target is reached: the stops of the legs that are open move to their own entries, each once. A
  leg that fills only later follows as soon as it has filled. A person who moves the stop back is left alone.
- A leg has failed (refused, or not executed) while others stand: they are kept or undone by the account's
  policy, once no leg is on its way or in doubt any more. A pending order that the broker had taken and that
  ended there has not failed. Where the policy is to undo, legs after one that failed are not sent at all, and
  one that turns up once the plan was undone is undone as well.

What is wished for a plan is tried again while it is refused, with growing rests, and people are told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.alerts import alert_desk_and_trader
from core.model.accounts import Account
from core.model.errors import Refused
from core.model.events import Event, Json, Priority
from core.model.policies import RollBack
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, Trade, TradeState
from core.ports import Tx
from core.trading.intents import Intentions

TRIED_FOR = timedelta(days=5)
"""How long a wish is tried while the market is too near, or closed: beyond a long week-end."""

_ON_ITS_WAY = (IntentState.NEW, IntentState.SENDING, IntentState.UNKNOWN)
_FAILED = (IntentState.REFUSED, IntentState.EXPIRED)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The legs' openings in their order, their trades so far, and what was wished for them since."""

    legs: Sequence[Intent]
    trades: dict[int, Trade]
    intents: Sequence[Intent]

    @property
    def target_reached(self) -> bool:
        return any(trade.close_reason is CloseReason.TAKE_PROFIT for trade in self.trades.values())

    @property
    def open_trades(self) -> dict[int, Trade]:
        return {leg: trade for leg, trade in self.trades.items() if trade.state is TradeState.OPEN}

    @property
    def failed(self) -> list[Intent]:
        """Those that never came to be; who was placed names its order, who came late has a trade."""
        ended = [leg for leg in self.legs if leg.state in _FAILED and leg.position is None]
        return [leg for leg in ended if leg.leg not in self.trades]

    @property
    def standing(self) -> list[Intent]:
        """Those that are open, or wait at the broker."""
        alive = self.open_trades
        return [leg for leg in self.legs if leg.leg in alive or leg.state is IntentState.PLACED]

    def was_wished(self, kind: IntentKind, leg: int | None) -> bool:
        return any(wish.kind is kind and wish.leg == leg for wish in self.intents)


async def advance(tx: Tx, now: datetime, account: Account, about: Intent | None) -> bool:
    """Do what the plan asks for now that a leg is settled, or its trade closed; True if anything."""
    if about is None or about.leg is None or about.kind is not IntentKind.OPEN:
        return False
    plan = await _read(tx, about)
    undoing = await _roll_back(tx, now, account, plan)
    wanted = undoing or list(_moves(now, account, plan))
    for wish in wanted:
        await tx.intents.add(wish)
    return bool(wanted)


async def after_close(tx: Tx, now: datetime, account: Account, closed: Trade) -> bool:
    """The same for a trade that was closed, whatever has opened it."""
    if closed.intent_id is None:
        return False
    return await advance(tx, now, account, await tx.intents.get(closed.intent_id))


async def check_leg(tx: Tx, account: Account, leg: Intent) -> None:
    """Raises Refused for an opening whose plan has failed already and is to be undone: it would be closed at
    once."""
    if leg.leg is None or account.policy.roll_back is not RollBack.UNDO:
        return
    failed = (await _read(tx, leg)).failed
    if failed:
        number = failed[0].leg
        raise Refused(f"TP{number} of this plan did not come about, so nothing more of it is opened.")


async def _read(tx: Tx, about: Intent) -> _Plan:
    known = await tx.intents.of_approval(about.approval_id) if about.approval_id is not None else ()
    legs = [intent for intent in known if intent.kind is IntentKind.OPEN]
    trades = {leg.leg: await tx.trades.of_intent(leg.id) for leg in legs}
    return _Plan(
        sorted(legs, key=lambda leg: leg.leg or 0),
        {leg: trade for leg, trade in trades.items() if leg is not None and trade is not None},
        [intent for intent in known if intent.kind is not IntentKind.OPEN],
    )


def _moves(now: datetime, account: Account, plan: _Plan) -> Iterable[Intent]:
    """Stops to the entries, once the first target was reached."""
    if not plan.target_reached:
        return
    intentions = Intentions(account.id, now, TRIED_FOR)
    for leg in plan.legs:
        trade = plan.open_trades.get(leg.leg or 0)
        if trade is not None and not plan.was_wished(IntentKind.MODIFY, leg.leg):
            yield _for_leg(intentions.break_even(trade), leg)


async def _roll_back(tx: Tx, now: datetime, account: Account, plan: _Plan) -> list[Intent]:
    """Closing and cancelling of what stands, if the policy says so; people are told once which it is."""
    if not plan.standing or any(leg.state in _ON_ITS_WAY for leg in plan.legs):
        return []
    subject = str(plan.legs[0].approval_id)
    undone = await tx.events.happened("plan.undone", subject)
    if plan.failed and not undone and not await tx.events.happened("plan.kept", subject):
        undone = account.policy.roll_back is RollBack.UNDO
        await _tell(tx, now, account, plan, "undone" if undone else "kept")
    return list(_undoing(now, account, plan)) if undone else []


def _undoing(now: datetime, account: Account, plan: _Plan) -> Iterable[Intent]:
    intentions = Intentions(account.id, now, TRIED_FOR)
    for leg in plan.standing:
        trade = plan.open_trades.get(leg.leg or 0)
        wish = intentions.close_trade(trade) if trade is not None else intentions.cancel_of(leg)
        if not plan.was_wished(wish.kind, leg.leg):
            yield _for_leg(wish, leg)


def _for_leg(wish: Intent, leg: Intent) -> Intent:
    return replace(wish, approval_id=leg.approval_id, signal_id=leg.signal_id, leg=leg.leg)


async def _tell(tx: Tx, now: datetime, account: Account, plan: _Plan, what: str) -> None:
    first = plan.legs[0]
    data: Json = {
        "symbol": first.symbol,
        "legs": str(len(plan.legs)),
        "stands": f"{_lots(plan.standing):f}",
        "failed": f"{_lots(plan.failed):f}",
    }
    trace = str(first.signal_id) if first.signal_id else ""
    subject = str(first.approval_id)
    await tx.events.append(
        Event(f"plan.{what}", now, subject, data, account.id, account.person_id, trace=trace)
    )
    told = {**data, "detail": plan.failed[0].detail}
    await alert_desk_and_trader(tx, now, account, f"plan_{what}", told, Priority.CRITICAL)


def yields(coming: Intent) -> bool:
    """Whether an order keeps nobody from asking for another one: what a plan wishes may wait for days."""
    is_of_plan = coming.leg is not None and coming.kind is not IntentKind.OPEN
    return is_of_plan and coming.state is IntentState.NEW


async def tell_waiting(tx: Tx, now: datetime, account: Account, waiting: Intent) -> None:
    """Tell, once, that what is wished for a plan cannot be done yet, and why."""
    if waiting.kind is IntentKind.OPEN or waiting.leg is None or waiting.not_before is not None:
        return
    data: Json = {"symbol": waiting.symbol, "leg": str(waiting.leg), "detail": waiting.detail}
    if waiting.kind is IntentKind.MODIFY:
        await alert_desk_and_trader(tx, now, account, "plan_stop_waits", data, Priority.NOTICE)
    else:
        await alert_desk_and_trader(tx, now, account, "plan_undo_waits", data, Priority.CRITICAL)


def _lots(legs: Iterable[Intent]) -> Decimal:
    return sum((leg.filled_volume or leg.volume for leg in legs), Decimal(0))
