"""Decisions: a tap becomes an intent once, after the price, the size and the locks were looked at again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.alerts import refresh_card
from core.alerts.fills import tell_expired
from core.bell import EXPIRY, OUTBOX, account_bell
from core.desk import Desk
from core.following import following
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Refused, Stale
from core.model.ids import ApprovalId, new_intent_id
from core.model.people import Person
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState
from core.ports import Tx
from core.risk.entries import JUST_NOW, Entry, check_entry, check_open, under_way
from core.risk.limits import Wanted
from core.trading.cases import CHANGED, Case, check_mine, event_of, find_case, open_case
from core.trading.market import Market, check_market, check_side, entry_of, look, size_now, stops_of
from core.trading.netting import nets
from core.trading.openrisk import check_open_risk, with_openings
from core.trading.sizing import Size, check_scaled
from core.trading.splitting import openings_of, split_of
from core.trading.withdrawing import reopened

SEND_WITHIN = timedelta(seconds=30)
"""How long after the tap, or after the time to undo it, an order may still be sent; later it expires."""

TO_SEND = timedelta(seconds=5)
"""Of the signal's time, what is left for sending when the time to undo would take all of it."""

Caps = Callable[[Tx, Market, Size, int], Awaitable[None]]
"""What a standing approval allows of a size in so many trades; raises Refused for what it does not."""


@dataclass(frozen=True, slots=True)
class Beforehand:
    """The number of the standing approval by which something is decided, and its caps."""

    number: int
    caps: Caps


async def approve(desk: Desk, approval: ApprovalId, version: int, person: Person) -> Approval:
    """Decide "yes" and hand an intent to the account's trading loop.

    Where the account's policy leaves time to undo it, the intent rests so long. Raises NotFound for another
    person's card, Stale for an older or decided one, Refused with the reason when a rule forbids the trade
    now (the card stays open and shows why), TerminalError when the price cannot be read.
    """
    try:
        return await decide_yes(desk, approval, version, person)
    except Refused as refusal:
        await show_refusal(desk, approval, person, str(refusal))
        raise


async def decide_yes(
    desk: Desk, approval: ApprovalId, version: int, person: Person, standing: Beforehand | None = None
) -> Approval:
    """The same without a word on the card; by a standing approval within its caps, too."""
    async with desk.store.read() as tx:
        case = await _approvable(desk, tx, approval, version, person)
    with following(str(case.signal.id)):
        return await _enter(desk, case, version, person, standing)


async def _enter(
    desk: Desk, case: Case, version: int, person: Person, standing: Beforehand | None
) -> Approval:
    """At the price of now, within all limits of now."""
    market = await look(desk, case.account, case.signal)
    check_market(case.account, case.signal, market)
    fresh = size_now(case.account, case.signal, market, case.approval.factor)
    async with desk.store.write() as tx:  # looking may have taken a while
        case = await _approvable(desk, tx, case.approval.id, version, person)
        final = _at_most_shown(case.approval, fresh)
        openings = _openings(desk, case, market, final)
        check_scaled(case.account.policy, desk.ceilings, final, case.approval.factor)
        await check_limits(desk, tx, case, market, final, len(openings))
        if standing is not None:
            await standing.caps(tx, market, final, len(openings))
        decided = replace(
            _decided(desk, case.approval, ApprovalState.APPROVED, person),
            lots=final.lots,
            risk=final.risk,
            undo_until=openings[0].not_before,
            standing_id=standing.number if standing else None,
        )
        await _decide(desk, tx, decided, version)
        for opening in openings:
            await tx.intents.add(opening)
    desk.bell.ring(account_bell(case.account.id))
    desk.bell.ring(OUTBOX)
    return decided


async def _approvable(desk: Desk, tx: Tx, approval: ApprovalId, version: int, person: Person) -> Case:
    case = await open_case(desk, tx, approval, version, person)
    await check_open(desk, tx, case.account, case.place)
    return case


