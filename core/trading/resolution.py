"""What became of an intent whose outcome is not known: only the account's own books prove it.

Rule 5 of safety.md: looked up on the connected, right account; found is proof at once, not found is believed
after a quarantine longer than any send deadline and two consecutive reads. An opening is never sent again;
what sets a level, cancels, or closes a whole position may be, once the books show it undone (rule 6).
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.bell import OUTBOX
from core.desk import Desk
from core.model.accounts import Account
from core.model.ids import intent_of_comment, intent_of_magic
from core.model.mt5 import DealEntry, MT5Deal, MT5Order, MT5Position
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState
from core.mt5 import contract as mt5
from core.mt5.session import Evidence
from core.trading.settlement import settle

PRICE_DECIMALS = 8
LOOK_BACK = timedelta(minutes=5)
_OPENING = (DealEntry.IN, DealEntry.INOUT)
_CLOCKS_DIFFER = timedelta(seconds=30)
_ENDED = {
    mt5.ORDER_STATE_CANCELED: "The order was cancelled before it was executed.",
    mt5.ORDER_STATE_REJECTED: "The broker rejected the order; it was not executed.",
    mt5.ORDER_STATE_EXPIRED: "The order expired at the broker; it was not executed.",
}


@dataclass(frozen=True, slots=True)
class Quarantine:
    """How long after the send "not found" means nothing yet: longer than any send deadline.

    What can be asked for twice without happening twice is given up, or sent again, sooner.
    """

    opening_s: float = 120.0
    other_s: float = 5.0
    clean_reads: int = 2

    def is_over(self, intent: Intent, now: datetime, *, repeatable: bool) -> bool:
        wait_s = self.other_s if repeatable else self.opening_s
        return intent.sent_at is None or now - intent.sent_at >= timedelta(seconds=wait_s)


async def resolve(desk: Desk, account: Account, quarantine: Quarantine) -> int:
    """Look up every unresolved intent of the account; returns how many are left.

    Raises TerminalError when the account cannot be read; then nothing is concluded.
    """
    async with desk.store.read() as tx:
        unresolved = await tx.intents.unresolved(account.id)
        taken = frozenset(trade.position for trade in await tx.trades.open_of(account.id))
    if not unresolved:
        return 0
    session = await desk.terminals.session(account.id)
    since = min(intent.sent_at or intent.created_at for intent in unresolved) - LOOK_BACK
    evidence = await session.evidence(since)
    left = 0
    for intent in unresolved:
        finding = look_up(intent, evidence, taken)
        taken |= {finding.position.identifier} if finding.position else set()
        changed = _conclude(intent, finding, quarantine, desk.clock.now())
        left += not changed.state.is_final
        if changed == intent:
            continue
        async with desk.store.write() as tx:
            if changed.state in (intent.state, IntentState.NEW):
                await tx.intents.settle(changed, desk.epoch, intent.state)
            else:
                await settle(desk, tx, account, changed, intent.state, finding.position)
    desk.bell.ring(OUTBOX)
    return left


@dataclass(frozen=True, slots=True)
class Finding:
    """What the books show of an intent: its outcome, or None while they show nothing.

    `undone`: they show that it has not happened, and asking twice for it would do no more than once.
    """

    outcome: Intent | None
    position: MT5Position | None = None
    undone: bool = False


NOTHING, UNDONE = Finding(None), Finding(None, undone=True)


def look_up(intent: Intent, evidence: Evidence, taken: Set[int] = frozenset()) -> Finding:
    """The intent's outcome by the account's books: magic first, then comment, then likeness.

    A position that is `taken` by another trade is no proof, however alike it looks.
    """
    match intent.kind:
        case IntentKind.OPEN:
            return _look_up_opening(intent, evidence, taken)
        case IntentKind.CLOSE:
            return _look_up_close(intent, evidence)
        case IntentKind.CLOSE_BY:
            return _look_up_close_by(intent, evidence)
        case IntentKind.CANCEL:
            gone = all(order.ticket != intent.position for order in evidence.orders)
            return Finding(replace(intent, state=IntentState.FILLED)) if gone else UNDONE
        case IntentKind.MODIFY:
            position = next((p for p in evidence.positions if p.identifier == intent.position), None)
            return _look_up_levels(intent, position)
        case IntentKind.CHANGE:
            return _look_up_change(intent, evidence)


def _look_up_opening(intent: Intent, evidence: Evidence, taken: Set[int]) -> Finding:
    for position in evidence.positions:
        if names(intent, position.magic, position.comment):
            return _found(intent, position)
    deals = [d for d in evidence.deals if d.entry in _OPENING and names(intent, d.magic, d.comment)]
    if deals:
        volume, price = _average(deals)
        return Finding(_filled(intent, deals[0].position_id, volume, price))
    for order in (*evidence.orders, *evidence.history):
        if names(intent, order.magic, order.comment):
            return _by_order(intent, order)
    alike = [p for p in evidence.positions if p.identifier not in taken and _alike(intent, p)]
    if len(alike) == 1 and intent.order_kind is OrderKind.MARKET:
        return _found(intent, alike[0])
    return NOTHING


def _found(intent: Intent, position: MT5Position) -> Finding:
    return Finding(_filled(intent, position.identifier, position.volume, position.price_open), position)


def _by_order(intent: Intent, order: MT5Order) -> Finding:
    """What the intent's own order tells while no deal of it is listed: it waits, it ended, or look again."""
    if order.state == mt5.ORDER_STATE_PLACED and intent.order_kind is not OrderKind.MARKET:
        return Finding(replace(intent, state=IntentState.PLACED, position=order.ticket))
    if order.state in _ENDED and order.volume_current == order.volume_initial:
        return Finding(replace(intent, state=IntentState.EXPIRED, detail=_ENDED[order.state]))
    return Finding(intent)  # executing, or filled and its deal not listed yet: not a miss


