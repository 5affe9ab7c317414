"""What a person does with what is open: queued durably, after what forbids it is named.

What is queued is carried out by the account's loop. All functions raise NotFound for an account that is not
the person's or for what is not open (any more), Refused with the reason, and TerminalError when the account
cannot be read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from core.accounts.owned import account_for
from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.errors import NotFound, Refused, refuse
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot, MT5Order, MT5Position
from core.model.people import Person, Right
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5 import levels
from core.mt5.orders import PendingOrder, Stops
from core.mt5.patience import within
from core.mt5.session import Session
from core.ports import Tx
from core.risk.entries import JUST_NOW, check_open, place_on, under_way
from core.trading.asked import note_asked
from core.trading.closing import CLOSE_WITHIN, by_age
from core.trading.intents import Intentions
from core.trading.netting import nets
from core.trading.openrisk import check_moved, contracts_of
from core.trading.plans import yields
from core.trading.sending import refused
from core.trading.settlement import settle
from core.trading.tracing import trace_of

Beside = Callable[[Tx, Intent], Awaitable[None]]
"""What else is written in the transaction that has queued an intent; raising, it undoes both."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """Where a pending order is to wait, with which stops, and until when; None: until it is cancelled."""

    price: Decimal
    stops: Stops
    until: datetime | None = None


async def close_position(
    desk: Desk,
    account: AccountId,
    position: int,
    person: Person,
    lots: Decimal | None = None,
    beside: Beside | None = None,
) -> Intent:
    """Close a position, or `lots` of it, down to the volume step."""
    held = await look(desk, account, person, Right.CLOSE_OWN)
    found = held.position(position)
    refuse(_fifo_obstacle(held.snapshot, found))
    if lots is not None:
        lots = await _part(held.session, found, lots)
    return await _queue(desk, held, person, held.intentions(desk).close(found, lots), beside)


async def close_by(desk: Desk, account: AccountId, position: int, opposite: int, person: Person) -> Intent:
    """Set a position off against an opposite one of the same symbol, which spares a spread."""
    held = await look(desk, account, person, Right.CLOSE_OWN)
    one, other = held.position(position), held.position(opposite)
    instrument = await held.session.instrument(one.symbol)
    if nets(held.snapshot.account) or not instrument.order_mode & levels.CLOSE_BY_BIT:
        raise Refused(f"The broker does not set off positions in {one.symbol} against each other.")
    if one.symbol != other.symbol or one.side is other.side:
        raise Refused("Only two opposite positions of one symbol can be set off against each other.")
    refuse(_fifo_obstacle(held.snapshot, one))
    return await _queue(desk, held, person, held.intentions(desk).close_by(one, other))


async def modify_stops(
    desk: Desk, account: AccountId, position: int, stops: Stops, person: Person, beside: Beside | None = None
) -> Intent:
    """Set both stops of a position; one that is None is removed. Not so far that too much is at risk.

    An owner may, too: who decides a divergence has the trade's own stops set again.
    """
    held = await look(desk, account, person, Right.CLOSE_OWN, Right.HOLD)
    found = held.position(position)
    rounded = await check_stops(held.session, found, stops)
    return await _queue(desk, held, person, held.intentions(desk).modify(found, rounded), beside)


async def check_stops(session: Session, position: MT5Position, stops: Stops) -> Stops:
    """At the symbol's digits. Raises Refused, with the nearest level that the broker would take."""
    instrument, quote = await session.instrument(position.symbol), await session.quote(position.symbol)
    rounded = stops.rounded(instrument)
    refuse(levels.stops_offer_obstacle(instrument, rounded))
    refuse(levels.frozen_position(instrument, position, quote))
    refuse(levels.stops_obstacle(instrument, position.side, quote, rounded))
    return rounded


async def change_pending(
    desk: Desk,
    account: AccountId,
    order: int,
    change: PendingChange,
    person: Person,
    beside: Beside | None = None,
) -> Intent:
    """Move a pending order. While the account is locked this is refused, as a new entry would be, and so
    it is when more would be at risk than the trader allows."""
    held = await look(desk, account, person, Right.CLOSE_OWN)
    found = held.order(order)
    if change.until is not None and change.until <= desk.clock.now():
        raise Refused("The end of the order must lie ahead.")
    moved, stops = await check_move(held.session, found, change)
    wish = held.intentions(desk).change(found, moved, stops, change.until)
    return await _queue(desk, held, person, wish, beside)


async def check_move(session: Session, order: MT5Order, change: PendingChange) -> tuple[PendingOrder, Stops]:
    """Where it would wait, and its stops, at the symbol's digits. Raises Refused as `check_stops` does."""
    pending = PendingOrder.of(order)
    if pending is None:
        raise Refused("A stop-limit order can be changed in the terminal only.")
    instrument, quote = await session.instrument(order.symbol), await session.quote(order.symbol)
    moved = replace(pending, price=instrument.round_price(change.price))
    stops = change.stops.rounded(instrument)
    refuse(levels.stops_offer_obstacle(instrument, stops))
    refuse(levels.frozen_order(instrument, pending, quote))
    refuse(levels.pending_obstacle(instrument, moved.kind, moved.side, moved.price, quote, stops))
    return moved, stops


