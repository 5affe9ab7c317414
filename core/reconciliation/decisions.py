"""What a person makes of a divergence: adopt, ignore, accept, restore, choose, write off, check again.

Each decision is one transaction with all that follows from it; of two people who tap at the same time one is
too late. Beside what `undecided` raises, all functions raise Refused with the reason, and TerminalError when
what is held now has to be known and cannot be read.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from core.bell import OUTBOX
from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account
from core.model.divergences import Decision, Divergence, DivergenceKind, LogRow, level_fact
from core.model.errors import NotFound, Refused, Stale, refuse
from core.model.events import Json
from core.model.ids import TradeId
from core.model.mt5 import MT5AccountSnapshot, MT5Position
from core.model.people import Person
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, Trade, TradeState
from core.mt5.orders import Stops
from core.mt5.patience import within
from core.ports import Tx
from core.reconciliation.cases import Case, decide, undecided
from core.reconciliation.telling import refresh_card_of
from core.trading.changing import check_idle, modify_stops
from core.trading.netting import nets
from core.trading.shares import Net, folded, parted


class Syncs(Protocol):
    """Whoever reconciles an account at once when asked."""

    async def now(self, account: Account) -> LastSeen: ...


async def adopt(desk: Desk, row: int, person: Person) -> None:
    """Make an unmatched position a trade as it stands: its price and its levels are expected from now on."""
    case = await _case(desk, row, person, DivergenceKind.UNMATCHED)
    snapshot = await _snapshot(desk, case)
    position = _held(snapshot, case.divergence.position)
    async with desk.store.write() as tx:
        await _check_nothing_comes(tx, position, case)
        fresh = _as_it_stands(case.account, position, shared=nets(snapshot.account))
        await _begin(tx, fresh)
        await decide(desk, tx, case, person, Decision.ADOPTED, _facts_of(position), ends=True)
    desk.bell.ring(OUTBOX)


async def ignore(desk: Desk, row: int, person: Person) -> None:
    """Let an unmatched position be: it stays in the log while it lasts, and does not count."""
    case = await _case(desk, row, person, DivergenceKind.UNMATCHED)
    await _note(desk, case, person, Decision.IGNORED)


async def accept(desk: Desk, row: int, person: Person) -> None:
    """Expect what is held now: its volume, or its levels. A fill stays what it is, and does not count."""
    kinds = DivergenceKind.SLIPPAGE, DivergenceKind.VOLUME, DivergenceKind.STOPS
    case = await _case(desk, row, person, *kinds)
    if case.divergence.kind is DivergenceKind.SLIPPAGE:
        await _note(desk, case, person, Decision.ACCEPTED)
    else:
        await _expect_what_is_held(desk, case, person)


async def restore(desk: Desk, row: int, person: Person) -> None:
    """Ask for the trade's own levels to be set again.

    The difference lasts until they are. When the broker refuses, it may be asked once more.
    """
    case = await _case(desk, row, person, DivergenceKind.STOPS)
    async with desk.store.read() as tx:
        whole = _net(await _open_trades(tx, case)).whole
    stops = Stops(whole.stop_loss, whole.take_profit)
    facts: Json = {"stop": level_fact(stops.loss), "target": level_fact(stops.profit)}

    async def note(tx: Tx, _: Intent) -> None:
        await decide(desk, tx, case, person, Decision.RESTORED, facts)

    await modify_stops(desk, case.account.id, case.divergence.position, stops, person, note)


async def choose(desk: Desk, row: int, position: int, person: Person) -> None:
    """Let the trade be known by the identifier of one of the positions that fit it."""
    case = await _case(desk, row, person, DivergenceKind.AMBIGUOUS)
    if position not in candidates_of(case.divergence):
        raise NotFound("This position is not among those that fit.")
    chosen = _held(await _snapshot(desk, case), position)
    async with desk.store.write() as tx:
        trades = await _open_trades(tx, case)
        holders = await tx.trades.on_position(case.account.id, position)
        if {holder.id for holder in holders} - {trade.id for trade in trades}:
            raise Refused("Another trade of the desk has this position.")
        for trade in trades:
            await tx.trades.update(replace(trade, position=position, missing_reads=0))
        await decide(desk, tx, case, person, Decision.CHOSEN, _facts_of(chosen))
    desk.bell.ring(OUTBOX)


async def write_off(desk: Desk, row: int, person: Person) -> None:
    """Close a trade whose position is gone as unexplained, without a result."""
    case = await _case(desk, row, person, DivergenceKind.MISSING)
    snapshot = await _snapshot(desk, case)
    if any(held.identifier == case.divergence.position for held in snapshot.positions):
        raise Refused("The broker shows this position again; there is nothing to write off.")
    async with desk.store.write() as tx:
        await check_idle(tx, case.account.id, case.divergence.position)
        for trade in await _open_trades(tx, case):
            await _give_up(desk, tx, case.account, trade)
        await decide(desk, tx, case, person, Decision.WRITTEN_OFF, _facts_in(case), ends=True)
    desk.bell.ring(OUTBOX)


async def check_again(desk: Desk, syncs: Syncs, row: int, person: Person, within_s: float = 20.0) -> LogRow:
    """Reconcile the account at once; the row as it stands after that.

    Raises Refused when that failed, or takes longer than `within_s`; then it goes on by itself.
    """
    case = await _case(desk, row, person, DivergenceKind.MISSING)
    try:
        async with asyncio.timeout(within_s):
            seen = await syncs.now(case.account)
    except TimeoutError as silence:
        raise Refused("The terminal takes its time; the message changes when it has answered.") from silence
    refuse(seen.error)
    async with desk.store.read() as tx:
        return await tx.reconciliation.get(row) or case.row


def candidates_of(divergence: Divergence) -> list[int]:
    """The identifiers of the positions that fit an ambiguous trade."""
    return [int(one) for one in divergence.facts.get("candidates", "").split(", ") if one]


async def _case(desk: Desk, row: int, person: Person, *kinds: DivergenceKind) -> Case:
    case = await undecided(desk, row, person)
    if case.divergence.kind not in kinds:
        raise Refused("This cannot be done about such a difference.")
    return case


async def _note(desk: Desk, case: Case, person: Person, decision: Decision) -> None:
    """A decision from which nothing follows."""
    async with desk.store.write() as tx:
        await decide(desk, tx, case, person, decision, _facts_in(case))
    desk.bell.ring(OUTBOX)


# What is held


async def _snapshot(desk: Desk, case: Case) -> MT5AccountSnapshot:
    async with within():
        return await (await desk.terminals.session(case.account.id)).snapshot()


def _held(snapshot: MT5AccountSnapshot, identifier: int) -> MT5Position:
    for position in snapshot.positions:
        if position.identifier == identifier:
            return position
    raise Refused("The position is not open any more.")


async def _check_nothing_comes(tx: Tx, position: MT5Position, case: Case) -> None:
    """Raises Refused while an opening of the symbol is sent or in doubt: what is held may be its doing, and
    is expected with its settlement already."""
    coming = await tx.intents.unfinished(case.account.id)
    openings = [i for i in coming if i.kind is IntentKind.OPEN and i.symbol == position.symbol]
    if any(opening.state in (IntentState.SENDING, IntentState.UNKNOWN) for opening in openings):
        raise Refused(f"An order for {position.symbol} is still on its way. Please wait for it.")


async def _begin(tx: Tx, fresh: Trade) -> None:
    """Add the trade, or open the one again that was taken for over: a position has one trade.

    Raises Refused when one is open.
    """
    known = await tx.trades.on_position(fresh.account_id, fresh.position)
    if any(trade.state is TradeState.OPEN for trade in known):
        raise Refused("The desk has a trade for this position already.")
    if fresh.shared or not known:
        await tx.trades.add(fresh)
    else:
        [over] = known
        await tx.trades.update(replace(fresh, id=over.id, intent_id=over.intent_id, signal_id=over.signal_id))


def _as_it_stands(account: Account, position: MT5Position, *, shared: bool) -> Trade:
    return Trade(
        id=TradeId(uuid4()),
        account_id=account.id,
        intent_id=None,
        signal_id=None,
        position=position.identifier,
        symbol=position.symbol,
        side=position.side,
        volume=position.volume,
        expected_price=position.price_open,
        open_price=position.price_open,
        stop_loss=position.stop_loss,
        take_profit=position.take_profit,
        opened_at=position.opened_at,
        shared=shared,
    )


def _facts_of(position: MT5Position) -> Json:
    return {
        "position": str(position.identifier),
        "side": str(position.side),
        "volume": str(position.volume),
        "price": str(position.price_open),
        "stop": level_fact(position.stop_loss),
        "target": level_fact(position.take_profit),
    }


def _facts_in(case: Case) -> Json:
    return {"size": str(case.divergence.size), "unit": case.divergence.unit, **case.divergence.facts}


# What is expected


async def _open_trades(tx: Tx, case: Case) -> Sequence[Trade]:
    """The trade of the row, all shares of a net position. Raises Stale when none is open any more."""
    known = await tx.trades.on_position(case.account.id, case.divergence.position)
    still_open = [trade for trade in known if trade.state is TradeState.OPEN]
    if not still_open:
        raise Stale("This is over: the trade is closed.")
    return still_open


def _net(trades: Sequence[Trade]) -> Net:
    """The trades of one position as one. Raises Refused for shares that cancel each other out."""
    found = folded(trades)
    if len(found) != 1:
        raise Refused("The desk's trades in this symbol cancel each other out. Please look in the terminal.")
    return found[0]


async def _expect_what_is_held(desk: Desk, case: Case, person: Person) -> None:
    """The row ends at once: should the position differ again, that is told as a new difference."""
    position = _held(await _snapshot(desk, case), case.divergence.position)
    expecting = _levels_of if case.divergence.kind is DivergenceKind.STOPS else _volume_of
    async with desk.store.write() as tx:
        await check_idle(tx, case.account.id, position.identifier)
        await _check_nothing_comes(tx, position, case)
        for trade in expecting(position, _net(await _open_trades(tx, case))):
            await tx.trades.update(trade)
        await tx.reconciliation.refresh(case.row.id, _as_held(case.divergence, position))
        await decide(desk, tx, case, person, Decision.ACCEPTED, _facts_of(position), ends=True)
    desk.bell.ring(OUTBOX)


def _levels_of(position: MT5Position, net: Net) -> Sequence[Trade]:
    """The shares with the position's levels."""
    return [
        replace(share, stop_loss=position.stop_loss, take_profit=position.take_profit) for share in net.shares
    ]


def _volume_of(position: MT5Position, net: Net) -> Sequence[Trade]:
    """The shares with the position's volume: what is gone is the oldest's, what was added the newest's."""
    if position.side is not net.whole.side:
        raise Refused("The position has turned to the other side. Please look in the terminal.")
    gone = net.whole.volume - position.volume
    if gone >= 0:
        return parted(net, gone)
    newest = net.shares[-1]
    return [replace(newest, volume=newest.volume - gone)]


def _as_held(divergence: Divergence, position: MT5Position) -> Divergence:
    """With what is held now in those of its facts that tell of it."""
    held = {
        "held": str(position.volume),
        "stop_held": level_fact(position.stop_loss),
        "target_held": level_fact(position.take_profit),
    }
    return replace(divergence, facts={name: held.get(name, fact) for name, fact in divergence.facts.items()})


async def _give_up(desk: Desk, tx: Tx, account: Account, trade: Trade) -> None:
    """Close the trade, and show that on the card that it came from."""
    now = desk.clock.now()
    closed = replace(trade, state=TradeState.CLOSED, closed_at=now, close_reason=CloseReason.UNEXPLAINED)
    await tx.trades.update(closed)
    await refresh_card_of(tx, now, account, trade)
