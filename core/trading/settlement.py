"""Writing an intent's outcome with all that follows from it: the trade, the events, the card, the alerts."""

from core.alerts import alert_desk_and_trader, refresh_card, refresh_request
from core.alerts.fills import tell_filled
from core.bell import account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.risk import LiquidationState
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Tx
from core.trading.asked import ENDS, liquidation_state, was_asked
from core.trading.expecting import follow
from core.trading.netting import UNSEEN, Opened
from core.trading.plans import advance
from core.trading.tracing import trace_of

_ALERTED = {
    IntentState.REFUSED: Priority.NOTICE,
    IntentState.UNKNOWN: Priority.CRITICAL,
    IntentState.EXPIRED: Priority.CRITICAL,
}
_REDUCES = (*ENDS, IntentKind.CLOSE_BY)
_TRIES_AGAIN = (LiquidationState.CLOSING, LiquidationState.STUCK, LiquidationState.HELD)
_FOUND = (IntentState.FILLED, IntentState.PARTIAL, IntentState.PLACED)


async def settle(
    desk: Desk,
    tx: Tx,
    account: Account,
    outcome: Intent,
    expected: IntentState,
    opened: Opened = UNSEEN,
) -> bool:
    """Write the outcome if the intent is still in `expected` and this host the newest; False otherwise.

    What is expected of the account follows in the same transaction: a filled opening becomes a trade, as its
    position shows it or, where that could not be read, as the broker's answer tells; what was closed in
    part or moved is expected as it is now. A close in part is followed by one of the rest, which has the same
    time left.
    """
    if not await tx.intents.settle(outcome, desk.epoch, expected):
        return False
    if outcome.state in (IntentState.FILLED, IntentState.PARTIAL):
        await follow(desk, tx, outcome, opened)
    await _tell(desk, tx, account, outcome, expected)
    if await advance(tx, desk.clock.now(), account, outcome):
        desk.bell.ring(account_bell(account.id))
    return True


async def tell_sent(desk: Desk, tx: Tx, account: Account, claimed: Intent) -> None:
    """From the commit of this on the order may have reached the broker: a fact however it ends, told once."""
    subject = str(claimed.id)
    if await tx.events.happened("order.sent", subject):
        return
    await refresh_request(tx, desk.clock.now(), claimed.id)
    data: Json = {
        "kind": str(claimed.kind),
        "symbol": claimed.symbol,
        "side": str(claimed.side),
        "volume": str(claimed.volume),
        "position": str(claimed.position or ""),
    }
    trace = await trace_of(tx, claimed)
    now, person = desk.clock.now(), account.person_id
    await tx.events.append(Event("order.sent", now, subject, data, account.id, person, trace))
    if claimed.approval_id is not None and claimed.not_before is not None:
        await refresh_card(tx, now, claimed.approval_id, person)  # it cannot be undone any more


async def _tell(desk: Desk, tx: Tx, account: Account, outcome: Intent, expected: IntentState) -> None:
    now = desk.clock.now()
    data = _facts(outcome)
    facts = data | {"sent_at": outcome.sent_at.isoformat()} if outcome.sent_at else data
    trace = await trace_of(tx, outcome)
    await tx.events.append(
        Event(f"order.{outcome.state}", now, str(outcome.id), facts, account.id, account.person_id, trace)
    )
    if outcome.approval_id is not None:
        await refresh_card(tx, now, outcome.approval_id, account.person_id)
    await refresh_request(tx, now, outcome.id)
    await tell_filled(tx, now, account, outcome, expected)
    alert = _alert(outcome, expected)
    if alert is not None and not await _is_liquidation(tx, outcome):
        name, urgency = alert
        if outcome.kind in _REDUCES and await was_asked(tx, outcome):
            urgency = Priority.CRITICAL  # a person believes that it is being closed
        await alert_desk_and_trader(tx, now, account, name, data | {"order": str(outcome.id)}, urgency)


def _alert(outcome: Intent, before: IntentState) -> tuple[str, Priority] | None:
    """What people are told beside the card. Who was told that an order is in doubt is told how it ended."""
    if before is IntentState.UNKNOWN and outcome.state in _FOUND:
        return "intent_confirmed", Priority.NOTICE
    if before is IntentState.PLACED and outcome.state is IntentState.EXPIRED:
        return "intent_expired", Priority.NOTICE  # it waited at the broker, and its end is no surprise
    urgency = _ALERTED.get(outcome.state)
    return None if urgency is None else (f"intent_{outcome.state}", urgency)


async def _is_liquidation(tx: Tx, outcome: Intent) -> bool:
    """A close that fails in a liquidation is tried again; that one tells people when it does not succeed."""
    return await liquidation_state(tx, outcome) in _TRIES_AGAIN


def _facts(outcome: Intent) -> Json:
    return {
        "kind": str(outcome.kind),
        "symbol": outcome.symbol,
        "side": str(outcome.side),
        "volume": str(outcome.filled_volume or outcome.volume),
        "price": str(outcome.filled_price or outcome.price or ""),
        "position": str(outcome.position or ""),
        "retcode": outcome.retcode,
        "detail": outcome.detail,
    }
