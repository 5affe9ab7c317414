"""What the desk expects of an account once an intent is done: written in the transaction that settles it."""

from dataclasses import replace
from uuid import uuid4

from core.desk import Desk
from core.model.ids import TradeId, new_intent_id
from core.model.mt5 import MT5Position
from core.model.trades import Intent, IntentKind, IntentState, Trade, TradeState
from core.ports import Tx
from core.trading.proof import PRICE_DECIMALS


async def follow(desk: Desk, tx: Tx, done: Intent, position: MT5Position | None) -> None:
    """Bring trades and orders up to date with a filled intent, and ask for the rest of a close in part.

    `position` is what an opening made, if it could be read.
    """
    match done.kind:
        case IntentKind.OPEN:
            await _expect(desk, tx, done, position)
        case IntentKind.CLOSE | IntentKind.CLOSE_BY:
            await _expect_less(tx, done)
        case IntentKind.MODIFY:
            await _expect_stops(tx, done)
        case IntentKind.CHANGE:
            await _expect_elsewhere(desk, tx, done)
    if done.kind is IntentKind.CLOSE and done.state is IntentState.PARTIAL:
        await _close_the_rest(desk, tx, done)


async def _expect_less(tx: Tx, done: Intent) -> None:
    """A part is closed. The whole is left to reconciliation, which reads price and result with it."""
    for position in (done.position, done.opposite):
        trade = await _on(tx, done, position)
        closed = done.volume if done.filled_volume is None else done.filled_volume
        if trade is not None and trade.state is TradeState.OPEN and closed < trade.volume:
            await tx.trades.update(replace(trade, volume=trade.volume - closed))


async def _expect_stops(tx: Tx, done: Intent) -> None:
    trade = await _on(tx, done, done.position)
    if trade is not None:
        moved = replace(trade, stop_loss=done.stop_loss, take_profit=done.take_profit)
        await tx.trades.update(moved)


async def _expect_elsewhere(desk: Desk, tx: Tx, done: Intent) -> None:
    """The pending order of an opening of ours was moved: what it becomes is expected there."""
    for opening in await tx.intents.unresolved(done.account_id):
        if opening.state is IntentState.PLACED and opening.position == done.position:
            moved = replace(
                opening,
                price=done.price,
                stop_loss=done.stop_loss,
                take_profit=done.take_profit,
                order_expires_at=done.order_expires_at,
            )
            await tx.intents.amend(moved, desk.epoch)


async def _expect(desk: Desk, tx: Tx, filled: Intent, position: MT5Position | None) -> None:
    trade = trade_of(filled, position) if position else _trade_as_answered(desk, filled)
    held = await _on(tx, filled, trade.position)
    if held is None:
        await tx.trades.add(trade)
    elif position is not None and held.intent_id != filled.id and held.state is TradeState.OPEN:
        await tx.trades.update(_added_to(held, trade, filled))


async def _on(tx: Tx, done: Intent, position: int | None) -> Trade | None:
    found = await tx.trades.on_position(done.account_id, position) if position else ()
    return found[0] if found else None


def _added_to(held: Trade, whole: Trade, filled: Intent) -> Trade:
    """A netting account has added to the position that is there: at the average price, with the newer stops.

    An order without a stop leaves the position's where it was.
    """
    added = filled.filled_volume or filled.volume
    paid = held.expected_price * held.volume + whole.expected_price * added
    return replace(
        held,
        volume=whole.volume,
        expected_price=round(paid / (held.volume + added), PRICE_DECIMALS),
        open_price=whole.open_price,
        stop_loss=whole.stop_loss or held.stop_loss,
        take_profit=whole.take_profit or held.take_profit,
    )


async def _close_the_rest(desk: Desk, tx: Tx, part: Intent) -> None:
    rest = part.volume - (part.filled_volume or part.volume)
    if rest > 0:
        now = desk.clock.now()
        fresh = replace(part, id=new_intent_id(now), state=IntentState.NEW, volume=rest, created_at=now)
        await tx.intents.add(_unsent(fresh))


def _unsent(intent: Intent) -> Intent:
    """Without what came of another."""
    return replace(
        intent,
        sent_at=None,
        settled_at=None,
        retcode=None,
        filled_volume=None,
        filled_price=None,
        detail="",
        clean_misses=0,
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