def _look_up_close(intent: Intent, evidence: Evidence) -> Finding:
    position = next((p for p in evidence.positions if p.identifier == intent.position), None)
    deals = [d for d in evidence.deals if d.entry is not DealEntry.IN and names(intent, d.magic, d.comment)]
    if deals or position is None:
        volume, price = _average(deals) if deals else (Decimal(0), None)
        whole = position is None or volume >= intent.volume
        state = IntentState.FILLED if whole else IntentState.PARTIAL
        return Finding(replace(intent, state=state, filled_volume=volume, filled_price=price))
    # A part that is asked for again, and done late after all, would be closed twice.
    return UNDONE if intent.volume >= position.volume else NOTHING


def _look_up_close_by(intent: Intent, evidence: Evidence) -> Finding:
    pair = {intent.position, intent.opposite}
    out = [d for d in evidence.deals if d.entry is DealEntry.OUT_BY and d.position_id in pair]
    if out:
        return Finding(replace(intent, state=IntentState.FILLED, filled_volume=out[0].volume))
    if pair <= {position.identifier for position in evidence.positions}:
        return UNDONE
    detail = "One of the two positions was closed otherwise."
    return Finding(replace(intent, state=IntentState.EXPIRED, detail=detail))


def _look_up_change(intent: Intent, evidence: Evidence) -> Finding:
    order = next((o for o in evidence.orders if o.ticket == intent.position), None)
    moved = order is not None and intent.price in (None, order.price_open)
    return _look_up_levels(intent, order) if moved or order is None else UNDONE


def _look_up_levels(intent: Intent, held: MT5Position | MT5Order | None) -> Finding:
    if held is None:
        detail = "It is gone; there is nothing left to change."
        return Finding(replace(intent, state=IntentState.EXPIRED, detail=detail))
    done = (held.stop_loss, held.take_profit) == (intent.stop_loss, intent.take_profit)
    return Finding(replace(intent, state=IntentState.FILLED)) if done else UNDONE


def names(intent: Intent, magic: int, comment: str) -> bool:
    """Whether magic or comment name the intent; a magic of another order settles that they do not."""
    by_magic = intent_of_magic(magic)
    return (by_magic if by_magic is not None else intent_of_comment(comment)) == intent.id


def _alike(intent: Intent, position: MT5Position) -> bool:
    """A position of a program that the broker stripped of its marks, as the intent wanted it, of its time."""
    return (
        position.magic == 0
        and position.reason == mt5.POSITION_REASON_EXPERT
        and position.symbol == intent.symbol
        and position.side is intent.side
        and position.volume == intent.volume
        and intent.sent_at is not None
        and -_CLOCKS_DIFFER <= position.opened_at - intent.sent_at <= LOOK_BACK
    )


def _filled(intent: Intent, position: int, volume: Decimal, price: Decimal) -> Intent:
    state = IntentState.PARTIAL if volume < intent.volume else IntentState.FILLED
    return replace(
        intent, state=state, position=position, filled_volume=volume, filled_price=price, detail=""
    )


def _average(deals: list[MT5Deal]) -> tuple[Decimal, Decimal]:
    """Volume and volume-weighted price, to eight decimals."""
    volume = sum((deal.volume for deal in deals), Decimal(0))
    price = sum((deal.volume * deal.price for deal in deals), Decimal(0)) / volume
    return volume, round(price, PRICE_DECIMALS)


def _conclude(intent: Intent, finding: Finding, quarantine: Quarantine, now: datetime) -> Intent:
    """The intent after one look: settled, or one clean miss older, or given up."""
    if finding.outcome is not None:
        final = finding.outcome.state.is_final
        return replace(finding.outcome, settled_at=now if final else None, clean_misses=0)
    if not quarantine.is_over(intent, now, repeatable=finding.undone):
        return intent
    misses = intent.clean_misses + 1
    if misses < quarantine.clean_reads:
        return replace(intent, clean_misses=misses)
    if finding.undone and now < intent.expires_at:
        return replace(intent, state=IntentState.NEW, clean_misses=0)
    detail = "The broker's books show nothing of it: it was not executed."
    return replace(intent, state=IntentState.EXPIRED, clean_misses=misses, settled_at=now, detail=detail)
