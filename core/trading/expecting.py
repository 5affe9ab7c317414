"""What the desk expects of an account once an intent is done: written in the transaction that settles it.

On an account that nets each opening has its own trade, a share of the symbol's one position: what is closed
is taken from the oldest, and its stops are those of all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from core.desk import Desk
from core.model.ids import AccountId, TradeId, new_intent_id
from core.model.mt5 import MT5Position
from core.model.trades import Intent, IntentKind, IntentState, Trade, TradeState
from core.ports import Tx
from core.trading.asked import hand_on
from core.trading.netting import Opened
from core.trading.shares import folded, parted


async def follow(desk: Desk, tx: Tx, done: Intent, opened: Opened) -> None:
    """Bring trades and orders up to date with a filled intent, and ask for the rest of a close in part.

    `opened` is what an opening has made.
    """
    match done.kind:
        case IntentKind.OPEN if opened.shared:
            await _expect_share(tx, _share_of(desk, done, opened), opened.position)
        case IntentKind.OPEN:
            await _expect(desk, tx, done, opened.position)
        case IntentKind.CLOSE | IntentKind.CLOSE_BY:
            await _expect_less(tx, done)
        case IntentKind.MODIFY:
            trades = await _open_on(tx, done.account_id, done.position)
            await _expect_stops(tx, trades, done.stop_loss, done.take_profit)
        case IntentKind.CHANGE:
            await _expect_elsewhere(desk, tx, done)
    if done.kind is IntentKind.CLOSE and done.state is IntentState.PARTIAL:
        await _close_the_rest(desk, tx, done)


async def _expect_less(tx: Tx, done: Intent) -> None:
    """A part is closed. The whole is left to reconciliation, which reads price and result with it."""
    closed = done.volume if done.filled_volume is None else done.filled_volume
    for position in (done.position, done.opposite):
        await _take(tx, await _open_on(tx, done.account_id, position), closed)


async def _take(tx: Tx, trades: Sequence[Trade], lots: Decimal) -> None:
    """Expect so many lots less of a position, down to 0 of its older shares; but leave the whole as it is."""
    if lots >= sum(trade.volume for trade in trades):
        return
    for net in folded(trades):
        for share in parted(net, lots):
            await tx.trades.update(share)


async def _expect_stops(
    tx: Tx, trades: Iterable[Trade], stop_loss: Decimal | None, take_profit: Decimal | None
) -> None:
    for trade in trades:
        await tx.trades.update(replace(trade, stop_loss=stop_loss, take_profit=take_profit))


async def _open_on(tx: Tx, account: AccountId, position: int | None) -> Sequence[Trade]:
    """The open trade on a position, or all its shares, the oldest first."""
    known = await tx.trades.on_position(account, position) if position else ()
    return [trade for trade in known if trade.state is TradeState.OPEN]


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
    """A position of its own; should it have a trade already, that stands."""
    trade = trade_of(filled, position) if position else _as_told(desk, filled)
    if not await tx.trades.on_position(trade.account_id, trade.position):
        await tx.trades.add(trade)


async def _expect_share(tx: Tx, share: Trade, position: MT5Position | None) -> None:
    """What an opening has added to the position, once what it took of shares on the other side is gone.

    An order's stops replace the position's; one without leaves them.
    """
    if share.intent_id is not None and await tx.trades.of_intent(share.intent_id) is not None:
        return
    held = await _open_on(tx, share.account_id, share.position)
    against = [trade for trade in held if trade.side is not share.side]
    left = share.volume - sum(trade.volume for trade in against)
    if left <= 0:
        await _take(tx, against, share.volume)
        return
    for trade in against:
        await tx.trades.update(replace(trade, volume=Decimal(0)))
    before = [trade for trade in held if trade.side is share.side]
    added = _with_stops_of(replace(share, volume=left), before, position)
    await _expect_stops(tx, before, added.stop_loss, added.take_profit)
    await tx.trades.add(added)


def _with_stops_of(share: Trade, before: Sequence[Trade], position: MT5Position | None) -> Trade:
    """Where the order set none: those of the shares before it, or of what a person holds beside it."""
    there: Trade | MT5Position = share
    if before:
        there = before[-1]
    elif position is not None and position.volume > share.volume:
        there = position
    return replace(
        share,
        stop_loss=share.stop_loss or there.stop_loss,
        take_profit=share.take_profit or there.take_profit,
    )


async def _close_the_rest(desk: Desk, tx: Tx, part: Intent) -> None:
    rest = part.volume - (part.filled_volume or part.volume)
    if rest > 0:
        now = desk.clock.now()
        fresh = replace(part, id=new_intent_id(now), state=IntentState.NEW, volume=rest, created_at=now)
        await tx.intents.add(_unsent(fresh))
        await hand_on(tx, part, fresh)


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


def trade_of(intent: Intent, position: MT5Position, *, shared: bool = False) -> Trade:
    """The trade that an opening intent expects, now that its position is known: all of it."""
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
        shared=shared,
    )


def _share_of(desk: Desk, filled: Intent, opened: Opened) -> Trade:
    """Its own part of the position, at its own price."""
    told = _as_told(desk, filled)
    return replace(told, shared=True, opened_at=opened.at or told.opened_at)


def _as_told(desk: Desk, filled: Intent) -> Trade:
    """As the broker's answer, or its deals, have told it."""
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
