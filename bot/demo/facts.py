"""What each line of the story means in the database."""

from collections.abc import Awaitable, Callable, Sequence

from bot.demo.cast import Member
from bot.deskfile.roster import account_id
from core.desk import Desk
from core.model.approvals import ApprovalState
from core.model.divergences import DivergenceKind
from core.model.events import NoticeKind
from core.model.ids import SignalId
from core.model.risk import LiquidationState, LockKind, Place
from core.model.trades import CloseReason, IntentKind, IntentState, TradeState
from core.people.door import person_id
from core.ports import Tx

Fact = Callable[[Tx], Awaitable[bool]]


def accepted(signal: SignalId) -> Fact:
    async def fact(tx: Tx) -> bool:
        return await tx.signals.get(signal) is not None

    return fact


def delivered(signal: SignalId, members: Sequence[Member]) -> Fact:
    """A message with a picture is remembered for the card of each member."""
    people = {person_id(member.telegram_id) for member in members}

    async def fact(tx: Tx) -> bool:
        cards = [a for a in await tx.approvals.of_signal(signal) if a.person_id in people]
        sent = [await tx.outbox.sent(NoticeKind.CARD, str(card.id), card.person_id) for card in cards]
        return len(sent) == len(people) and all(message and message.has_photo for message in sent)

    return fact


def approved(signal: SignalId, count: int) -> Fact:
    async def fact(tx: Tx) -> bool:
        cards = await tx.approvals.of_signal(signal)
        return sum(card.state is ApprovalState.APPROVED for card in cards) == count

    return fact


def filled(signal: SignalId, count: int) -> Fact:
    """That many of the signal's intents are filled, and each is an open or closed trade."""

    async def fact(tx: Tx) -> bool:
        intents = [
            i for a in await tx.approvals.of_signal(signal) for i in await tx.intents.of_approval(a.id)
        ]
        done = [i for i in intents if i.kind is IntentKind.OPEN and i.state is IntentState.FILLED]
        trades = [await tx.trades.of_intent(intent.id) for intent in done]
        return len(done) == count and all(trades)

    return fact


def slipped(member: Member) -> Fact:
    async def fact(tx: Tx) -> bool:
        rows = await tx.reconciliation.lasting(account_id(member.account))
        return any(row.divergence.kind is DivergenceKind.SLIPPAGE for row in rows)

    return fact


def closed_by_hand(member: Member) -> Fact:
    async def fact(tx: Tx) -> bool:
        trades = await tx.trades.of_person(person_id(member.telegram_id), 10)
        return any(trade.close_reason is CloseReason.DESKTOP for trade in trades)

    return fact


def warned(member: Member) -> Fact:
    async def fact(tx: Tx) -> bool:
        return await tx.events.happened("drawdown.warned", member.account)

    return fact


def liquidation(member: Member, *states: LiquidationState) -> Fact:
    """The account's newest liquidation is in one of `states`, and its beginning is in the audit trail."""

    async def fact(tx: Tx) -> bool:
        running = await tx.liquidations.running_of(account_id(member.account))
        began = await tx.events.recent(1, "liquidation.started")
        return bool(began) and (running is None or running.state in states)

    return fact


def all_closed(member: Member) -> Fact:
    async def fact(tx: Tx) -> bool:
        trades = await tx.trades.of_person(person_id(member.telegram_id), 10)
        return bool(trades) and all(trade.state is TradeState.CLOSED for trade in trades)

    return fact


def flat_and_locked(member: Member, desk: Desk) -> Fact:
    """The liquidation is over, the lock holds, and the broker itself shows no position."""

    async def fact(tx: Tx) -> bool:
        account = account_id(member.account)
        locks = await tx.locks.active(Place(account))
        if not any(lock.kind is LockKind.DRAWDOWN for lock in locks):
            return False
        over = await tx.liquidations.running_of(account) is None
        snapshot = await (await desk.terminals.session(account)).snapshot()
        return over and not snapshot.positions and not snapshot.orders

    return fact