async def show_refusal(desk: Desk, approval: ApprovalId, person: Person, refusal: str) -> None:
    """Have the card tell why the tap was refused, while it is open."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        if not await tx.approvals.refuse(approval, refusal, now):
            return
        case = await find_case(tx, approval)
        refused = replace(case.approval, reason=refusal)
        await tx.events.append(await event_of(desk, tx, refused, "approval.refused"))
        await refresh_card(tx, now, approval, person.id)
    desk.bell.ring(OUTBOX)


async def check_limits(desk: Desk, tx: Tx, case: Case, market: Market, final: Size, trades: int) -> None:
    """The broker's limits and the trader's own, with what was approved meanwhile. Raises Refused.

    Each leg of a plan is one of the `trades`: a plan of which only a part has room is refused as a whole.
    """
    account, state = case.account, market.snapshot.account
    coming = await under_way(tx, account.id, state.read_at - JUST_NOW)
    wanted = Wanted(final.lots, trades)
    await check_entry(desk, tx, Entry(account, case.place, wanted, market.snapshot, coming))
    whole = replace(market, stakes=with_openings(market.stakes, coming))
    check_side(case.signal, whole, final.lots)
    check_open_risk(account.policy, state, whole.stakes, final)


async def reject(desk: Desk, approval: ApprovalId, version: int, person: Person, reason: str) -> Approval:
    """Decide "no", with a reason. Raises NotFound or Stale as `approve` does."""
    async with desk.store.write() as tx:
        case = await find_case(tx, approval)
        with following(str(case.signal.id)):
            await open_case(desk, tx, approval, version, person)
            decided = replace(_decided(desk, case.approval, ApprovalState.REJECTED, person), reason=reason)
            await _decide(desk, tx, decided, version)
    desk.bell.ring(OUTBOX)
    return decided


async def expire_overdue(desk: Desk) -> int:
    """Close every card whose time has passed; returns how many. A time-out is never an approval."""
    now = desk.clock.now()
    async with desk.store.write() as tx:
        overdue = await tx.approvals.overdue(now)
        for approval in overdue:
            expired = replace(
                approval, state=ApprovalState.EXPIRED, version=approval.version + 1, decided_at=now
            )
            if await tx.approvals.decide(expired, approval.version):
                await refresh_card(tx, now, approval.id, approval.person_id)
                await tell_expired(tx, now, expired)
                await tx.events.append(await event_of(desk, tx, expired, "approval.expired"))
    if overdue:
        desk.bell.ring(OUTBOX)
    return len(overdue)


def _at_most_shown(approval: Approval, fresh: Size) -> Size:
    """Never more than the card showed: prices and equity may have moved since."""
    if approval.lots is None or fresh.lots <= approval.lots:
        return fresh
    return fresh.of(approval.lots)


def _openings(desk: Desk, case: Case, market: Market, final: Size) -> list[Intent]:
    """One, or one for each leg of the plan that the trader chose."""
    netting = nets(market.snapshot.account)
    split = split_of(case.account, case.signal, market.instrument, final.lots, netting=netting)
    return openings_of(_opening(desk, case, market, final), split.legs)


def _opening(desk: Desk, case: Case, market: Market, final: Size) -> Intent:
    """The intent of the trade: the first target, levels at the symbol's digits, the price now seen.

    It is sent, and a pending order waits, no longer than its signal is good for.
    """
    now = desk.clock.now()
    signal, instrument = case.signal, market.instrument
    stops, rest = stops_of(signal, instrument), _rest(case, now)
    return Intent(
        id=new_intent_id(now),
        account_id=case.account.id,
        kind=IntentKind.OPEN,
        state=IntentState.NEW,
        symbol=instrument.symbol,
        side=signal.side,
        order_kind=signal.kind,
        volume=final.lots,
        created_at=now,
        expires_at=min(now + rest + SEND_WITHIN, signal.expires_at),
        approval_id=case.approval.id,
        signal_id=signal.id,
        price=entry_of(signal, market),
        stop_loss=stops.loss,
        take_profit=stops.profit,
        order_expires_at=None if signal.kind is OrderKind.MARKET else signal.expires_at,
        not_before=now + rest if rest else None,
        risk=final.risk,
        pip=instrument.pip,
    )


def _rest(case: Case, now: datetime) -> timedelta:
    """The time to undo it: what the settings say, as far as the signal leaves time to send it afterwards."""
    left = case.signal.expires_at - now - TO_SEND
    return max(min(timedelta(seconds=case.account.policy.undo_s), left), timedelta())


def _decided(desk: Desk, approval: Approval, state: ApprovalState, person: Person) -> Approval:
    return replace(
        approval,
        state=state,
        version=approval.version + 1,
        decided_at=desk.clock.now(),
        consent_version=person.consent_version,
    )


async def _decide(desk: Desk, tx: Tx, decided: Approval, version: int) -> None:
    if not await tx.approvals.decide(decided, version):
        raise Stale("This card was decided a moment ago.")
    await tx.events.append(await event_of(desk, tx, decided, "approval.decided"))
    await refresh_card(tx, desk.clock.now(), decided.id, decided.person_id)


async def undo(desk: Desk, approval: ApprovalId, version: int, person: Person) -> Approval:
    """Take an approval back before anything of it is sent; the card is open again for the time it has left.

    Never both: what is sent is claimed in a transaction that finds the order there, or it is gone. Raises
    NotFound for another person's card, Stale for another version and when it is too late.
    """
    async with desk.store.write() as tx:
        case = await find_case(tx, approval)
        with following(str(case.signal.id)):
            reopened = await _take_back(desk, tx, case, version, person)
            await tx.events.append(await event_of(desk, tx, reopened, "approval.undone"))
            await refresh_card(tx, desk.clock.now(), approval, person.id)
    desk.bell.ring(EXPIRY)
    desk.bell.ring(OUTBOX)
    return reopened


async def _take_back(desk: Desk, tx: Tx, case: Case, version: int, person: Person) -> Approval:
    check_mine(case.approval, person)
    if case.approval.state is not ApprovalState.APPROVED or case.approval.version != version:
        raise Stale(CHANGED)
    undoable = _is_undoable(case.approval, desk.clock.now())
    taken_back = await reopened(tx, case.approval) if undoable else None
    if taken_back is None:
        raise Stale("It is too late to undo this: the order is on its way to the broker.")
    return taken_back


def _is_undoable(approval: Approval, now: datetime) -> bool:
    return approval.undo_until is not None and now < approval.undo_until
