"""Writing an intent's outcome with all that follows from it: the trade, the events, the card, the alerts."""

from uuid import uuid4

from core.alerts import alert_desk_and_trader, refresh_card
from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json, Priority
from core.model.ids import TradeId, new_intent_id
from core.model.mt5 import MT5Position
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.ports import Tx

_ALERTED = {
    IntentState.REFUSED: Priority.NOTICE,
    IntentState.UNKNOWN: Priority.CRITICAL,
    IntentState.EXPIRED: Priority.CRITICAL,
}


async def settle(
    desk: Desk,
    tx: Tx,
    account: Account,
    outcome: Intent,
    expected: IntentState,
    position: MT5Position | None = None,
) -> bool:
    """Write the outcome if the intent is still in `expected` and this host the newest; False otherwise.

    A filled opening becomes a trade in the same transaction, as `position` shows it or, where that could
    not be read, as the broker's answer tells. A close in part is followed by one of the rest, which has the
    same time left.
    """
    if not await tx.intents.settle(outcome, desk.epoch, expected):
        return False
    if outcome.kind is IntentKind.OPEN and outcome.state in (IntentState.FILLED, IntentState.PARTIAL):
        await _expect(desk, tx, outcome, position)
    if outcome.kind is IntentKind.CLOSE and outcome.state is IntentState.PARTIAL:
        await _close_the_rest(desk, tx, outcome)
    await _tell(desk, tx, account, outcome)
    return True


async def _expect(desk: Desk, tx: Tx, filled: Intent, position: MT5Position | None) -> None:
    trade = trade_of(filled, position) if position else _trade_as_answered(desk, filled)
    if await tx.trades.of_position(trade.account_id, trade.position) is None:
        await tx.trades.add(trade)


async def _close_the_rest(desk: Desk, tx: Tx, part: Intent) -> None:
    now = desk.clock.now()
    rest = part.volume - (part.filled_volume or part.volume)
    if rest > 0:
        await tx.intents.add(
            Intent(
                id=new_intent_id(now),
                account_id=part.account_id,
                kind=IntentKind.CLOSE,
                state=IntentState.NEW,
                symbol=part.symbol,
                side=part.side,
                order_kind=part.order_kind,
                volume=rest,
                created_at=now,
                expires_at=part.expires_at,
                position=part.position,
            )
        )


def trade_of(intent: Intent, position: MT5Position) -> Trade:
    """The trade that an opening intent expects, now that its position is known."""
    return Trade(
        id=TradeId(uuid4()),
        account_id=intent.account_id,
        intent_id=intent.id,
        signal_id=intent.signal_id,
        position=position.identifier,
        symbol=position.symbol,
        side=position.side,
        volume=position.volume,
        expected_price=intent.price or position.price_open,
        open_price=position.price_open,
        stop_loss=intent.stop_loss,
        take_profit=intent.take_profit,
        opened_at=position.opened_at,
    )


def _trade_as_answered(desk: Desk, filled: Intent) -> Trade:
    price = filled.filled_price or filled.price
    if filled.position is None or price is None:
        raise ValueError(f"intent {filled.id} is filled without a position and a price")
    return Trade(
        id=TradeId(uuid4()),
        account_id=filled.account_id,
        intent_id=filled.id,
        signal_id=filled.signal_id,
        position=filled.position,
        symbol=filled.symbol,
        side=filled.side,
        volume=filled.filled_volume or filled.volume,
        expected_price=filled.price or price,
        open_price=price,
        stop_loss=filled.stop_loss,
        take_profit=filled.take_profit,
        opened_at=desk.clock.now(),
    )


async def _tell(desk: Desk, tx: Tx, account: Account, outcome: Intent) -> None:
    now = desk.clock.now()
    data = _facts(outcome)
    trace = str(outcome.signal_id) if outcome.signal_id else ""
    await tx.events.append(
        Event(f"order.{outcome.state}", now, str(outcome.id), data, account.id, account.person_id, trace)
    )
    if outcome.approval_id is not None:
        await refresh_card(tx, now, outcome.approval_id, account.person_id)
    if outcome.state in _ALERTED and not await _is_liquidation(tx, outcome):
        name = f"intent_{outcome.state}"
        await alert_desk_and_trader(tx, now, account, name, data, _ALERTED[outcome.state])


async def _is_liquidation(tx: Tx, outcome: Intent) -> bool:
    """A close that fails in a liquidation is tried again; that one tells people when it does not succeed."""
    return (
        outcome.kind is not IntentKind.OPEN
        and await tx.liquidations.running_of(outcome.account_id) is not None
    )


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