async def cancel_pending(
    desk: Desk, account: AccountId, order: int, person: Person, beside: Beside | None = None
) -> Intent:
    """Remove a pending order."""
    held = await look(desk, account, person, Right.CLOSE_OWN)
    found = held.order(order)
    pending = PendingOrder.of(found)
    instrument, quote = await held.session.instrument(found.symbol), await held.session.quote(found.symbol)
    refuse(levels.frozen_order(instrument, pending, quote) if pending else None)
    return await _queue(desk, held, person, held.intentions(desk).cancel(found), beside)


@dataclass(frozen=True, slots=True)
class Held:
    """An account that the person may act on, as it was read for it."""

    account: Account
    session: Session
    snapshot: MT5AccountSnapshot

    def position(self, identifier: int) -> MT5Position:
        for position in self.snapshot.positions:
            if position.identifier == identifier:
                return position
        raise NotFound("This position is not open any more.")

    def order(self, ticket: int) -> MT5Order:
        for order in self.snapshot.orders:
            if order.ticket == ticket:
                return order
        raise NotFound("This order is not pending any more.")

    def intentions(self, desk: Desk) -> Intentions:
        return Intentions(self.account.id, desk.clock.now(), CLOSE_WITHIN)


async def look(desk: Desk, account: AccountId, person: Person, *rights: Right) -> Held:
    """Read what one of these rights reaches. Raises NotFound, Refused while no order can be sent, and
    TerminalError."""
    async with desk.store.read() as tx:
        found = await account_for(tx, person, account, *rights)
    async with within():
        session = await desk.terminals.session(account)
        snapshot = await session.snapshot()
    obstacle = snapshot.account.trading_obstacle()
    if obstacle is not None:
        raise Refused(f"No order can be sent now: {obstacle}.")
    return Held(found, session, snapshot)


async def _queue(
    desk: Desk, held: Held, person: Person, wish: Intent, beside: Beside | None = None
) -> Intent:
    moves = wish.kind in (IntentKind.MODIFY, IntentKind.CHANGE)
    contracts = await contracts_of(held.session, held.snapshot) if moves else {}
    async with desk.store.write() as tx:
        if wish.kind is IntentKind.CHANGE:
            place = await place_on(tx, held.account, wish.symbol)
            await check_open(desk, tx, held.account, place)
        await check_idle(tx, wish.account_id, wish.position, wish.opposite)
        if moves:
            read_at = held.snapshot.account.read_at
            coming = await under_way(tx, wish.account_id, read_at - JUST_NOW)
            check_moved(held.account.policy, held.snapshot, contracts, wish, coming)
        await _withdraw_moves(desk, tx, held, wish)
        await tx.intents.add(wish)
        await note_asked(tx, wish, person, await trace_of(tx, wish))
        if beside is not None:
            await beside(tx, wish)
    desk.bell.ring(account_bell(held.account.id))
    desk.bell.ring(OUTBOX)
    return wish


async def check_idle(tx: Tx, account: AccountId, *numbers: int | None) -> None:
    """Raises Refused while something is on its way for one of these positions or orders."""
    coming = await tx.intents.unfinished(account)
    wanted = set(numbers) - {None}
    firm = [i for i in coming if i.state is not IntentState.PLACED and not yields(i)]
    if any(wanted & {intent.position, intent.opposite} for intent in firm):
        raise Refused("An earlier order for this is still on its way. Please wait for it.")


async def _withdraw_moves(desk: Desk, tx: Tx, held: Held, wish: Intent) -> None:
    """Who sets the stop has decided: the plan's move to break-even that still waits is dropped. To set the
    target alone decides nothing of it."""
    if wish.kind is not IntentKind.MODIFY or wish.stop_loss == _stop_of(held, wish):
        return
    for move in await tx.intents.waiting(held.account.id):
        if yields(move) and (move.kind, move.position) == (wish.kind, wish.position):
            dropped = refused(move, "Your own stops are set instead of the move to the entry.")
            await settle(desk, tx, held.account, dropped, IntentState.NEW)


def _stop_of(held: Held, wish: Intent) -> Decimal | None:
    return next((p.stop_loss for p in held.snapshot.positions if p.identifier == wish.position), None)


async def _part(session: Session, position: MT5Position, lots: Decimal) -> Decimal:
    """So many lots as the broker takes them. Raises Refused naming what is possible."""
    if lots >= position.volume:
        return position.volume
    instrument = await session.instrument(position.symbol)
    rounded = instrument.round_volume(lots)
    if not rounded:
        raise Refused(
            f"At least {instrument.volume_min} lots of {position.symbol} can be closed,"
            f" in steps of {instrument.volume_step}; {position.volume} are open."
        )
    return rounded


def _fifo_obstacle(snapshot: MT5AccountSnapshot, position: MT5Position) -> str | None:
    """Where the account closes the oldest position of a symbol first, whether another one is older."""
    if not snapshot.account.fifo_close:
        return None
    oldest = by_age([p for p in snapshot.positions if p.symbol == position.symbol])[0]
    if oldest.identifier == position.identifier:
        return None
    return (
        f"This account closes the oldest position first: {oldest.volume} lots of {oldest.symbol}"
        f" opened at {oldest.price_open} (#{oldest.ticket})."
    )
